/** Work for the kill tests: seeded, endless, and telling the test of every step before and after it, so that the test can end the process at any. */
import type { Source } from "../../../core/bytes/mod.ts";
import { type Digest, sha256Digest } from "../../../core/digest/mod.ts";
import {
  check,
  copy,
  createMemoryStore,
  editTable,
  moveBlob,
  sweep,
  type TableChange,
} from "../../../core/store/mod.ts";
import { openBrowserStore } from "../../../web/store/mod.ts";
import { BlobSet } from "../../support/images.ts";
import { seeded } from "../../support/random.ts";
import { readRaw } from "./raw.ts";

/** Name of the database under attack. */
const NAME = "kills";
/** Small beside the layers, so that a layer is many transactions. */
const PIECE_BYTES = 4 * 1024;

/** What the page tells: `doing` before a step, `done` when the store has said that it is done. */
export interface KillNote {
  readonly phase: "doing" | "done";
  readonly step: "name" | "remove" | "write";
  /** Number of the image. */
  readonly image: number;
}

const nameOf = (image: number): string => `docker.io/library/image:${image}`;

/** The images: layers are shared between neighbours, and some span many pieces. */
function images(): { readonly blobs: BlobSet; readonly roots: ReturnType<BlobSet["image"]>[] } {
  const blobs = new BlobSet();
  const layers = Array.from({ length: 10 }, (_, n) => blobs.layer(3000 + 250_000 * (n % 4), n));
  const roots = layers.map((_, n) => blobs.image([layers[n], layers[(n + 1) % 10]], String(n)));
  return { blobs, roots };
}

/**
 * Loads, tags, removes and sweeps without end. With `pause` it waits for the answer to every note, so that it is known where it is; without it
 * goes on while a note of a write is on its way, and is hit wherever it has got to.
 */
async function work(
  { seed, pause }: { readonly seed: number; readonly pause: boolean },
  note: (note: KillNote) => Promise<void>,
): Promise<void> {
  const { blobs, roots } = images();
  const from = createMemoryStore({ now: () => 0 });
  await blobs.into(from);
  const to = await openBrowserStore({ name: NAME, pieceBytes: PIECE_BYTES });
  const random = seeded(seed);
  for (;;) {
    const image = Math.floor(random() * roots.length);
    const { manifest, config } = roots[image];
    const { names } = await to.table.snapshot();
    if (names.has(nameOf(image)) && random() < 0.6) {
      await note({ phase: "doing", step: "remove", image });
      const changes: TableChange[] = [
        { kind: "name", name: nameOf(image), record: undefined },
        { kind: "image", id: config.digest, record: undefined },
      ];
      await editTable(to.table, () => ({ changes }));
      await note({ phase: "done", step: "remove", image });
      await sweep(to);
      continue;
    }
    await copy({ from, to }, manifest, {
      async move(move) {
        const source = async (): Promise<Source> => {
          const whole = await move.source();
          return telling(whole, async () => {
            const told = note({ phase: "doing", step: "write", image });
            if (pause) await told;
          });
        };
        return moveBlob({ ...move, source });
      },
      name: async () => {
        await note({ phase: "doing", step: "name", image });
        const record = { id: config.digest, target: manifest, lastTaggedAt: 1 };
        const changes: TableChange[] = [
          { kind: "image", id: config.digest, record },
          {
            kind: "name",
            name: nameOf(image),
            record: { name: nameOf(image), target: manifest, image: config.digest },
          },
        ];
        await editTable(to.table, () => ({ changes }));
        await note({ phase: "done", step: "name", image });
      },
    });
  }
}

/** `source`, whose streams tell when a chunk has been taken and the next one is wanted. */
function telling(source: Source, tell: () => Promise<void>): Source {
  return {
    size: source.size,
    slice: (from, to) => telling(source.slice(from, to), tell),
    arrayBuffer: () => source.arrayBuffer(),
    stream() {
      const reader = source.stream().getReader();
      let taken = 0;
      return new ReadableStream(
        {
          async pull(controller) {
            // Of two full pieces at least one lies in the database by now.
            if (taken >= 2 * PIECE_BYTES) await tell();
            const { done, value } = await reader.read();
            taken = value?.length ?? 0;
            if (done) controller.close();
            else controller.enqueue(value);
          },
          cancel: (reason) => reader.cancel(reason),
        },
        { highWaterMark: 0 },
      );
    },
  };
}

/** What a look at the store after a kill finds: nothing in `flaws`, when all is well. */
async function look(): Promise<{
  readonly names: number[];
  readonly flaws: string[];
  readonly partials: number;
}> {
  const { flaws } = await readRaw(NAME);
  const { blobs, roots } = images();
  const store = await openBrowserStore({ name: NAME, pieceBytes: PIECE_BYTES });
  try {
    const found = (await check(store)).map(
      ({ kind, digest, problem }) => `${kind} ${digest}: ${problem.message}`,
    );
    const { names } = await store.table.snapshot();
    for (const { digest } of await store.list()) {
      const source = await store.blob({ digest });
      const bytes = new Uint8Array(await source!.arrayBuffer());
      const right: Digest = sha256Digest(bytes);
      if (right !== digest || !blobs.has(digest)) found.push(`${digest} is ${right}`);
    }
    return {
      names: roots.map((_, n) => n).filter((n) => names.has(nameOf(n))),
      flaws: [...flaws, ...found],
      partials: (await store.partials()).length,
    };
  } finally {
    store.close();
  }
}

/** What the kill tests call. */
export const kills = { work, look };
