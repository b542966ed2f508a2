import { pump, type ReadOptions, type Source } from "../bytes/mod.ts";
import { isCoreError } from "../error.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { BlobSink } from "./blob.ts";
import { sizeProblem } from "./walk.ts";

/** One blob to be moved. */
export interface BlobMove extends ReadOptions {
  readonly descriptor: Descriptor;
  /** Called when the move has to read: never, when `to` has the blob. */
  readonly source: () => Promise<Source>;
  readonly to: BlobSink;
  /** Told where reading began, and after every chunk how far it is, in bytes of the blob. */
  readonly onBytes?: ((bytes: number, resumedFrom: number) => void) | undefined;
}

/** Moves a blob; `present` when it was there already. */
export type MoveBlob = (move: BlobMove) => Promise<"moved" | "present">;

/**
 * Reads what `to` does not have of a blob and writes it there. Broken off, for whatever reason, it leaves what has arrived, and the next
 * move goes on from there. Kept bytes that turn out to be wrong are dropped and the whole is read again, once.
 * @throws CoreError `digest/mismatch` when the source's bytes are not what the descriptor says, `store/full`, and whatever reading fails with.
 */
export async function moveBlob(move: BlobMove): Promise<"moved" | "present"> {
  for (let again = true; ; again = false) {
    const resumed = { from: 0 };
    try {
      return await moveOnce(move, resumed);
    } catch (error) {
      if (!again || resumed.from === 0 || !isCoreError(error, "digest/mismatch")) throw error;
    }
  }
}

async function moveOnce(move: BlobMove, resumed: { from: number }): Promise<"moved" | "present"> {
  const { descriptor, to, signal } = move;
  const writer = await to.openWriter(descriptor, { signal });
  if (writer === undefined) return "present";
  try {
    resumed.from = writer.offset;
    move.onBytes?.(writer.offset, resumed.from);
    if (writer.offset < descriptor.size) {
      const source = await move.source();
      if (source.size !== descriptor.size) throw sizeProblem(descriptor, source.size);
      const sink = async (chunk: Uint8Array): Promise<void> => {
        await writer.write(chunk);
        move.onBytes?.(writer.offset, resumed.from);
      };
      await pump(source.slice(writer.offset), sink, { signal });
    }
    await writer.commit();
    return "moved";
  } finally {
    await writer.abort();
  }
}
