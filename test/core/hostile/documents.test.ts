import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { ARCHIVE_LIMITS, type Archive, type ArchiveLimits, openArchive } from "../../../core/archive/mod.ts";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import { parseJson } from "../../../core/oci/mod.ts";
import { type Content, tarOf } from "../../support/archives.ts";
import { END } from "../../support/tar.ts";

type Members = readonly (readonly [path: string, content: Content])[];

const opened = async (members: Members, limits: Partial<ArchiveLimits> = {}): Promise<Archive> =>
  openArchive(sourceOf(await tarOf(members)), { newHasher: newSha256, limits });

const codesOf = ({ images, problems }: Archive): string[] =>
  [...problems, ...images.flatMap((image) => image.problems)].map(({ code }) => code);

const hex = (letter: string): string => letter.repeat(64);
const listOf = (count: number, item: string): string => `[${Array(count).fill(item).join(",")}]`;
const indexOf = (count: number, digest: string): string =>
  `{"schemaVersion":2,"manifests":${listOf(count, `{"digest":"sha256:${digest}","size":1,"mediaType":"application/vnd.oci.image.index.v1+json"}`)}}`;

describe("documents that want too much memory", () => {
  it("are refused by their number of values", () => {
    const text = new TextEncoder().encode(listOf(50, "{}"));
    const parse = (values: number): unknown => parseJson(text, { document: "d", limits: { values } });
    expect(parse(51)).toMatchObject({ duplicateKeys: [] });
    expect(() => parse(50)).toThrow(/^Cannot parse d at character 148: more than 50 values$/);
  });

  it("are refused by their values together, whichever of them it is", async () => {
    const config = `{"history":${listOf(200, "{}")}}`;
    const item = (index: number): string => `{"Config":"c${index}.json","RepoTags":[],"Layers":[]}`;
    const archive = await opened(
      [
        ["manifest.json", `[${[0, 1, 2, 3].map(item).join(",")}]`],
        ...[0, 1, 2, 3].map((index) => [`c${index}.json`, config] as const),
      ],
      { values: 500 },
    );
    expect(archive.images.map((image) => image.config?.history.length)).toEqual([
      200,
      200,
      undefined,
      undefined,
    ]);
    expect(codesOf(archive).filter((code) => code === "bytes/limit")).toHaveLength(2);
  });

  it("are counted every time they are named, in compressed archives too", async () => {
    const config = JSON.stringify({ author: "a".repeat(1000) });
    const tar = await tarOf([
      ["manifest.json", listOf(20, '{"Config":"c.json","RepoTags":[],"Layers":[]}')],
      ["c.json", config],
    ]);
    const archive = await openArchive(sourceOf(gzipSync(tar)), {
      newHasher: newSha256,
      limits: { documents: 5000 },
    });
    expect(archive.images.filter((image) => image.config !== undefined)).toHaveLength(4);
    expect(codesOf(archive)).toContain("bytes/limit");
  });

  it("list tags of which only some are complained about", async () => {
    const archive = await opened([
      ["manifest.json", `[{"Config":"c","Layers":[],"RepoTags":${listOf(200_000, '"A"')}}]`],
    ]);
    expect(archive.images[0]?.problems).toHaveLength(ARCHIVE_LIMITS.problems);
  });

  it("index each other a hundred thousand times and are left at the limit", async () => {
    const members: Members = [
      ["oci-layout", '{"imageLayoutVersion":"1.0.0"}'],
      ["index.json", indexOf(100_000, hex("a"))],
      [`blobs/sha256/${hex("a")}`, indexOf(100_000, hex("b"))],
      [`blobs/sha256/${hex("b")}`, indexOf(100_000, hex("a"))],
    ];
    const archive = await opened(members);
    expect(archive.manifests).toHaveLength(ARCHIVE_LIMITS.manifests);
    expect(archive.problems.map(({ message }) => message)).toContain(
      `index.json leads to more than ${ARCHIVE_LIMITS.manifests} manifests; the rest is left out`,
    );
    const few = await opened(members.slice(0, 2), { manifests: 100_000 });
    expect(few.manifests).toHaveLength(100_000);
    expect(codesOf(few)).toContain("archive/missing");
  });

  it("list entries that are none, of which only some are complained about", async () => {
    const archive = await opened([
      ["oci-layout", '{"imageLayoutVersion":"1.0.0"}'],
      ["index.json", `{"schemaVersion":2,"manifests":${listOf(300_000, "{}")}}`],
    ]);
    expect(archive.problems).toHaveLength(ARCHIVE_LIMITS.problems);
    expect(archive.problems[0]?.code).toBe("oci/document");
  });

  it("describe one step of many images with a command of megabytes, which is kept once", async () => {
    const top = (index: number): Members => [
      [`t${index}/json`, '{"parent":"base"}'],
      [`t${index}/layer.tar`, END],
    ];
    const archive = await opened([
      ["base/json", `{"container_config":{"Cmd":${listOf(20_000, `"${"a".repeat(50)}"`)}}}`],
      ["base/layer.tar", END],
      ...Array.from({ length: 1000 }, (_, index) => top(index)).flat(),
    ]);
    expect(archive.images).toHaveLength(1000);
    const steps = new Set(archive.images.map((image) => image.config?.history[0]));
    expect(steps.size).toBe(1);
    expect([...steps][0]?.createdBy).toHaveLength(20_000 * 51 - 1);
  });

  it("describe more steps than are read", async () => {
    const steps = Array.from({ length: 30 }, (_, index) => [`s${index}/json`, "{}"] as const);
    const archive = await opened([["s0/layer.tar", END], ...steps], { manifests: 10 });
    expect(archive.images).toHaveLength(10);
    expect(archive.problems[0]).toMatchObject({ code: "bytes/limit", detail: { limit: 10 } });
  });
});

describe("names that lead astray", () => {
  it("are cut where they are longer than any path", async () => {
    const archive = await opened([
      ["manifest.json", JSON.stringify([{ Config: "c/".repeat(2_000_000), RepoTags: null, Layers: [] }])],
    ]);
    const problem = archive.images[0]?.problems[0];
    expect(problem?.code).toBe("bytes/limit");
    expect(problem?.message).toMatch(
      /^Cannot find (c\/){50}…: the path has 4000000 characters, expected at most 4096$/,
    );
  });

  it("are shortened in what is told of them", async () => {
    const archive = await opened([
      ["manifest.json", JSON.stringify([{ Config: "c".repeat(4000), RepoTags: null, Layers: [] }])],
    ]);
    const problem = archive.images[0]?.problems[0];
    expect(problem?.message).toHaveLength(1001);
    expect(problem?.detail["path"]).toHaveLength(1001);
  });

  it("are followed through links no longer than takes a moment", async () => {
    const layers = JSON.stringify(Array.from({ length: 500 }, (_, index) => `${"a/".repeat(2040)}${index}`));
    const archive = await opened([
      ["manifest.json", `[{"Config":"c","RepoTags":[],"Layers":${layers}}]`],
      ["a", { symlink: "b" }],
      ["b", { symlink: "d" }],
    ]);
    expect(new Set(codesOf(archive))).toEqual(new Set(["archive/missing", "bytes/limit"]));
    const strict = await opened([
      ["manifest.json", JSON.stringify([{ Config: "../x", RepoTags: [], Layers: ["s/../../y", "/s", "s"] }])],
      ["s", { symlink: "../../etc/passwd" }],
    ]);
    expect(codesOf(strict).filter((code) => code === "archive/path")).toHaveLength(4);
  });
});
