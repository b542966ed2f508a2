/** A container that is edited without end, for the test that ends the process at any moment: seeded, and telling of every change before and after it. */
import { sourceOf } from "../../../core/bytes/mod.ts";
import {
  type ContainerEdit,
  compactChanges,
  editContainer,
  type OpenContainer,
  openContainer,
  openRecord,
  redoChange,
  undoChange,
} from "../../../core/container/mod.ts";
import { check } from "../../../core/store/mod.ts";
import { openBrowserStore } from "../../../web/store/mod.ts";
import {
  type ContainerWorld,
  containerOf,
  containerWorld,
  entry,
  linesOf,
} from "../../support/containers.ts";
import { randomBytes, seeded } from "../../support/random.ts";
import { readRaw } from "./raw.ts";

const NAME = "drafts";

/** What the page tells: `doing` before a change, `done` with what the container then holds. */
export interface DraftNote {
  readonly phase: "doing" | "done";
  readonly files: string;
}

/** A digest of what a container holds, short enough to be told. */
async function filesOf(container: OpenContainer): Promise<string> {
  const lines = (await linesOf(container)).join("\n");
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines));
  return Array.from(new Uint8Array(hash).subarray(0, 8), (byte) => byte.toString(16)).join("-");
}

async function opened() {
  const store = await openBrowserStore({ name: NAME, pieceBytes: 4096 });
  const world: ContainerWorld = containerWorld(store);
  const { containers } = await store.table.snapshot();
  const container =
    containers.size === 0
      ? await containerOf(world, [entry("d", "dir"), entry("d/f", { content: "f" })])
      : await openContainer(world, "one", { runtime: false });
  return { store, world, container };
}

/**
 * Makes, takes back and compacts changes without end. With `pause` it waits for the answer to every note, so that it is known where it is; without it
 * goes on while a note of a change to come is on its way, and is hit wherever it has got to.
 */
async function work(
  { seed, pause }: { readonly seed: number; readonly pause: boolean },
  note: (note: DraftNote) => Promise<void>,
): Promise<void> {
  const { world, container: first } = await opened();
  const random = seeded(seed);
  let container = first;
  for (let step = 0; ; step++) {
    const told = note({ phase: "doing", files: await filesOf(container) });
    if (pause) await told;
    const dice = random();
    if (dice < 0.1) container = await undoChange(world, container);
    else if (dice < 0.15) container = await redoChange(world, container);
    else if (dice < 0.2) container = await compactChanges(world, container);
    else {
      const content = sourceOf(randomBytes(Math.floor(random() * 40_000), step));
      const path = `/d/${Math.floor(random() * 12)}`;
      const edit: ContainerEdit = { kind: "file", path, content, mode: 0o600 + Math.floor(random() * 64) };
      container = await editContainer(world, container, [edit]);
    }
    await note({ phase: "done", files: await filesOf(container) });
  }
}

/**
 * What the store holds after a kill: nothing in `flaws`, when all is well; the files as they are, and as they would be one change back or forth.
 */
async function look() {
  const { flaws } = await readRaw(NAME);
  const { store, world, container } = await opened();
  try {
    const found = (await check(store)).map(({ kind, problem }) => `${kind}: ${problem.message}`);
    const { record, upTo, base } = container;
    const [next, ...undone] = record.undone;
    const near = [await filesOf(container)];
    if (upTo > base) near.push(await filesOf({ ...container, upTo: upTo - 1 }));
    if (next !== undefined) {
      const forth = { ...record, drafts: [...record.drafts, next], undone };
      near.push(await filesOf(await openRecord(world, forth, { runtime: false })));
    }
    return { near, flaws: [...flaws, ...found] };
  } finally {
    store.close();
  }
}

/** What the test of drafts calls. */
export const drafts = { work, look };
