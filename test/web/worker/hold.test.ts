import { strFromU8, unzipSync } from "fflate";
import { afterEach, describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { entryAt, readTable } from "../../../core/tar/mod.ts";
import { demoImage } from "../../../web/effect/demo-image.ts";
import type { ViewSpec } from "../../../web/model/engine.ts";
import { type LocalHold, openedView, openLocally } from "./local-hold.ts";

const open: LocalHold[] = [];
afterEach(() => {
  for (const hold of open.splice(0)) hold.close();
});

async function demo(): Promise<LocalHold> {
  const hold = openLocally(await demoImage(), "demo.tar");
  open.push(hold);
  return hold;
}

const spec: ViewSpec = {
  image: 0,
  upTo: 4,
  scope: "merged",
  sort: "name",
  descending: false,
  filter: "",
  changedOnly: false,
  showRemoved: false,
};

describe("opening the demo image", () => {
  it("tells images, tags, history and settings before any layer is read", async () => {
    const hold = await demo();
    const { kind, images, problems } = await openedView(hold);
    expect({ kind, problems }).toEqual({ kind: "docker-save", problems: [] });
    expect(images).toHaveLength(1);
    const [image] = images;
    expect(image?.tags).toEqual(["breakbulk/demo:latest", "breakbulk/demo:1"]);
    expect(image?.platform).toBe("linux/amd64");
    expect(image?.layers.map(({ state, verification }) => `${state} ${verification}`)).toEqual(
      Array.from({ length: 5 }, () => "waiting pending"),
    );
    expect(image?.history.map(({ layer }) => layer)).toEqual([
      0,
      undefined,
      1,
      2,
      3,
      4,
      ...Array.from({ length: 8 }, () => undefined),
    ]);
    expect(image?.settings.map(({ key }) => key)).toEqual([
      "Entrypoint",
      "Cmd",
      "User",
      "WorkingDir",
      "Env",
      "ExposedPorts",
      "Volumes",
      "Healthcheck",
      "Labels",
    ]);
    expect(image?.settings.find(({ key }) => key === "Healthcheck")?.values).toEqual([
      "CMD",
      "/usr/bin/greet",
    ]);
  });

  it("lists, folds and verifies all layers, the gzip one in one pass", async () => {
    const hold = await demo();
    const layers = await hold.settled();
    expect(layers.map(({ verification }) => verification)).toEqual(
      Array.from({ length: 5 }, () => "verified"),
    );
    expect(layers.map(({ compression }) => compression)).toEqual(["none", "gzip", "none", "none", "none"]);
    expect(layers[1].tarSize).toBeGreaterThan(layers[1].storedSize);
    expect(layers.map(({ removed }) => removed)).toEqual([0, 0, 2, 3, 0]);
    expect(hold.jobs.filter((job) => job.startsWith("scan"))).toHaveLength(1);
    expect(hold.jobs.filter((job) => job.startsWith("hash"))).toHaveLength(4);
  });
});

describe("lists of the demo image", () => {
  it("show the root's children, and only the window that is asked for", async () => {
    const hold = await demo();
    await hold.settled();
    const state = await hold.call("view", spec);
    expect(state).toMatchObject({ rows: 7, filterError: undefined, matches: undefined });
    const rows = await hold.call("rows", { view: state.view, from: 0, to: 100 });
    expect(rows.map(({ name }) => name)).toEqual(["bin", "etc", "home", "opt", "tmp", "usr", "var"]);
    expect(rows[1]).toMatchObject({ type: "dir", depth: 0, expandable: true, position: 2, siblings: 7 });
    const window = await hold.call("rows", { view: state.view, from: 2, to: 4 });
    expect(window.map(({ name }) => name)).toEqual(["home", "opt"]);
  });

  it("unfold a directory, everything below it, and what is above a node", async () => {
    const hold = await demo();
    await hold.settled();
    const { view } = await hold.call("view", spec);
    const etc = (await hold.call("find", { image: 0, path: "/etc", upTo: 4 }))!;
    expect((await hold.call("fold", { view, node: etc, expanded: true, deep: false })).rows).toBe(13);
    expect((await hold.call("fold", { view, node: etc, expanded: false, deep: false })).rows).toBe(7);
    const all = await hold.call("fold", { view, node: 0, expanded: true, deep: true });
    expect(all.rows).toBe(all.entries);
    await hold.call("fold", { view, node: 0, expanded: false, deep: true });
    const ship = (await hold.call("find", { image: 0, path: "/usr/share/demo/ship.png", upTo: 4 }))!;
    const { row } = await hold.call("reveal", { view, node: ship });
    const [shown] = await hold.call("rows", { view, from: row, to: row + 1 });
    expect(shown).toMatchObject({ node: ship, name: "ship.png", depth: 3, mark: "" });
  });

  it("mark what a layer did: added, changed, removed, metadata only", async () => {
    const hold = await demo();
    await hold.settled();
    const marks = async (upTo: number): Promise<string[]> => {
      const layer = { ...spec, upTo, scope: "layer", showRemoved: true } as const;
      const { view } = await hold.call("view", layer);
      await hold.call("fold", { view, node: 0, expanded: true, deep: true });
      const rows = await hold.call("rows", { view, from: 0, to: 100 });
      return rows.map(({ name, mark, removed }) => `${name} ${mark}${removed ? " gone" : ""}`);
    };
    expect(await marks(2)).toEqual([
      "etc M",
      "legacy.conf D gone",
      "motd C",
      "var M",
      "log M",
      "build.log D gone",
    ]);
    expect(await marks(3)).toContain("spices D gone");
    expect(await marks(4)).toContain("greet M");
  });

  it("filter by text and tell why a filter cannot be used", async () => {
    const hold = await demo();
    await hold.settled();
    const { view } = await hold.call("view", { ...spec, filter: "*.txt" });
    const rows = await hold.call("rows", { view, from: 0, to: 100 });
    expect(rows.filter(({ match }) => match).map(({ name }) => name)).toEqual([
      "coffee.txt",
      "tea.txt",
      "unicode-名前-é.txt",
    ]);
    const bad = await hold.call("change", { view, spec: { ...spec, filter: "/(/" } });
    expect(bad.filterError).toMatch(/^Cannot /);
    expect(bad).toMatchObject({ rows: 7, matches: undefined });
    const unknown = await hold.call("change", { view, spec: { ...spec, filter: "type:foo" } });
    expect(unknown.filterError).toMatch(/^Cannot /);
    expect(unknown).toMatchObject({ rows: 7, matches: undefined });
  });

  it("drop a change that has been superseded", async () => {
    const hold = await demo();
    await hold.settled();
    const { view } = await hold.call("view", spec);
    const controller = new AbortController();
    const first = hold.call(
      "change",
      { view, spec: { ...spec, filter: "tea" } },
      { signal: controller.signal },
    );
    const second = hold.call("change", { view, spec: { ...spec, filter: "coffee" } });
    controller.abort();
    await expect(first).rejects.toThrow(/abort/i);
    expect((await second).matches).toBe(1);
  });

  it("are empty for a layer that is not in the tree, and refuse an image or a view that is not there", async () => {
    const hold = await demo();
    await hold.settled();
    expect(await hold.call("view", { ...spec, scope: "layer", upTo: 9 })).toMatchObject({ rows: 0 });
    await expect(hold.call("view", { ...spec, image: 3 })).rejects.toThrow(RangeError);
    await expect(hold.call("rows", { view: 99, from: 0, to: 1 })).rejects.toThrow(RangeError);
  });
});

describe("files of the demo image", () => {
  const text = async (hold: LocalHold, path: string, layer = 4): Promise<string> => {
    const node = (await hold.call("find", { image: 0, path, upTo: layer }))!;
    const place = { image: 0, node, layer };
    return new TextDecoder().decode((await hold.call("read", { place, from: 0, to: 1e6 })).bytes);
  };

  it("open as each layer has them, out of plain and compressed layers", async () => {
    const hold = await demo();
    await hold.settled();
    expect(await text(hold, "/etc/motd")).toContain("The hold is open");
    expect(await text(hold, "/etc/motd", 1)).toBe("Welcome aboard.\n");
    expect(await text(hold, "/etc/legacy.conf", 1)).toContain("mode = old");
    expect(await text(hold, "/usr/share/demo/README.md")).toContain("# A demo image");
    expect(await text(hold, "/usr/share/demo/READ-ME-TOO.md")).toContain("# A demo image");
  });

  it("open through links, and say where a link leads or why it leads nowhere", async () => {
    const hold = await demo();
    await hold.settled();
    const at = async (name: string): Promise<number> => {
      const { view } = await hold.call("view", { ...spec, filter: name });
      const rows = await hold.call("rows", { view, from: 0, to: 100 });
      return rows.find(({ match }) => match)!.node;
    };
    const motd = await hold.call("find", { image: 0, path: "/etc/motd", upTo: 4 });
    const link = await at("to-motd");
    expect((await hold.call("node", { image: 0, node: link, upTo: 4 })).target).toEqual({
      node: motd,
      path: "/etc/motd",
    });
    const place = { image: 0, node: link, layer: 4 };
    const { bytes } = await hold.call("read", { place, from: 0, to: 7 });
    expect(new TextDecoder().decode(bytes)).toBe("Welcome");
    for (const [name, broken, words] of [
      ["to-nowhere", "missing", "leads nowhere"],
      ["to-itself", "cycle", "into a circle"],
    ] as const) {
      const node = await at(name);
      expect((await hold.call("node", { image: 0, node, upTo: 4 })).target).toEqual({ broken });
      const read = hold.call("read", { place: { image: 0, node, layer: 4 }, from: 0, to: 1 });
      await expect(read).rejects.toMatchObject({
        code: "worker/path",
        message: expect.stringContaining(words),
      });
    }
  });

  it("tell what each layer did to a path, and which versions can be opened", async () => {
    const hold = await demo();
    await hold.settled();
    const node = (await hold.call("find", { image: 0, path: "/etc/legacy.conf", upTo: 1 }))!;
    const { path, versions, row } = await hold.call("node", { image: 0, node, upTo: 4 });
    expect(path).toBe("/etc/legacy.conf");
    expect(row.name).toBe("legacy.conf");
    expect(versions.map(({ layer, mark, readable }) => ({ layer, mark, readable }))).toEqual([
      { layer: 0, mark: "A", readable: true },
      { layer: 2, mark: "D", readable: false },
    ]);
    expect(versions[0]?.createdBy).toContain("ADD rootfs");
  });

  it("count what reading costs", async () => {
    const hold = await demo();
    await hold.settled();
    const node = (await hold.call("find", { image: 0, path: "/usr/share/demo/bytes.bin", upTo: 4 }))!;
    const place = { image: 0, node, layer: 4 };
    const slice = await hold.call("read", { place, from: 4000, to: 9999 });
    expect(slice).toMatchObject({ from: 4000, size: 4096 });
    expect(slice.bytes).toHaveLength(96);
    expect(slice.inflated).toBeGreaterThanOrEqual(4096);
    expect(slice.read).toBeGreaterThan(0);
  });
});

describe("saving from the demo image", () => {
  const saved = async (
    hold: LocalHold,
    path: string,
    format: "file" | "tar" | "zip",
  ): Promise<Uint8Array<ArrayBuffer>> => {
    const node = (await hold.call("find", { image: 0, path, upTo: 4 }))!;
    const { feed } = await hold.call("save", { place: { image: 0, node, layer: 4 }, format });
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      const chunk = await hold.call("next", feed);
      if (chunk === undefined) break;
      parts.push(chunk);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  };

  it("gives a file as it is", async () => {
    const hold = await demo();
    await hold.settled();
    const bytes = await saved(hold, "/etc/motd", "file");
    expect(new TextDecoder().decode(bytes)).toContain("The hold is open");
  });

  it("tells the size of a tar beforehand", async () => {
    const hold = await demo();
    await hold.settled();
    for (const path of ["/", "/etc", "/usr/share/demo"]) {
      const node = (await hold.call("find", { image: 0, path, upTo: 4 }))!;
      const place = { image: 0, node, layer: 4 };
      const { feed, size } = await hold.call("save", { place, format: "tar" });
      await hold.call("cancel", feed);
      expect((await saved(hold, path, "tar")).length).toBe(size);
    }
  });

  it("gives a directory as a tar with metadata, links and hard links kept", async () => {
    const hold = await demo();
    await hold.settled();
    const bytes = await saved(hold, "/usr", "tar");
    const table = await readTable(sourceOf(bytes));
    const entries = Array.from({ length: table.count }, (_, row) => entryAt(table, row));
    expect(entries.map(({ path }) => path)).toContain("usr/share/demo/unicode-名前-é.txt");
    const entry = (path: string) => entries.find((each) => each.path === path);
    expect(entry("usr/bin/greet")).toMatchObject({ type: "file", mode: 0o755, uname: "root" });
    expect(entry("usr/bin/hello")).toMatchObject({ type: "symlink", link: "greet" });
    const names = ["usr/share/demo/READ-ME-TOO.md", "usr/share/demo/README.md"];
    expect(new Set(names.map((name) => entry(name)?.type))).toEqual(new Set(["file", "link"]));
    const hard = entries.find(({ type }) => type === "link");
    expect(names).toContain(hard?.link);
  });

  it("gives the whole file system as a zip", async () => {
    const hold = await demo();
    await hold.settled();
    const files = unzipSync(await saved(hold, "/", "zip"));
    expect(strFromU8(files["etc/motd"])).toContain("The hold is open");
    expect(strFromU8(files["usr/bin/hello"])).toBe("greet");
    expect(Object.keys(files)).not.toContain("etc/legacy.conf");
  });

  it("refuses to save a directory as a file", async () => {
    const hold = await demo();
    await hold.settled();
    await expect(saved(hold, "/etc", "file")).rejects.toMatchObject({ code: "worker/path" });
  });
});

describe("documents of the demo image", () => {
  it("come indented, and raw byte for byte", async () => {
    const hold = await demo();
    await openedView(hold);
    const raw = await hold.call("document", { image: 0, kind: "config", raw: true });
    const pretty = await hold.call("document", { image: 0, kind: "config", raw: false });
    expect(JSON.parse(raw!)).toEqual(JSON.parse(pretty!));
    expect(raw).not.toContain("\n");
    expect(pretty).toContain('\n  "architecture": "amd64"');
    for (const kind of ["manifest", "index", "archive-manifest"] as const) {
      expect(await hold.call("document", { image: 0, kind, raw: false })).toContain("\n");
    }
  });
});

describe("the inspect document", () => {
  it("is what docker inspect prints, with the size of all layers", async () => {
    const hold = await demo();
    const text = await hold.call("document", { image: 0, kind: "inspect", raw: false });
    const [inspected] = JSON.parse(text!);
    const layers = await hold.settled();
    expect(inspected.RepoTags).toEqual(["breakbulk/demo:1", "breakbulk/demo:latest"]);
    expect(inspected.Size).toBe(layers.reduce((sum, { contentSize }) => sum + contentSize!, 0));
  });
});

describe("the bytes of the demo image", () => {
  it("add up: what is shipped is what is seen and what is wasted", async () => {
    const hold = await demo();
    const layers = await hold.settled();
    const usage = await hold.call("usage", 0);
    expect(usage.totalBytes).toBe(usage.finalBytes + usage.wastedBytes);
    expect(usage.layers.map(({ bytes }) => bytes > 0)).toEqual(
      layers.map(({ contentSize }) => contentSize! > 0),
    );
    expect(usage.wasted.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/etc/legacy.conf", "/etc/motd", "/usr/bin/greet", "/var/log/build.log"]),
    );
    expect(usage.metadataOnlyBytes).toBeGreaterThan(0);
  });
});

describe("an archive with a fault", () => {
  it("says which layer does not match, and stays readable", async () => {
    const bytes = new Uint8Array(await (await demoImage()).arrayBuffer());
    const text = new TextDecoder("latin1").decode(bytes);
    bytes[text.indexOf("40 sacks")] = 0x39;
    const hold = openLocally(new Blob([bytes]));
    open.push(hold);
    const layers = await hold.settled();
    expect(layers.map(({ verification }) => verification)).toEqual([
      "mismatch",
      "verified",
      "verified",
      "verified",
      "verified",
    ]);
    expect(layers[0]?.problems[0]).toMatchObject({ code: "digest/mismatch", detail: { layer: 0 } });
    expect(await hold.call("view", spec)).toMatchObject({ rows: 7 });
  });

  it("fails with a clear error when it is no archive at all", async () => {
    const hold = openLocally(new Blob(["this is no tar archive, whatever it is called"]), "odd.tar");
    open.push(hold);
    const { error } = await hold.until((event) => event.type === "failed");
    expect(error.message).toMatch(/^Cannot /);
  });
});
