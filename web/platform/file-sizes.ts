/** Milliseconds of a task at most, so that the page answers in between. */
const SLICE_MS = 8;

/**
 * Goes through files, letting the page answer in between. Browsers look on the disk for the size and date of each file of a chosen folder when
 * they are asked, while the page waits: half a millisecond each, 5 s for 10,000.
 */
export async function eachFile<T>(
  files: readonly T[],
  look: (file: T) => void,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  let began = performance.now();
  for (const file of files) {
    if (performance.now() - began > SLICE_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      began = performance.now();
    }
    look(file);
  }
}
