/** Work on the kept images that the kill tests end in the middle: bundled into the page. */
import type { Images } from "../../../web/model/images.ts";
import { seeded } from "../../support/random.ts";
import type { ImageRecipe } from "./recipes.ts";

/** What the page tells before and after each step. */
export interface KillNote {
  readonly phase: "doing" | "done";
  readonly step: string;
  /** Names that may be changed by the step. */
  readonly names: readonly string[];
  /** With `done`: all names there are. */
  readonly all: readonly string[];
}

/** Images on a shared base that takes several pieces to store. */
export const RECIPES: readonly ImageRecipe[] = ["a", "b", "c"].map((name, at) => ({
  tags: [`${name}:1`, `${name}:2`],
  layers: [
    { path: "base", bytes: 20_000_000, seed: 100 },
    { path: "own", bytes: 3_000_000 + at, seed: 101 + at, gzip: at === 1 },
  ],
}));

/** What the work is done with. */
export interface KillTools {
  readonly images: Images;
  readonly archive: (recipes: readonly ImageRecipe[]) => Promise<File>;
  readonly drained: (feed: Awaited<ReturnType<Awaited<ReturnType<Images["save"]>>["feed"]>>) => Promise<Blob>;
  readonly names: () => Promise<readonly string[]>;
}

/** Loads, tags, removes, takes back and saves without end, in an order of the seed's. */
export async function killWork(
  { images, archive, drained, names }: KillTools,
  seed: number,
  note: (note: KillNote) => Promise<void>,
): Promise<never> {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const files = new Map<ImageRecipe, File>();
  for (const recipe of RECIPES) files.set(recipe, await archive([recipe]));
  const step = async (name: string, changed: readonly string[], work: () => Promise<unknown>) => {
    await note({ phase: "doing", step: name, names: changed, all: [] });
    await work();
    await note({ phase: "done", step: name, names: changed, all: await names() });
  };
  // Makes the database, before anybody looks into it.
  await images.previewPrune({});
  for (;;) {
    const there = await names();
    const kind = there.length === 0 ? "load" : pick(["load", "load", "tag", "remove", "undo", "save"]);
    if (kind === "load") {
      const recipe = pick(RECIPES);
      await step("load", recipe.tags, () => images.load(files.get(recipe)!, "images.tar"));
    } else if (kind === "tag") {
      const target = `t${Math.floor(random() * 4)}:1`;
      await step("tag", [target], () => images.tag(pick(there), target));
    } else if (kind === "save") {
      const name = pick(there);
      const layout = pick(["docker", "docker-classic", "oci"] as const);
      await step("save", [], async () => {
        const saved = await images.save([name], { layout, platforms: "all" });
        const bytes = await drained(await saved.feed());
        if (bytes.size !== saved.size) throw new Error(`saved ${bytes.size} bytes of ${saved.size}`);
      });
    } else {
      const name = pick(there);
      await step(kind, [name], async () => {
        const { undo } = await images.remove({ refs: [name] });
        if (kind === "undo" && undo !== undefined) await images.undo(undo);
      });
    }
  }
}
