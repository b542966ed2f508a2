/** Bytes as they come. */
export type Chunks = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** What a tool of the console works with. */
export interface ToolCall {
  /** What follows its name. */
  readonly args: readonly string[];
  readonly input: Chunks;
  /** A file by its name. @throws an Error with the reason. */
  open(name: string): Promise<Chunks>;
  /** Waits while the reader is behind; rejects when it has gone. */
  print(chunk: string | Uint8Array<ArrayBuffer>): Promise<void>;
  warn(text: string): Promise<void>;
  readonly signal: AbortSignal;
}

/** A small command over text; gives its exit code. */
export type Tool = (call: ToolCall) => Promise<number>;

/** What is wrong with how a tool was called; printed with its name before it. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** Flags and what is left. */
export interface ToolFlags {
  readonly has: (letter: string) => boolean;
  /** The last value given. */
  readonly value: (letter: string) => string | undefined;
  readonly values: (letter: string) => readonly string[];
  readonly rest: readonly string[];
}

/**
 * Flags of one letter: `switches` stand alone, `valued` take a value. `long` names the same by words. `-5` is the value of the letter
 * that `number` says.
 * @throws ToolError for others.
 */
export function toolFlags(
  args: readonly string[],
  spec: {
    readonly switches?: string;
    readonly valued?: string;
    readonly long?: Readonly<Record<string, string>>;
    readonly number?: string;
  },
): ToolFlags {
  const { switches = "", valued = "", long = {}, number } = spec;
  const found = new Map<string, string[]>();
  const put = (letter: string, value: string): void =>
    void found.set(letter, [...(found.get(letter) ?? []), value]);
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? "";
    if (word === "--") {
      rest.push(...args.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      rest.push(word);
    } else if (number !== undefined && /^-\d+$/u.test(word)) {
      put(number, word.slice(1));
    } else if (word.startsWith("--")) {
      const [name, value] = splitOnce(word.slice(2));
      const letter = long[name];
      if (letter === undefined) throw new ToolError(`unrecognized option '--${name}'`);
      put(letter, valued.includes(letter) ? (value ?? args[(index += 1)] ?? "") : "");
    } else {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word[at] ?? "";
        if (switches.includes(letter)) put(letter, "");
        else if (valued.includes(letter)) {
          const value = word.slice(at + 1) || args[(index += 1)];
          if (value === undefined) throw new ToolError(`option requires an argument -- '${letter}'`);
          put(letter, value);
          break;
        } else throw new ToolError(`invalid option -- '${letter}'`);
      }
    }
  }
  return {
    has: (letter) => found.has(letter),
    value: (letter) => found.get(letter)?.at(-1),
    values: (letter) => found.get(letter) ?? [],
    rest,
  };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** A count as tools take it. @throws ToolError for anything else. */
export function toolCount(text: string, what: string): number {
  if (!/^\d{1,15}$/u.test(text)) throw new ToolError(`invalid number of ${what}: '${text}'`);
  return Number(text);
}

/** Characters after which a line is given out though it has not ended: of what is no text a line may never end. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** The lines of some bytes, without their ends. */
export async function* linesOf(chunks: Chunks): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", from)) {
      yield rest.slice(from, end);
      from = end + 1;
    }
    rest = rest.slice(from);
    if (rest.length > LONGEST_LINE) {
      yield rest;
      rest = "";
    }
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

/** What a tool reads: the files named, one after the other, or its input. `-` is the input. */
export async function* inputsOf(call: ToolCall, names: readonly string[]): Chunks {
  if (names.length === 0) yield* call.input;
  for (const name of names) yield* name === "-" ? call.input : await call.open(name);
}

/** Gathers lines so that not each of them is sent by itself. */
export class LinePrinter {
  readonly #call: ToolCall;
  #waiting = "";

  constructor(call: ToolCall) {
    this.#call = call;
  }

  async line(text: string): Promise<void> {
    this.#waiting += `${text}\n`;
    if (this.#waiting.length > 16_384) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = "";
    if (text !== "") await this.#call.print(text);
  }
}

/** Chunks as a stream that is read at its own pace. */
export function streamOfChunks(chunks: Chunks): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await iterator.return?.(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
