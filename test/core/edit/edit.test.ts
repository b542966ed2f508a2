import { describe, expect, it } from "vitest";
import { editImage, type ImageEdit } from "../../../core/edit/mod.ts";
import type { LocalStore } from "../../../core/store/mod.ts";
import { composeTar, compositionSource } from "../../../core/tar/mod.ts";
import {
  EDITING,
  emptyStore,
  filesOf,
  GZIP,
  looked,
  membersOf,
  putImage,
  resolved,
} from "../../support/edit-images.ts";

const LAYERS = [
  { "bin/": {}, "bin/app": { text: "v1", mode: 0o755 }, "etc/": {}, "etc/old": "old", "var/log/a": "1" },
  { "etc/.wh.old": "", "etc/new": "new", "bin/app": { text: "v2", mode: 0o755 } },
  { "etc/secret": "hunter2-secret", "etc/secret.copy": { type: "link", link: "etc/secret" }, "home/": {} },
  { "etc/.wh.secret": "", "var/log/": {}, "var/log/.wh..wh..opq": "", "var/log/b": "2" },
] as const;

/** Edits an image and keeps it as `edited:1`. */
async function edited(store: LocalStore, name: string, edits: readonly ImageEdit[], more = {}) {
  const made = await editImage(store, await resolved(store, name), { ...EDITING, ...more, edits });
  await made.keep(["edited:1"]);
  return { ...made, image: await resolved(store, "edited:1") };
}

describe("settings", () => {
  it("change what they name and leave the rest of the config as it was received", async () => {
    const store = emptyStore();
    const config = new Map<string, string | readonly string[]>([
      ["Env", ["PATH=/bin", "A=1", "B=2"]],
      ["StopSignal", "SIGINT"],
      ["X", "kept"],
    ]);
    await putImage(store, "a:1", { layers: [LAYERS[0]], config });
    const { image, fresh } = await edited(store, "a:1", [
      {
        kind: "settings",
        change: {
          env: {
            set: new Map([
              ["A", "one"],
              ["C", "3"],
            ]),
            unset: ["B"],
          },
          labels: { set: new Map([["l", "v<1>"]]) },
          cmd: ["run", "it"],
          ports: { add: ["80", "53/udp"] },
          volumes: { add: ["/v"] },
          user: "app",
          stopSignal: null,
          author: "me",
          platform: { os: "linux", architecture: "arm64", variant: "v8" },
        },
      },
    ]);
    const { config: text } = await looked(store, image);
    const value = JSON.parse(text);
    expect(value.config).toEqual({
      Env: ["PATH=/bin", "A=one", "C=3"],
      X: "kept",
      Labels: { l: "v<1>" },
      Cmd: ["run", "it"],
      User: "app",
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Volumes: { "/v": {} },
    });
    expect(value).toMatchObject({ architecture: "arm64", variant: "v8", author: "me", "x.unknown": "stays" });
    expect(Object.keys(value).slice(0, 5)).toEqual(["architecture", "os", "config", "history", "rootfs"]);
    expect(fresh).toEqual([]);
  });

  it.each([
    [{ env: { set: new Map([["", "x"]]) } }],
    [{ env: { set: new Map([["a=b", "x"]]) } }],
    [{ ports: { add: ["http"] } }],
    [{ ports: { add: ["90000"] } }],
    [{ workingDir: "relative" }],
    [{ labels: { set: new Map([["", "x"]]) } }],
  ])("that Docker would not take are refused: %o", async (change) => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: [LAYERS[0]] });
    const work = edited(store, "a:1", [{ kind: "settings", change }]);
    await expect(work).rejects.toMatchObject({ code: "edit/setting" });
  });

  it("that change nothing give the same image", async () => {
    const store = emptyStore();
    const { image } = await putImage(store, "a:1", { layers: LAYERS });
    const { after, before, freshBytes } = await edited(store, "a:1", []);
    expect(after.id).toBe(image.id);
    expect(after.digest).toBe(before.digest);
    expect(freshBytes).toBe(0);
  });
});

describe("a strip", () => {
  const bytesOf = async (store: LocalStore, name: string): Promise<string> => {
    const { layers, config } = await looked(store, await resolved(store, name));
    const texts = [config];
    for (const { tar } of layers) texts.push(new TextDecoder("latin1").decode(await tar.arrayBuffer()));
    return texts.join("\n");
  };

  it.each([undefined, GZIP])("leaves no byte of what it takes in any layer", async (compressor) => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS, ...(compressor && { compressor }) });
    expect(await bytesOf(store, "a:1")).toContain("hunter2-secret");
    const made = await edited(store, "a:1", [{ kind: "strip", paths: ["etc/secret*"] }], { compressor });
    const all = await bytesOf(store, "edited:1");
    expect(all).not.toContain("hunter2-secret");
    expect(all).not.toContain("etc/secret");
    expect(made.remaining).toEqual([]);
    expect(made.strippedEntries).toBe(3);
    expect(await filesOf(store, made.image)).toEqual(
      (await filesOf(store, await resolved(store, "a:1"))).filter((line) => !line.startsWith("etc/secret")),
    );
  });

  it("keeps layers it does not touch as the blobs they were", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS, compressor: GZIP });
    const { before, after, fresh } = await edited(store, "a:1", [{ kind: "strip", paths: ["etc/new"] }], {
      compressor: GZIP,
    });
    const digests = (layers: typeof before.layers) => layers.map(({ descriptor }) => descriptor.digest);
    expect(digests(after.layers).filter((digest) => digests(before.layers).includes(digest))).toHaveLength(3);
    expect(fresh).toHaveLength(1);
  });

  it("gives the content to another name of the file and says so", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS });
    const { remaining, image } = await edited(store, "a:1", [{ kind: "strip", paths: ["/etc/secret"] }]);
    expect(remaining).toEqual(["/etc/secret.copy"]);
    expect(await filesOf(store, image)).toContain("etc/secret.copy file 644 hunter2-secret");
  });

  it("links further names to the first that is left", async () => {
    const store = emptyStore();
    const link = { type: "link", link: "one" } as const;
    await putImage(store, "a:1", { layers: [{ one: "x", two: link, three: link }] });
    const { image } = await edited(store, "a:1", [{ kind: "strip", paths: ["one"] }]);
    expect(await filesOf(store, image)).toEqual(["three file 644 x", "two file 644 = three x"]);
  });

  it("drops a layer with nothing else, and its line says that it made none", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: [LAYERS[0], { "x/": {}, "x/y": "z" }] });
    const { image, after } = await edited(store, "a:1", [{ kind: "strip", paths: ["x"] }]);
    expect(after.layers).toHaveLength(1);
    const { history } = JSON.parse((await looked(store, image)).config);
    expect(history.at(-1)).toEqual({
      created: "2024-01-02T00:00:00Z",
      created_by: "layer 1",
      empty_layer: true,
    });
  });
});

describe("a squash", () => {
  it.each([
    [0, 3],
    [0, 1],
    [1, 2],
    [1, 3],
    [2, 3],
    [2, 2],
  ])("of layers %i to %i keeps the files and the history", async (from, to) => {
    const store = emptyStore();
    const original = await putImage(store, "a:1", { layers: LAYERS });
    const { image, after } = await edited(store, "a:1", [{ kind: "squash", range: { from, to } }]);
    expect(await filesOf(store, image)).toEqual(await filesOf(store, original));
    expect(after.layers).toHaveLength(LAYERS.length - (to - from));
    const { history, rootfs } = JSON.parse((await looked(store, image)).config);
    expect(history.filter((line: { empty_layer?: boolean }) => line.empty_layer !== true)).toHaveLength(
      rootfs.diff_ids.length,
    );
    expect(history.filter((line: { created_by?: string }) => line.created_by)).toHaveLength(5);
  });

  it("keeps no byte of what came and went in between", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS.map((layer) => ({ ...layer, "etc/secret.copy": "" })) });
    const { image } = await edited(store, "a:1", [{ kind: "squash" }]);
    const { layers } = await looked(store, image);
    const text = new TextDecoder().decode(await layers[0].tar.arrayBuffer());
    expect(text).not.toContain("hunter2");
  });

  it("refuses a range that the image does not have", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS });
    for (const range of [
      { from: 0, to: 4 },
      { from: 2, to: 1 },
      { from: -1, to: 1 },
    ]) {
      const work = edited(store, "a:1", [{ kind: "squash", range }]);
      await expect(work).rejects.toMatchObject({ code: "edit/layer" });
    }
  });
});

describe("edits of layers", () => {
  it("append one, remove one, and go back", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS });
    const tar = compositionSource(composeTar(membersOf({ "opt/": {}, "opt/x": "y" })));
    const line = { createdBy: "COPY x", created: "2024-02-02T00:00:00Z" };
    const { image, after } = await edited(store, "a:1", [
      { kind: "append", tar, line },
      { kind: "remove-layer", layer: 3 },
    ]);
    expect(await filesOf(store, image)).toContain("opt/x file 644 y");
    expect(await filesOf(store, image)).toContain("etc/secret file 644 hunter2-secret");
    expect(after.layers).toHaveLength(4);
    const { history } = JSON.parse((await looked(store, image)).config);
    expect(history.map((entry: { created_by: string }) => entry.created_by)).toEqual([
      "ENV first",
      "layer 0",
      "layer 1",
      "layer 2",
      "COPY x",
    ]);
    const back = await edited(store, "a:1", [{ kind: "roll-back", layer: 0 }]);
    expect(await filesOf(store, back.image)).toContain("etc/old file 644 old");
    expect(JSON.parse((await looked(store, back.image)).config).history).toHaveLength(2);
  });

  it("rebase the own layers onto another base", async () => {
    const store = emptyStore();
    const old = await putImage(store, "base:1", { layers: [LAYERS[0]] });
    const next = await putImage(store, "base:2", { layers: [{ base: "2" }, { more: "3" }] });
    await putImage(store, "app:1", { layers: [LAYERS[0], { app: "mine" }] });
    const { image, fresh } = await edited(store, "app:1", [{ kind: "rebase", from: old, to: next }]);
    expect(await filesOf(store, image)).toEqual(["app file 644 mine", "base file 644 2", "more file 644 3"]);
    expect(fresh).toHaveLength(2);
    const wrong = edited(store, "app:1", [{ kind: "rebase", from: next, to: old }]);
    await expect(wrong).rejects.toMatchObject({ code: "edit/base" });
  });

  it("recompress without changing the image's ID", async () => {
    const store = emptyStore();
    const { image: plain } = await putImage(store, "a:1", { layers: LAYERS });
    const packed = await edited(store, "a:1", [{ kind: "recompress" }], { compressor: GZIP });
    expect(packed.after.id).toBe(plain.id);
    expect(packed.after.layers.every(({ descriptor }) => descriptor.mediaType.endsWith("+gzip"))).toBe(true);
    const unpacked = await edited(store, "edited:1", [{ kind: "recompress" }]);
    expect(unpacked.after.digest).toBe(packed.before.digest);
  });

  it("change the family of media types and nothing else", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS, compressor: GZIP });
    const docker = await edited(store, "a:1", [{ kind: "media-types", family: "docker" }]);
    expect(docker.after.id).toBe(docker.before.id);
    expect(docker.after.layers[0].descriptor.mediaType).toBe(
      "application/vnd.docker.image.rootfs.diff.tar.gzip",
    );
    const back = await edited(store, "edited:1", [{ kind: "media-types", family: "oci" }]);
    expect(back.after.digest).toBe(docker.before.digest);
  });
});

describe("an edited image", () => {
  it("is not there before it is kept, and leaves nothing when it is discarded", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS });
    const before = (await store.list()).map(({ digest }) => digest);
    const made = await editImage(store, await resolved(store, "a:1"), {
      ...EDITING,
      edits: [{ kind: "squash" }],
    });
    expect((await store.table.snapshot()).images.size).toBe(1);
    await made.discard();
    expect((await store.list()).map(({ digest }) => digest)).toEqual(before);
  });

  it("leaves nothing when an edit fails", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: LAYERS });
    const before = (await store.list()).length;
    const work = editImage(store, await resolved(store, "a:1"), {
      ...EDITING,
      edits: [{ kind: "squash" }, { kind: "remove-layer", layer: 7 }],
    });
    await expect(work).rejects.toMatchObject({ code: "edit/layer" });
    expect((await store.list()).length).toBe(before);
  });

  it("is the same whoever makes it", async () => {
    const ids = [];
    for (let turn = 0; turn < 2; turn++) {
      const store = emptyStore();
      await putImage(store, "a:1", { layers: LAYERS });
      const { after } = await edited(store, "a:1", [{ kind: "squash", range: { from: 1, to: 3 } }]);
      ids.push(after.digest);
    }
    expect(ids[0]).toBe(ids[1]);
  });
});
