import { describe, expect, it } from "vitest";
import type { Digest } from "../../../core/digest/mod.ts";
import { CoreError } from "../../../core/error.ts";
import {
  type ImageUser,
  listImages,
  parseMoment,
  parsePruneFilter,
  pruneImages,
  removalFrees,
  removeImages,
  resolveImage,
  selectImages,
  tagImage,
  untagImage,
} from "../../../core/image/mod.ts";
import { type Descriptor, MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { check, createMemoryStore, editTable, type LocalStore } from "../../../core/store/mod.ts";
import { BlobSet } from "../../support/images.ts";

/** A store under construction: images by a letter. */
class Fleet {
  readonly store: LocalStore = createMemoryStore({ now: () => 1000 });
  readonly blobs = new BlobSet();
  readonly ids = new Map<string, Digest>();
  readonly roots = new Map<string, Descriptor>();

  /** Adds an image of these layers, with names in full. */
  async add(
    letter: string,
    image: {
      readonly layers: readonly Descriptor[];
      readonly names?: readonly string[];
      readonly parent?: string;
      readonly created?: string;
      readonly labels?: { readonly [name: string]: string };
    },
  ): Promise<Digest> {
    const { layers, names = [], parent, created, labels } = image;
    const config = this.blobs.json(
      {
        os: "linux",
        architecture: "amd64",
        comment: letter,
        created,
        config: { Labels: labels },
        rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
      },
      MEDIA_TYPES.ociConfig,
    );
    const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers };
    const target = this.blobs.json(manifest, MEDIA_TYPES.ociManifest);
    await this.blobs.into(this.store);
    const id = config.digest;
    this.ids.set(letter, id);
    this.roots.set(letter, target);
    await editTable(this.store.table, () => ({
      changes: [
        {
          kind: "image",
          id,
          record: { id, target, ...(parent !== undefined && { parent: this.id(parent) }) },
        },
        ...names.map((name) => ({ kind: "name", name, record: { name, target, image: id } }) as const),
      ],
    }));
    return id;
  }

  id(letter: string): Digest {
    return this.ids.get(letter)!;
  }

  user(letter: string, running = false): ImageUser {
    const image = this.id(letter);
    return { id: letter.repeat(64), image, target: this.roots.get(letter)!, diffIDs: [], running };
  }

  async names(): Promise<string[]> {
    return [...(await this.store.table.snapshot()).names.keys()];
  }
}

const said = (steps: readonly { kind: string; text: string }[]): string[] =>
  steps.map(({ kind, text }) => `${kind} ${text}`);

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CoreError);
  return error instanceof CoreError ? error.message : "";
}

describe("resolveImage", () => {
  it("takes a full ID, a name with latest, the digest of a name with both, and the beginning of one ID", async () => {
    const fleet = new Fleet();
    const layer = fleet.blobs.layer(10, 1);
    const digest = `sha256:${"1".repeat(64)}`;
    const names = ["docker.io/library/a:latest", `docker.io/library/a@${digest}`, "docker.io/library/b:1"];
    const id = await fleet.add("a", { layers: [layer], names });
    const table = await fleet.store.table.snapshot();
    for (const text of ["a", "a:latest", "docker.io/library/a", `a:none@${digest}`, "b:1"])
      expect(resolveImage(table, text).name, text).toBeDefined();
    for (const text of [id, id.slice(7), id.slice(7, 19), id.slice(0, 10)])
      expect(resolveImage(table, text), text).toMatchObject({ image: { id }, name: undefined });
    const shown = [
      ["nosuch", "No such image: nosuch:latest"],
      ["b", "No such image: b:latest"],
      ["0".repeat(64), `No such image: sha256:${"0".repeat(64)}`],
    ] as const;
    for (const [text, message] of shown)
      expect(() => resolveImage(table, text)).toThrow(
        expect.objectContaining({ code: "image/missing", message }),
      );
    expect(() => resolveImage(table, "Foo")).toThrow(expect.objectContaining({ code: "oci/reference" }));
  });

  it("finds no image for a beginning that two have", async () => {
    const fleet = new Fleet();
    for (let seed = 0; seed < 17; seed++)
      await fleet.add(`${seed}`, { layers: [fleet.blobs.layer(4, seed)] });
    const table = await fleet.store.table.snapshot();
    const firsts = [...table.images.keys()].map((id) => id[7]);
    const twice = firsts.find((letter, at) => firsts.indexOf(letter) < at)!;
    expect(() => resolveImage(table, twice)).toThrow(`No such image: ${twice}:latest`);
    expect(() => selectImages(table, [twice])).toThrow("ambiguous digest string");
  });
});

describe("tagImage", () => {
  it("gives a name, takes it from another image, and notes the time", async () => {
    const fleet = new Fleet();
    const a = await fleet.add("a", { layers: [fleet.blobs.layer(4, 1)], names: ["docker.io/library/a:1"] });
    const b = await fleet.add("b", { layers: [fleet.blobs.layer(4, 2)], names: ["docker.io/library/b:1"] });
    expect(await tagImage(fleet.store, { source: "a:1", target: "b:1" }, { now: 77 })).toBe(
      "docker.io/library/b:1",
    );
    expect(await tagImage(fleet.store, { source: b.slice(7, 19), target: "reg.test/c" }, { now: 78 })).toBe(
      "reg.test/c:latest",
    );
    const { names, images } = await fleet.store.table.snapshot();
    expect(names.get("docker.io/library/b:1")?.image).toBe(a);
    expect(names.get("reg.test/c:latest")?.image).toBe(b);
    expect(images.get(a)?.lastTaggedAt).toBe(77);
    expect(images.get(b)?.lastTaggedAt).toBe(78);
  });

  it("refuses in Docker's words, a bad target before a missing source", async () => {
    const fleet = new Fleet();
    await fleet.add("a", { layers: [fleet.blobs.layer(4, 1)], names: ["docker.io/library/a:1"] });
    const hex = "a".repeat(64);
    const cases = [
      [
        "nosuch",
        "foo:a:b",
        'Error parsing reference: "foo:a:b" is not a valid repository/tag: invalid reference format',
      ],
      [
        "a:1",
        "Foo",
        'Error parsing reference: "Foo" is not a valid repository/tag: invalid reference format: repository name (library/Foo) must be lowercase',
      ],
      [
        "a:1",
        hex,
        `Error parsing reference: "${hex}" is not a valid repository/tag: invalid repository name (${hex}), cannot specify 64-byte hexadecimal strings`,
      ],
      ["a:1", "", 'Error parsing reference: "" is not a valid repository/tag: invalid reference format'],
      ["", "a:2", 'Error parsing reference: "" is not a valid repository/tag: invalid reference format'],
      ["a:1", `a@sha256:${hex}`, "refusing to create a tag with a digest reference"],
      ["a:1", "sha256:abc", "refusing to create an ambiguous tag using digest algorithm as name"],
      ["nosuch", "a:2", "No such image: nosuch:latest"],
    ] as const;
    for (const [source, target, message] of cases)
      expect(await refusal(tagImage(fleet.store, { source, target }, { now: 1 }))).toBe(message);
    expect(await fleet.names()).toEqual(["docker.io/library/a:1"]);
  });

  it("and untagImage leaves the image", async () => {
    const fleet = new Fleet();
    const id = await fleet.add("a", { layers: [fleet.blobs.layer(4, 1)], names: ["docker.io/library/a:1"] });
    expect(await untagImage(fleet.store, "a:1")).toMatchObject({ image: id });
    expect((await fleet.store.table.snapshot()).images.has(id)).toBe(true);
    expect(await refusal(untagImage(fleet.store, "a:1"))).toBe("No such image: a:1");
  });
});

describe("removeImages", () => {
  it("takes the digests of a repository with its last tag, then the image with the layers nobody else has", async () => {
    const fleet = new Fleet();
    const [base, top] = [fleet.blobs.layer(100, 1), fleet.blobs.layer(2000, 2)];
    const digest = `sha256:${"1".repeat(64)}`;
    const a = await fleet.add("a", {
      layers: [base, top],
      names: ["reg.test/app:1", "reg.test/app:2", `reg.test/app@${digest}`],
    });
    await fleet.add("b", { layers: [base], names: ["docker.io/library/b:1"] });
    expect(said((await removeImages(fleet.store, ["reg.test/app:1"])).steps)).toEqual([
      "untagged reg.test/app:1",
    ]);
    const frees = await removalFrees(fleet.store, [a]);
    const { steps, freed } = await removeImages(fleet.store, ["reg.test/app:2"]);
    expect(said(steps)).toEqual([
      "untagged reg.test/app:2",
      `untagged reg.test/app@${digest}`,
      `deleted ${a}`,
      expect.stringMatching(/^deleted sha256:/),
    ]);
    expect(steps.at(-1)?.diffID).toBe(top.digest);
    expect(freed).toBe(frees);
    expect(freed).toBeGreaterThan(2000);
    expect(await fleet.store.stat(base)).toBe(100);
    expect(await check(fleet.store)).toEqual([]);
  });

  it("refuses what containers use: a stopped one unless forced, a running one always; and keeps what they are made of", async () => {
    const fleet = new Fleet();
    const layer = fleet.blobs.layer(100, 1);
    const id = await fleet.add("a", { layers: [layer], names: ["docker.io/library/a:1"] });
    const short = id.slice(7, 19);
    const stopped = [fleet.user("a")];
    const running = [fleet.user("a", true)];
    const errors = async (text: string, users: readonly ImageUser[], force = false): Promise<string[]> =>
      (await removeImages(fleet.store, [text], { users, force })).errors.map(({ message }) => message);
    const named = `conflict: unable to remove repository reference "a:1" (must force) - container aaaaaaaaaaaa is using its referenced image ${short}`;
    expect(await errors("a:1", stopped)).toEqual([named]);
    expect(await errors(short, stopped)).toEqual([
      `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container aaaaaaaaaaaa`,
    ]);
    const hard = `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container aaaaaaaaaaaa`;
    expect(await errors(short, running, true)).toEqual([hard]);
    const forced = await removeImages(fleet.store, ["a:1"], { users: stopped, force: true });
    expect(said(forced.steps).slice(0, 2)).toEqual(["untagged a:1", `deleted ${id}`]);
    expect(await fleet.store.stat(layer)).toBe(100);
    expect((await removeImages(fleet.store, ["a:1"], { users: stopped })).errors[0]?.message).toBe(
      "No such image: a:1",
    );
  });

  it("takes a name that begins like the ID of its image for the ID", async () => {
    const fleet = new Fleet();
    const id = await fleet.add("a", {
      layers: [fleet.blobs.layer(4, 1)],
      names: ["docker.io/library/a:1", "docker.io/library/s:latest"],
    });
    const { errors } = await removeImages(fleet.store, ["s"]);
    expect(errors[0]?.message).toBe(
      `conflict: unable to delete ${id.slice(7, 19)} (must be forced) - image is referenced in multiple repositories`,
    );
  });

  it("removes parents that nobody needs any more, but not when told to keep them", async () => {
    for (const keepParents of [false, true]) {
      const fleet = new Fleet();
      const layers = [fleet.blobs.layer(10, 1), fleet.blobs.layer(20, 2), fleet.blobs.layer(30, 3)];
      await fleet.add("a", { layers: layers.slice(0, 1) });
      await fleet.add("b", { layers: layers.slice(0, 2), parent: "a" });
      const c = await fleet.add("c", { layers, parent: "b", names: ["docker.io/library/c:1"] });
      const blocked = await removeImages(fleet.store, [fleet.id("b").slice(7)], { force: true });
      expect(blocked.errors[0]?.message).toContain("(cannot be forced) - image has dependent child images");
      const { steps } = await removeImages(fleet.store, ["c:1"], { keepParents });
      const images = said(steps).filter((line) => [...fleet.ids.values()].some((id) => line.endsWith(id)));
      expect(images).toEqual(
        keepParents ? [`deleted ${c}`] : [c, fleet.id("b"), fleet.id("a")].map((id) => `deleted ${id}`),
      );
      expect((await fleet.store.list()).length).toBe(keepParents ? 6 : 0);
    }
  });

  it("does the other arguments when one is refused", async () => {
    const fleet = new Fleet();
    await fleet.add("a", { layers: [fleet.blobs.layer(4, 1)], names: ["docker.io/library/a:1"] });
    const { steps, errors } = await removeImages(fleet.store, ["nosuch", "a:1", "Foo"]);
    expect(steps[0]?.text).toBe("a:1");
    expect(errors.map(({ code }) => code)).toEqual(["image/missing", "oci/reference"]);
  });

  it("removes names of a damaged store, and says why nothing was freed", async () => {
    const fleet = new Fleet();
    await fleet.add("a", { layers: [fleet.blobs.layer(4, 1)], names: ["docker.io/library/a:1"] });
    const root = fleet.blobs.put(new TextEncoder().encode("{"), MEDIA_TYPES.ociManifest);
    const broken: LocalStore = {
      ...bound(fleet.store),
      blob: async (ref) =>
        ref.digest === fleet.roots.get("b")?.digest ? new Blob(["{"]) : fleet.store.blob(ref),
    };
    await fleet.add("b", { layers: [root], names: ["docker.io/library/b:1"] });
    const { steps, freed, problem } = await removeImages(broken, ["a:1"]);
    expect(steps[0]?.text).toBe("a:1");
    expect(freed).toBe(0);
    expect(problem?.code).toBe("store/damaged");
    expect((await listImages(broken)).map(({ stored }) => stored)).toEqual([undefined]);
  });
});

/** A store's methods, free of the store. */
function bound(store: LocalStore): LocalStore {
  return {
    table: store.table,
    stat: (ref, options) => store.stat(ref, options),
    blob: (ref, options) => store.blob(ref, options),
    openWriter: (ref, options) => store.openWriter(ref, options),
    lease: (root) => store.lease(root),
    list: (options) => store.list(options),
    partial: (digest) => store.partial(digest),
    partials: () => store.partials(),
    discard: (digest) => store.discard(digest),
    remove: (digests, conditions) => store.remove(digests, conditions),
    leases: () => store.leases(),
    expire: (before) => store.expire(before),
  };
}

describe("pruneImages", () => {
  async function fleet(): Promise<Fleet> {
    const made = new Fleet();
    const layer = (seed: number): Descriptor => made.blobs.layer(10, seed);
    await made.add("a", {
      layers: [layer(1)],
      names: ["docker.io/library/a:1"],
      created: "2024-01-01T00:00:00Z",
    });
    await made.add("b", {
      layers: [layer(2)],
      created: "2023-01-01T00:00:00Z",
      labels: { keep: "no", kind: "b" },
    });
    await made.add("c", {
      layers: [layer(3)],
      names: [`docker.io/library/c@sha256:${"1".repeat(64)}`],
      labels: { keep: "yes" },
    });
    await made.add("d", { layers: [layer(4)] });
    await made.add("e", { layers: [layer(4), layer(5)], parent: "d", names: ["docker.io/library/e:1"] });
    return made;
  }
  const left = async (made: Fleet): Promise<string> => {
    const { images } = await made.store.table.snapshot();
    return [...made.ids]
      .filter(([, id]) => images.has(id))
      .map(([letter]) => letter)
      .join("");
  };

  it("takes what has no tag and no child, or with all everything that is not used", async () => {
    const plain = await fleet();
    const { steps, freed } = await pruneImages(plain.store);
    expect(await left(plain)).toBe("ade");
    expect(said(steps)).toContain(`untagged c@sha256:${"1".repeat(64)}`);
    expect(freed).toBeGreaterThan(20);
    const all = await fleet();
    await pruneImages(all.store, { all: true, users: [all.user("a")] });
    expect(await left(all)).toBe("a");
  });

  it("looks at age and labels", async () => {
    const by = async (options: Parameters<typeof pruneImages>[1]): Promise<string> => {
      const made = await fleet();
      await pruneImages(made.store, options);
      return left(made);
    };
    expect(await by({ until: Date.UTC(2023, 0, 1) / 1000 })).toBe("acde");
    expect(await by({ until: Date.UTC(2023, 0, 1) / 1000 - 1 })).toBe("abcde");
    expect(await by({ labels: ["keep"] })).toBe("ade");
    expect(await by({ labels: ["keep=no", "kind"] })).toBe("acde");
    expect(await by({ withoutLabels: ["keep=yes"] })).toBe("acde");
    expect(await by({ all: true, labels: ["nosuch"] })).toBe("abcde");
  });
});

describe("parsePruneFilter", () => {
  const NOW = Date.UTC(2024, 0, 2) / 1000;

  it.each([
    ["10m", NOW - 600],
    ["1h30m", NOW - 5400],
    ["24h", NOW - 86_400],
    ["1.5s", NOW - 1.5],
    ["2006-01-02T15:04:05Z", Date.UTC(2006, 0, 2, 15, 4, 5) / 1000],
    ["2006-01-02T15:04:05.5+02:00", Date.UTC(2006, 0, 2, 13, 4, 5, 500) / 1000],
    ["2006-01-02T15:04", Date.UTC(2006, 0, 2, 15, 4) / 1000],
    ["2006-01-02T15", Date.UTC(2006, 0, 2, 15) / 1000],
    ["2006-01-02", Date.UTC(2006, 0, 2) / 1000],
    ["1136073600.5", 1_136_073_600.5],
  ])("reads until=%s", (text, moment) => {
    expect(parseMoment(text, NOW)).toBeCloseTo(moment, 6);
  });

  it("refuses what it does not know in Docker's words", () => {
    const filter = (...pairs: readonly (readonly [string, string])[]) =>
      parsePruneFilter(
        pairs.map(([name, value]) => ({ name, value })),
        NOW,
      );
    expect(() => filter(["foo", "bar"])).toThrow("invalid filter 'foo'");
    expect(() => filter(["until", "1h"], ["until", "2h"])).toThrow("more than one until filter specified");
    expect(() => filter(["until", "2024-13-01"])).toThrow('parsing time "2024-13-01": month out of range');
    expect(() => filter(["until", "2023-02-29"])).toThrow('parsing time "2023-02-29": day out of range');
    expect(() => filter(["until", "2023-02-01T24:00"])).toThrow("hour out of range");
    for (const text of ["zzz", "", "1d", "h"])
      expect(() => filter(["until", text])).toThrow(
        `failed to parse value as time or duration: ${JSON.stringify(text)}`,
      );
    expect(filter(["label", "a"], ["label!", "b=c"], ["until", "1h"])).toEqual({
      until: NOW - 3600,
      labels: ["a"],
      withoutLabels: ["b=c"],
    });
  });
});

describe("listImages", () => {
  it("lists the newest first with names, sizes, children and users", async () => {
    const fleet = new Fleet();
    const [base, top] = [fleet.blobs.layer(100, 1), fleet.blobs.layer(2000, 2)];
    const digest = `sha256:${"1".repeat(64)}`;
    await fleet.add("a", { layers: [base], created: "2020-01-01T00:00:00Z" });
    await fleet.add("b", {
      layers: [base, top],
      parent: "a",
      created: "2024-01-01T00:00:00.5Z",
      names: ["docker.io/library/b:2", "docker.io/library/b:1", `docker.io/library/b@${digest}`],
    });
    await fleet.add("c", { layers: [], created: "2020-01-01T00:00:00.9Z" });
    const sizes = new Map([
      [base.digest, 70],
      [top.digest, 1500],
    ]);
    const listed = await listImages(fleet.store, {
      layerSize: async (diffID) => sizes.get(diffID),
      users: [fleet.user("b")],
    });
    expect(listed).toHaveLength(3);
    const [b, ...old] = listed;
    expect(b).toMatchObject({
      tags: ["b:1", "b:2"],
      digests: [`b@${digest}`],
      size: 1570,
      sharedSize: 70,
      users: 1,
      dangling: false,
      children: 0,
      created: Date.UTC(2024, 0, 1) / 1000 + 0.5,
    });
    expect(b.stored!.size - b.stored!.shared).toBe(await removalFrees(fleet.store, [fleet.id("b")]));
    const a = old.find(({ record }) => record.id === fleet.id("a"));
    expect(a).toMatchObject({ tags: [], size: 70, sharedSize: 70, dangling: false, children: 1, users: 0 });
    expect(old.find(({ record }) => record.id === fleet.id("c"))).toMatchObject({ size: 0, dangling: true });
    expect((await listImages(fleet.store))[0]).toMatchObject({ size: undefined, sharedSize: undefined });
  });
});
