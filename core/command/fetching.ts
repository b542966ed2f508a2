import type { CommandContext } from "./context.ts";
import { refused } from "./failure.ts";

/**
 * The body of what a URL leads to.
 * @throws CoreError `command/failed` with Docker's words.
 */
export async function fetchFile(
  { fetch, dial, signal }: CommandContext,
  url: string,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (fetch === undefined) throw refused("nothing can be fetched from here");
  let answer: Response;
  try {
    answer = await fetch(url, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const words =
      dial?.(error, new URL(url).host) ?? (error instanceof Error ? error.message : String(error));
    throw refused(`Get ${JSON.stringify(url)}: ${words}`, {}, error);
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    throw refused(`Got HTTP status code >= 400: ${answer.status} ${answer.statusText}`.trimEnd());
  }
  return answer.body ?? new Blob([]).stream();
}
