import { describe, expect, it } from "vitest";
import {
  type BuildEvent,
  type BuildOptions,
  type BuiltImage,
  buildImage,
  buildPlatforms,
  type ContextEntry,
  contextFromTar,
  contextOf,
  createBuildCache,
} from "../../../core/build/mod.ts";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { errorLines } from "../../../core/dockerfile/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { parsePlatform } from "../../../core/oci/mod.ts";
import { createMemoryStore, type LocalStore } from "../../../core/store/mod.ts";
import { composeTar, contentOf, entryAt, readTable } from "../../../core/tar/mod.ts";
import { bytesOf, tarOf } from "../../support/archives.ts";

const text = (value: string) => sourceOf(new TextEncoder().encode(value));

/** A context of files with these contents; a path that ends in a slash is a directory. */
const files = (contents: Readonly<Record<string, string>>): ContextEntry[] =>
  Object.entries(contents).map(([path, content]) =>
    path.endsWith("/") ? { path, type: "dir" } : { path, type: "file", mtime: 1000, content: text(content) },
  );

interface Run extends Partial<BuildOptions> {
  readonly files?: Readonly<Record<string, string>>;
}

const newStore = (): LocalStore => createMemoryStore({ now: () => 0 });

async function build(
  dockerfile: string,
  run: Run = {},
): Promise<BuiltImage & { readonly store: LocalStore }> {
  const store = run.store ?? newStore();
  const image = await buildImage({
    newHasher: newSha256,
    context: contextOf(files(run.files ?? {})),
    dockerfile,
    now: () => 2000,
    ...run,
    store,
  });
  return { ...image, store };
}

/** Paths and contents of a layer; directories end in a slash. */
async function layerOf(
  { store, layers }: { readonly store: LocalStore; readonly layers: BuiltImage["layers"] },
  at: number,
): Promise<Record<string, string>> {
  const tar = (await store.blob(layers.at(at)!))!;
  const table = await readTable(tar);
  const rows: Record<string, string> = {};
  for (let row = 0; row < table.count; row++) {
    const { path, link } = entryAt(table, row);
    rows[path] = link || new TextDecoder().decode(await contentOf(tar, table, row).arrayBuffer());
  }
  return rows;
}

/** Paths of the files of a layer. */
const pathsOf = async (image: Awaited<ReturnType<typeof build>>, at = -1): Promise<string[]> =>
  Object.keys(await layerOf(image, at)).filter((path) => !path.endsWith("/"));

async function failure(work: Promise<unknown>): Promise<CoreError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CoreError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("RUN", () => {
  const dockerfile = 'FROM scratch\nARG A=1\nCOPY a /\nRUN echo hi\nRUN ["ls", "-l"]\n';

  it("is refused before anything is built, with its lines", async () => {
    const store = newStore();
    const error = await failure(build(dockerfile, { store, files: { a: "" } }));
    expect(error.code).toBe("build/run");
    expect(error.message).toContain("line 4 is RUN echo hi (and 1 more)");
    expect(errorLines(error)).toEqual([{ start: 4, end: 4 }]);
    expect(error.detail["runs"]).toEqual([4, 5]);
    expect(await store.list()).toEqual([]);
  });

  it("is left out when asked for, and the history says so", async () => {
    const events: BuildEvent[] = [];
    const image = await build(dockerfile, {
      files: { a: "" },
      skipRun: true,
      onProgress: (event) => events.push(event),
    });
    expect(
      image.config.history
        .slice(2)
        .map(({ createdBy, comment, emptyLayer }) => [createdBy, comment, emptyLayer]),
    ).toEqual([
      ["RUN |1 A=1 /bin/sh -c echo hi # buildkit", "not run: there was no kernel", true],
      ["RUN |1 A=1 ls -l # buildkit", "not run: there was no kernel", true],
    ]);
    expect(image.layers.length).toBe(1);
    expect(events.filter(({ kind }) => kind === "skipped").length).toBe(2);
  });

  it("of stages that are not needed does not matter", async () => {
    const image = await build("FROM scratch AS x\nRUN make\nFROM scratch\nCOPY a /\n", { files: { a: "" } });
    expect(image.layers.length).toBe(1);
  });

  it("of an ONBUILD counts for the FROM that triggers it", async () => {
    const { store } = await build("FROM scratch\nONBUILD RUN make\n", { tags: ["base:1"] });
    const error = await failure(build("# c\nFROM base:1\n", { store }));
    expect([error.code, errorLines(error)]).toEqual(["build/run", [{ start: 2, end: 2 }]]);
  });
});

describe("COPY --parents", () => {
  const tree = {
    "test/a/b/c/d/foo": "",
    "test/a/b/c/d/e/bay": "",
    "test/a/b2/c/d/e/bar": "",
    "test/a/b/c2/d/e/baz": "",
    "test/a/b/c2/d/e2/baz": "",
    "test/foo1/foo2/bar": "",
    "test/foo1/foo2/baz": "",
  };

  it.each([
    ["/test/a/b/./c/d /out/", ["out/c/d/e/bay", "out/c/d/foo"]],
    ["/test/a/b/c/d/. /out/", ["out/test/a/b/c/d/e/bay", "out/test/a/b/c/d/foo"]],
    ["./test/a/b/c/d /out/", ["out/test/a/b/c/d/e/bay", "out/test/a/b/c/d/foo"]],
    ["/test/a/./b/./c /out/", ["out/b/c/d/e/bay", "out/b/c/d/foo"]],
    ["/test/a/./*/c /out/", ["out/b/c/d/e/bay", "out/b/c/d/foo", "out/b2/c/d/e/bar"]],
    ["/test/a/b*/./c/**/e /out/", ["out/c/d/e/bar", "out/c/d/e/bay"]],
    ["/test/a/b/c*/./d/**/baz /test/a/b*/./c/**/bar /out/", ["out/c/d/e/bar", "out/d/e/baz", "out/d/e2/baz"]],
    ["test/foo1/foo2/ba* /w/", ["w/test/foo1/foo2/bar", "w/test/foo1/foo2/baz"]],
    ["/test/a/b2*/q /out/", []],
  ])("%s gives %j", async (words, expected) => {
    const image = await build(`FROM scratch\nCOPY --parents ${words}\n`, { files: tree });
    expect(await pathsOf(image)).toEqual(expected);
    expect(image.config.history[0]?.createdBy).toBe(`COPY --parents ${words} # buildkit`);
  });

  it("refuses what is not there unless it has wildcards", async () => {
    const error = await failure(build("FROM scratch\nCOPY --parents test/nope /out/\n", { files: tree }));
    expect(error.message).toContain('"/test/nope": not found');
  });
});

describe("what is ignored", () => {
  const names = [
    "abc",
    "a/b/c/x.txt",
    "dir/dir2/file",
    "file.txt",
    "docs/README.md",
    "docs/x",
    ".foo",
    "bar.foo",
    "ace",
    "aae",
    "a☺b",
    "a*b",
    "a/c/b",
  ];
  const tree = Object.fromEntries(names.map((name) => [name, ""]));

  it.each([
    ["**", []],
    [
      "abc/**\ndir/**\n**/*.txt",
      ["ace", "aae", "abc", "a☺b", "a*b", "a/c/b", ".foo", "bar.foo", "docs/README.md", "docs/x"],
    ],
    ["docs\n!docs/README.md\na*\n*.txt\n", [".foo", "bar.foo", "dir/dir2/file", "docs/README.md"]],
    ["a[b-d]e\na?b\na\\*b\n.*\ndir\ndocs\na/b", ["a/c/b", "aae", "abc", "bar.foo", "file.txt"]],
    [
      "**file\n**/.foo\na*/b\na*/c\n",
      ["a*b", "aae", "abc", "ace", "a☺b", "bar.foo", "docs/README.md", "docs/x", "file.txt"],
    ],
    ["**\n!dir/dir2", ["dir/dir2/file"]],
    ["!f.go\n*\n", []],
    ["# abc\n/abc\n ./ace \n", names.filter((name) => name !== "abc" && name !== "ace")],
  ])("by %j leaves the rest", async (patterns, expected) => {
    const image = await build("FROM scratch\nCOPY . /\n", {
      files: { ...tree, ".dockerignore": `${patterns}\n.dockerignore` },
    });
    expect((await pathsOf(image)).sort()).toEqual([...expected].sort());
  });

  it("is what the list of the Dockerfile itself says, where there is one", async () => {
    const image = await build("FROM scratch\nCOPY . /\n", {
      file: "app/Dockerfile.prod",
      files: { a: "", b: "", ".dockerignore": "a", "app/Dockerfile.prod.dockerignore": "b\napp\n.d*" },
    });
    expect(await pathsOf(image)).toEqual(["a"]);
  });

  it.each(["[", "a[", "[]a]", "[-]", "[x-]", "\\"])("cannot be said by %j", async (pattern) => {
    const error = await failure(build("FROM scratch\nCOPY . /\n", { files: { ".dockerignore": pattern } }));
    expect(error.message).toBe("syntax error in pattern");
  });
});

describe("the Dockerfile", () => {
  it("is found in the context, under either name", async () => {
    const image = await build("", {
      dockerfile: undefined,
      files: { dockerfile: "FROM scratch\nLABEL a=1\n" },
    });
    expect(image.config.container?.labels).toEqual(new Map([["a", "1"]]));
    const error = await failure(build("", { dockerfile: undefined, files: {} }));
    expect(error.message).toBe("failed to read dockerfile: open Dockerfile: no such file or directory");
  });

  it("is usable though it is ignored, and then not copied", async () => {
    const image = await build("", {
      dockerfile: undefined,
      files: { Dockerfile: "FROM scratch\nCOPY . /\n", ".dockerignore": "*\n!a", a: "1" },
    });
    expect(await pathsOf(image)).toEqual(["a"]);
  });
});

describe("a build", () => {
  const dockerfile = "FROM scratch\nWORKDIR /w\nCOPY <<x .\nhi\nx\nCOPY d e\nENV A=1\n";

  it("on an image keeps what the image says, and dates what is new", async () => {
    const { store } = await build("FROM scratch\nENV A=1\nCOPY a /\nUSER me\n", {
      files: { a: "1" },
      tags: ["base"],
      now: () => 1000,
    });
    const image = await build("FROM base\nLABEL x=$A\nCOPY b /\nVOLUME /v\n", {
      store,
      files: { b: "2" },
      tags: ["top:2", "top:3"],
    });
    expect(image.config.history.map(({ created, createdBy }) => [created, createdBy])).toEqual([
      ["1970-01-01T00:16:40Z", "ENV A=1"],
      ["1970-01-01T00:16:40Z", "COPY a / # buildkit"],
      ["1970-01-01T00:16:40Z", "USER me"],
      ["1970-01-01T00:33:20Z", "LABEL x=1"],
      ["1970-01-01T00:33:20Z", "COPY b / # buildkit"],
      ["1970-01-01T00:33:20Z", "VOLUME [/v]"],
    ]);
    expect(image.config.created).toBe("1970-01-01T00:33:20Z");
    expect(image.config.container).toMatchObject({ user: "me", volumes: ["/v"] });
    expect([...(await store.table.snapshot()).names.keys()]).toEqual([
      "docker.io/library/base:latest",
      "docker.io/library/top:2",
      "docker.io/library/top:3",
    ]);
  });

  it("of the same input is the same, whatever the time, with SOURCE_DATE_EPOCH", async () => {
    const run = { files: { "d/f": "1" }, sourceDateEpoch: 500 };
    const [one, two] = [
      await build(dockerfile, { ...run, now: () => 1000 }),
      await build(dockerfile, { ...run, now: () => 9999 }),
    ];
    expect(one.record.id).toBe(two.record.id);
    const args = new Map([["SOURCE_DATE_EPOCH", "500"]]);
    expect((await build(dockerfile, { files: run.files, args })).record.id).toBe(one.record.id);
    await expect(build(dockerfile, { args: new Map([["SOURCE_DATE_EPOCH", "x"]]) })).rejects.toThrow(
      "invalid",
    );
    expect(one.config.created).toBe("1970-01-01T00:08:20Z");
  });

  it("with a cache takes over layers whose input is the same, with their time", async () => {
    const [store, cache] = [newStore(), createBuildCache()];
    const steps: string[] = [];
    const onProgress = (event: BuildEvent): void => {
      if (event.kind === "done") steps.push(`${event.step.label}${event.cached ? " CACHED" : ""}`);
    };
    const run = { store, cache, files: { "d/f": "1" }, onProgress };
    const first = await build(dockerfile, { ...run, now: () => 1000 });
    const second = await build(dockerfile, { ...run, now: () => 5000 });
    expect(second.record.id).toBe(first.record.id);
    await build(dockerfile, { ...run, files: { "d/f": "2" }, now: () => 6000 });
    await build(dockerfile, { ...run, noCache: true, now: () => 7000 });
    const labels = ["[2/4] WORKDIR /w", "[3/4] COPY <<x .", "[4/4] COPY d e"];
    expect(steps).toEqual([
      ...labels,
      ...labels.map((label) => `${label} CACHED`),
      `${labels[0]} CACHED`,
      `${labels[1]} CACHED`,
      labels[2],
      ...labels.slice(0, 2),
      // The file is older than any build, so the layer has the same bytes.
      labels[2],
    ]);
  });

  it("with a cache takes over layers whose files were only touched, not those with other times from an archive", async () => {
    const run = { store: newStore(), cache: createBuildCache() };
    const archive = async (mtime: number) =>
      sourceOf(await bytesOf(composeTar([{ entry: { path: "in/", type: "dir", mtime } }]).parts));
    const at = async (mtime: number): Promise<ContextEntry[]> => [
      { path: "f", type: "file", mtime, content: text("1") },
      { path: "t.tar", type: "file", mtime, content: await archive(5) },
    ];
    const ids = new Set<string>();
    for (const mtime of [1, 1_000_000]) {
      const context = contextOf(await at(mtime));
      const made = await build("FROM scratch\nCOPY f /f\nADD t.tar /\n", {
        ...run,
        context,
        now: () => mtime,
      });
      ids.add(made.record.id);
    }
    expect(ids.size).toBe(1);
    const context = contextOf([
      { path: "f", type: "file", mtime: 1, content: text("1") },
      { path: "t.tar", type: "file", mtime: 1, content: await archive(6) },
    ]);
    ids.add((await build("FROM scratch\nCOPY f /f\nADD t.tar /\n", { ...run, context })).record.id);
    expect(ids.size).toBe(2);
  });

  it("without layers and a dated base has no date, and is the same whenever it is built", async () => {
    const store = newStore();
    const base = await build("FROM scratch\nENV A=1\n", { store, tags: ["base"], now: () => 1000 });
    const again = await build("FROM scratch\nENV A=1\n", { store, now: () => 2000 });
    expect(again.record.id).toBe(base.record.id);
    const child = await build("FROM base\nLABEL b=1\n", { store, now: () => 3000 });
    for (const { config } of [base, child]) {
      expect(config.created).toBeUndefined();
      expect(config.history.map(({ created }) => created)).not.toContain("1970-01-01T00:50:00Z");
    }
    // A layer dates what stands before it as well.
    const made = await build("FROM base\nLABEL b=1\nCOPY f /\n", {
      store,
      files: { f: "" },
      now: () => 4000,
    });
    expect(made.config.history.map(({ created }) => created)).toEqual(
      Array.from({ length: 3 }, () => "1970-01-01T01:06:40Z"),
    );
  });

  it("for several platforms is one image with an index of them all", async () => {
    const store = newStore();
    const { images, root } = await buildPlatforms({
      store,
      newHasher: newSha256,
      dockerfile: "FROM scratch\nARG TARGETARCH TARGETVARIANT\nLABEL a=$TARGETARCH$TARGETVARIANT\n",
      platforms: [parsePlatform("linux/amd64"), parsePlatform("linux/arm/v7")],
      tags: ["many:1"],
      now: () => 2000,
    });
    expect(images.map(({ config }) => config.container?.labels?.get("a"))).toEqual(["amd64", "armv7"]);
    const { names, images: records } = await store.table.snapshot();
    expect(names.get("docker.io/library/many:1")).toEqual({
      name: "docker.io/library/many:1",
      target: root,
      image: images[0].record.id,
    });
    expect([...records.keys()]).toEqual([images[0].record.id]);
    // What is built on it takes what fits.
    const arm = await build("FROM many:1\nLABEL b=1\n", { store, platform: parsePlatform("linux/arm/v7") });
    expect(arm.config.container?.labels?.get("a")).toBe("armv7");
    const error = await failure(build("FROM many:1\n", { store, platform: parsePlatform("linux/s390x") }));
    expect(error.code).toBe("image/platform");
  });

  it("tells its steps as docker build counts them", async () => {
    const { store } = await build("FROM scratch\nLABEL a=1\n", { tags: ["base"] });
    const labels: string[] = [];
    await build("FROM base AS one\nCOPY a /\nFROM base\nENV A=1\nWORKDIR /w\ncopy --from=one a b\n", {
      store,
      files: { a: "" },
      onProgress: (event) => {
        if (event.kind === "begin") labels.push(`#${event.step.number} ${event.step.label}`);
      },
    });
    expect(labels).toEqual([
      "#1 [one 1/2] FROM base",
      "#2 [one 2/2] COPY a /",
      "#3 [stage-1 1/3] FROM base",
      "#4 [stage-1 2/3] WORKDIR /w",
      "#5 [stage-1 3/3] COPY --from=one a b",
    ]);
  });

  it("reads its context from a tar archive", async () => {
    const tar = await tarOf([
      ["./a/b", "1"],
      ["l", { symlink: "a/b" }],
      ["h", { link: "a/b" }],
    ]);
    const image = await build("FROM scratch\nCOPY . /\nCOPY l /copied\n", {
      context: contextFromTar(sourceOf(tar)),
    });
    expect(await layerOf(image, 0)).toEqual({ "a/": "", "a/b": "1", h: "a/b", l: "a/b" });
    expect(await layerOf(image, 1)).toEqual({ copied: "1" });
  });

  it("keeps of extended attributes what builders keep, and dates nothing before the epoch", async () => {
    const attributes = { "security.capability": Uint8Array.of(1, 0), "user.note": Uint8Array.of(2) };
    const context = contextOf([
      { path: "f", type: "file", content: text("1"), xattrs: attributes, mtime: 7.9 },
    ]);
    const image = await build("FROM scratch\nCOPY f /\n", { context });
    const entry = entryAt(await readTable((await image.store.blob(image.layers[0]))!), 0);
    expect(entry.xattrs).toEqual({ "security.capability": Uint8Array.of(1, 0) });
    expect(entry.mtime).toBe(7);
  });

  it("takes files from further contexts and from images that have to be fetched first", async () => {
    const store = newStore();
    const pulled: string[] = [];
    const image = await build("FROM scratch\nCOPY --from=more /x /\nCOPY --from=other:1 /y /\n", {
      store,
      contexts: new Map([["more", contextOf(files({ x: "1" }))]]),
      pull: async ({ path, tag }) => {
        pulled.push(`${path}:${tag}`);
        await build("FROM scratch\nCOPY y /\n", { store, files: { y: "2" }, tags: ["other:1"] });
      },
    });
    expect(pulled).toEqual(["library/other:1"]);
    expect([await layerOf(image, 0), await layerOf(image, 1)]).toEqual([{ x: "1" }, { y: "2" }]);
    const error = await failure(build("FROM nope:2\n"));
    expect([error.code, error.message]).toEqual([
      "image/missing",
      "nope:2: failed to resolve source metadata for docker.io/library/nope:2: docker.io/library/nope:2: not found",
    ]);
  });

  it("ends when it is aborted, with the reason", async () => {
    const controller = new AbortController();
    const work = build("FROM scratch\nCOPY a /\nCOPY b /\n", {
      files: { a: "", b: "" },
      signal: controller.signal,
      onProgress: ({ kind }) => {
        if (kind === "done") controller.abort(new Error("enough"));
      },
    });
    await expect(work).rejects.toThrow("enough");
  });

  it("leaves no claim behind, built or not", async () => {
    const { store } = await build("FROM scratch\nCOPY a /\n", { files: { a: "" } });
    await failure(build("FROM scratch\nCOPY nope /\n", { store }));
    expect(await store.leases()).toEqual([]);
  });
});

describe("ADD of a URL", () => {
  const content = "fetched";
  const digest = sha256Digest(new TextEncoder().encode(content));
  const fetch = async (url: string): Promise<Response> =>
    url.includes("missing")
      ? new Response("no", { status: 404 })
      : new Response(content, { headers: { "last-modified": "Thu, 01 Jan 1970 00:10:00 GMT" } });

  it.each([
    ["https://x.test/a/b.txt /d/", { "d/": "", "d/b.txt": content }],
    ["https://x.test/a/b.txt?q#f /d", { d: content }],
    ["https://x.test /d/", { "d/": "", "d/__unnamed__": content }],
    [`--checksum=${digest} https://x.test/%2e%2e%2fe /d/`, { "d/": "", "d/__unnamed__": content }],
  ])("%s", async (words, expected) => {
    const image = await build(`FROM scratch\nADD ${words}\n`, { fetch });
    expect(await layerOf(image, 0)).toEqual(expected);
    const tar = (await image.store.blob(image.layers[0]))!;
    const last = entryAt(await readTable(tar), Object.keys(expected).length - 1);
    expect([last.mode, last.mtime]).toEqual([0o600, 600]);
  });

  it.each([
    ["ADD https://x.test/missing /", "invalid response status 404"],
    [`ADD --checksum=sha256:${"0".repeat(64)} https://x.test/f /`, "digest mismatch"],
    ["ADD https://github.com/a/b.git /", "there is no git here"],
    ["ADD --keep-git-dir=true a /", "there is no git here"],
    ["COPY https://x.test/f /", "source can't be a URL for COPY"],
    ["ADD --checksum=md5:00 https://x.test/f /", "unsupported digest algorithm"],
  ])("%s is refused: %s", async (line, message) => {
    const error = await failure(build(`FROM scratch\n${line}\n`, { fetch, files: { a: "" } }));
    expect(error.message).toContain(message);
    expect(errorLines(error)).toEqual([{ start: 2, end: 2 }]);
  });

  it("needs a network", async () => {
    const error = await failure(build("FROM scratch\nADD https://x.test/f /\n"));
    expect(error.message).toContain("this build has no network");
  });
});

describe("a hostile input", () => {
  it("cannot lead out of its root", async () => {
    const context: ContextEntry[] = [
      { path: "../../up", type: "file", content: text("u") },
      { path: "/abs", type: "file", content: text("a") },
      { path: "out", type: "symlink", link: "../../../../abs" },
      { path: "loop", type: "symlink", link: "loop/x" },
    ];
    const image = await build(
      "FROM scratch\nCOPY ../../../up ../../x/\nCOPY out /../../copied\nCOPY . /all\n",
      {
        context: contextOf(context),
      },
    );
    expect(await layerOf(image, 0)).toEqual({ "x/": "", "x/up": "u" });
    expect(await layerOf(image, 1)).toEqual({ copied: "a" });
    expect(await pathsOf(image, 2)).toEqual(["all/abs", "all/loop", "all/out", "all/up"]);
    const error = await failure(build("FROM scratch\nCOPY loop/y /\n", { context: contextOf(context) }));
    expect(error.message).toContain("too many links");
  });

  it("nests deeply without harm, to the limit", async () => {
    const deep = "d/".repeat(600);
    const image = await build("FROM scratch\nCOPY . /\nCOPY --exclude=x . /y\n", {
      files: { [`${deep}f`]: "1" },
    });
    expect(await pathsOf(image, 0)).toEqual([`${deep}f`]);
    const error = await failure(
      build("FROM scratch\nCOPY . /\n", { files: { [`${"d/".repeat(5000)}f`]: "" } }),
    );
    expect(error.code).toBe("bytes/limit");
  });

  it("has no pattern that takes forever", async () => {
    const name = "a".repeat(200);
    const globs = `${"*a".repeat(60)}b`;
    const image = await build(`FROM scratch\nCOPY ${globs} x* /\n`, {
      files: {
        [name]: "",
        x: "",
        [`${`${"a".repeat(30)}/`.repeat(8)}f`]: "",
        ".dockerignore": `${"**/a*".repeat(20)}/b`,
      },
    });
    expect(await pathsOf(image)).toEqual(["x"]);
  });

  it("has no names that a layer cannot have", async () => {
    for (const dockerfile of ["FROM scratch\nCOPY a /x\0y\n", "FROM scratch\nWORKDIR /x\0y\n"]) {
      const error = await failure(build(dockerfile, { files: { a: "" } }));
      expect([error.code, errorLines(error)]).toEqual(["build/failed", [{ start: 2, end: 2 }]]);
    }
  });

  it("cannot make variables grow without end", async () => {
    const lines = Array.from({ length: 60 }, () => "ENV A=$A$A").join("\n");
    const error = await failure(build(`FROM scratch\nENV A=xxxxxxxx\n${lines}\n`));
    expect(error.code).toBe("bytes/limit");
    expect(errorLines(error).length).toBe(1);
  });

  it("has a bounded number of stages, entries and stages in a circle", async () => {
    const stages = Array.from({ length: 1001 }, () => "FROM scratch").join("\n");
    expect((await failure(build(stages))).code).toBe("bytes/limit");
    const many = build("FROM scratch\nCOPY . /\n", {
      files: { a: "", b: "", c: "" },
      limits: { entries: 2 },
    });
    expect((await failure(many)).code).toBe("bytes/limit");
    const chain = Array.from(
      { length: 900 },
      (_, at) => `FROM ${at === 0 ? "scratch" : `s${at - 1}`} AS s${at}`,
    ).join("\n");
    expect((await build(`${chain}\nLABEL a=b\n`)).config.container?.labels?.get("a")).toBe("b");
    const error = await failure(build("FROM scratch AS a\nCOPY --from=b / /\nFROM a AS b\n"));
    expect(error.message).toMatch(/^circular dependency detected on stage: [ab]$/);
  });
});
