import type { DropPlace } from "../platform/drop.ts";
import type { Desk } from "./desk.ts";
import { dropTaker } from "./part/drop-target.ts";

/** Whether a name is that of a Dockerfile. */
const DOCKERFILE = /^(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$|\.(?:Dockerfile|Containerfile)$/iu;

/** Gives what was dropped on the page to what it is for: the part it was dropped on, a draft, a build for folders and Dockerfiles; else it is opened. */
export async function dropped(desk: Desk, place: DropPlace, files: readonly File[]): Promise<void> {
  const { target, entries } = place;
  const taker = dropTaker(target);
  if (taker !== undefined) return taker({ entries, files });
  if (desk.drafts.drop(place)) return;
  const [first] = files;
  const alone = files.length === 1 && first !== undefined && DOCKERFILE.test(first.name);
  if (!alone && !entries.some(({ isDirectory }) => isDirectory)) return desk.open(files);
  const [{ buildBench }, { takeDropped }] = await Promise.all([
    import("./make/build-bench.ts"),
    import("./make/build-context.tsx"),
  ]);
  desk.panel.value = { kind: "build" };
  desk.pane.value = "image";
  await takeDropped(buildBench(desk), { entries, files });
}
