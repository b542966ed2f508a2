import { afterEach, describe, expect, it } from "vitest";
import { composeDockerArchive } from "../../../core/archive/mod.ts";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { composeTar, type TarComposition } from "../../../core/tar/mod.ts";
import type { ArchiveEvent, ViewSpec } from "../../../web/model/engine.ts";
import { type LocalHold, openedView, openLocally } from "./local-hold.ts";

const open: LocalHold[] = [];
afterEach(() => {
  for (const hold of open.splice(0)) hold.close();
});

async function bytesOf({ parts }: TarComposition): Promise<Uint8Array<ArrayBuffer>> {
  const buffers = parts.map(async (part) => ("buffer" in part ? part : part.arrayBuffer()));
  return new Uint8Array(await new Blob(await Promise.all(buffers)).arrayBuffer());
}

async function layerOf(name: string) {
  const content = new TextEncoder().encode(`content of ${name}`);
  const entry = { path: name, type: "file", size: content.length } as const;
  const tar = await bytesOf(composeTar([{ entry, content: sourceOf(content) }]));
  return { diffID: sha256Digest(tar), content: sourceOf(tar) };
}

/** Two images: `a` of layers base and left, `b` of base and right. */
async function twoImages(): Promise<LocalHold> {
  const [base, left, right] = [await layerOf("base"), await layerOf("left"), await layerOf("right")];
  const image = (tag: string, layers: readonly Awaited<ReturnType<typeof layerOf>>[]) => ({
    tags: [tag],
    layers,
    config: new TextEncoder().encode(
      JSON.stringify({
        architecture: "amd64",
        os: "linux",
        config: { Labels: { name: tag } },
        rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffID) },
      }),
    ),
  });
  const archive = composeDockerArchive([image("a:1", [base, left]), image("b:1", [base, right])], newSha256);
  const hold = openLocally(new Blob([await bytesOf(archive)]));
  open.push(hold);
  return hold;
}

const isTree =
  (image: number) =>
  (event: ArchiveEvent): event is Extract<ArchiveEvent, { type: "tree" }> =>
    event.type === "tree" && event.image === image && event.complete;
const spec: ViewSpec = {
  image: 1,
  upTo: 1,
  scope: "merged",
  sort: "name",
  descending: false,
  filter: "",
  changedOnly: false,
  showRemoved: false,
};

describe("an archive of several images", () => {
  it("works on a layer once, whichever images have it, the first image's layers first", async () => {
    const hold = await twoImages();
    expect((await openedView(hold)).images.map(({ tags }) => tags)).toEqual([["a:1"], ["b:1"]]);
    await hold.settled();
    const last = (event: ArchiveEvent): event is Extract<ArchiveEvent, { type: "layer" }> =>
      event.type === "layer" &&
      event.image === 1 &&
      event.layer.index === 1 &&
      event.layer.verification === "verified";
    await hold.until(last);
    expect(hold.jobs.filter((job) => job.startsWith("list"))).toEqual(["list 0", "list 0", "list 6"]);
    expect(hold.jobs.filter((job) => job.startsWith("hash"))).toEqual(["hash 2", "hash 2", "hash 8"]);
  });

  it("builds the tree of another image when it is looked at", async () => {
    const hold = await twoImages();
    await hold.settled();
    expect(hold.events.some(isTree(1))).toBe(false);
    const { view } = await hold.call("view", spec);
    await hold.until(isTree(1));
    await hold.call("change", { view, spec });
    const rows = await hold.call("rows", { view, from: 0, to: 9 });
    expect(rows.map(({ name }) => name)).toEqual(["base", "right"]);
  });
});
