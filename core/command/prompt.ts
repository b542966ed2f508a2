import type { CommandContext } from "./context.ts";

/** Longest line that is taken for an answer. */
const LINE_LIMIT = 64 * 1024;

/** Asks whether to go on. Only `y` is yes; the end of input is no. */
export async function confirmed(context: CommandContext, warning: string): Promise<boolean> {
  await context.stdout.write(`${warning}\nAre you sure you want to continue? [y/N] `);
  const answer = await answered(context, { hidden: false });
  return answer?.trim().toLowerCase() === "y";
}

/** What somebody types, or the first line of standard input; `undefined` when there is none. */
export async function answered(
  context: CommandContext,
  question: { readonly hidden: boolean },
): Promise<string | undefined> {
  if (context.prompt !== undefined) return context.prompt(question);
  return firstLine(context);
}

async function firstLine({ stdin, signal }: CommandContext): Promise<string | undefined> {
  const reader = stdin.stream().getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (!text.includes("\n") && text.length < LINE_LIMIT) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (text === "") return undefined;
  return text.split("\n", 1)[0];
}

/** All of standard input as text. */
export async function wholeInput({ stdin, signal }: CommandContext): Promise<string> {
  const reader = stdin.stream().getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > LINE_LIMIT) {
      await reader.cancel().catch(() => {});
      return text;
    }
  }
}
