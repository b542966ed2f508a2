import { describe, expect, it } from "vitest";
import { historyRows } from "../../../core/command/history.ts";
import { formatInspect, formatJson, inspectImage } from "../../../core/command/mod.ts";
import type { ImageParts } from "../../../core/image/mod.ts";
import { parseImageConfig } from "../../../core/oci/mod.ts";
import { utf8 } from "../../support/tar.ts";

const NOW = Date.UTC(2026, 10, 20, 19, 15, 10);
const id = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const made = (config: object, more: Partial<ImageParts> = {}): ImageParts => {
  const parsed = parseImageConfig(utf8(JSON.stringify(config)), { document: "c" });
  const layers = parsed.diffIDs.map((diffID) => ({ diffID }));
  return { id: id("a"), tags: [], platform: parsed.platform, config: parsed, layers, ...more };
};
const rootfs = (count: number): object => ({
  type: "layers",
  diff_ids: Array.from({ length: count }, () => id("d")),
});

describe("formatJson", () => {
  it("escapes and indents as Go does", () => {
    const value = new Map<string, string | readonly string[] | undefined | ReadonlyMap<string, string>>([
      ["b", '<a href="x">&\u2028\b\f\n\t\\b'],
      ["gone", undefined],
      ["list", ["1", "2"]],
      ["none", []],
      ["map", new Map()],
    ]);
    expect(formatJson(value)).toBe(
      '{"b":"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028\\u0008\\u000c\\n\\t\\\\b","list":["1","2"],"none":[],"map":{}}',
    );
    expect(formatJson(["x", new Map([["k", null]])], "  ")).toBe('[\n  "x",\n  {\n    "k": null\n  }\n]');
    expect(formatJson([])).toBe("[]");
  });
});

describe("inspectImage", () => {
  it("shows what is always there, and nothing else, of a bare config", () => {
    const text = formatInspect([
      inspectImage(made({ os: "linux", architecture: "amd64", rootfs: rootfs(0) }), { size: 0 }),
    ]);
    expect(text).toBe(`[
    {
        "Id": "${id("a")}",
        "RepoTags": [],
        "RepoDigests": [],
        "Parent": "",
        "Comment": "",
        "DockerVersion": "",
        "Author": "",
        "Architecture": "amd64",
        "Os": "linux",
        "Size": 0,
        "GraphDriver": {
            "Data": null,
            "Name": "overlay2"
        },
        "RootFS": {
            "Type": "layers"
        },
        "Metadata": {
            "LastTagTime": "0001-01-01T00:00:00Z"
        },
        "Config": {
            "Cmd": null,
            "Entrypoint": null,
            "Env": null,
            "Labels": null,
            "OnBuild": null,
            "User": "",
            "Volumes": null,
            "WorkingDir": ""
        }
    }
]
`);
  });

  it("sorts names, ports, volumes and labels, and drops zeros of a health check", () => {
    const document = inspectImage(
      made(
        {
          created: "2024-01-02T03:04:05.120+00:00",
          history: [{ comment: "older" }, { comment: "last" }],
          config: {
            ExposedPorts: { "9/tcp": {}, "10/tcp": {} },
            Volumes: { "/b": {}, "/a": {} },
            Labels: { b: "1", __proto__: "2", "10": "3", "9": "4" },
            Healthcheck: { Test: ["NONE"], Interval: 0, Retries: 2 },
          },
        },
        { tags: ["docker.io/library/b:1", "a:1", "Not:Valid"], parent: id("p") },
      ),
      { size: 5, repoDigests: [`b@${id("c")}`] },
    );
    const object: { [key: string]: unknown } = JSON.parse(formatJson(document));
    expect(object).toMatchObject({
      RepoTags: ["Not:Valid", "a:1", "b:1"],
      RepoDigests: [`b@${id("c")}`],
      Parent: id("p"),
      Comment: "last",
      Created: "2024-01-02T03:04:05.12Z",
      Config: { Healthcheck: { Test: ["NONE"], Retries: 2 } },
    });
    expect(formatJson(document)).toContain(
      '"ExposedPorts":{"10/tcp":{},"9/tcp":{}},"Healthcheck":{"Retries":2,"Test":["NONE"]},"Labels":{"10":"3","9":"4","b":"1"}',
    );
    expect(formatJson(document)).toContain('"Volumes":{"/a":{},"/b":{}}');
  });

  it("shows an image without a config", () => {
    const document = inspectImage(
      { id: undefined, tags: ["a:1"], platform: undefined, config: undefined, layers: [] },
      { size: 0 },
    );
    expect(JSON.parse(formatJson(document))).toMatchObject({
      Id: "",
      RepoTags: ["a:1"],
      Os: "",
      Config: { Cmd: null },
    });
  });
});

describe("historyRows", () => {
  const image = made({
    rootfs: rootfs(2),
    history: [
      { created: "1999-01-01T00:00:00Z", created_by: "a\tb", comment: "c" },
      { created: "2026-11-20T17:14:39Z", created_by: "ENV A=1", empty_layer: true },
      { created: "2026-11-20T19:12:39Z", created_by: "x".repeat(50) },
    ],
  });

  it("shows the newest first, sizes by layer, dates before 2000 as N/A", () => {
    expect(historyRows(image, { sizes: [1024, 54_300_000], nowMs: NOW })).toEqual([
      {
        ID: "a".repeat(12),
        CreatedSince: "2 minutes ago",
        CreatedAt: "2026-11-20T19:12:39Z",
        CreatedBy: `${"x".repeat(44)}…`,
        Size: "54.3MB",
        Comment: "",
      },
      {
        ID: "<missing>",
        CreatedSince: "2 hours ago",
        CreatedAt: "2026-11-20T17:14:39Z",
        CreatedBy: "ENV A=1",
        Size: "0B",
        Comment: "",
      },
      {
        ID: "<missing>",
        CreatedSince: "N/A",
        CreatedAt: "1999-01-01T00:00:00Z",
        CreatedBy: "a b",
        Size: "1.02kB",
        Comment: "c",
      },
    ]);
  });

  it("shows bytes and dates when it is not for humans, and all of it when told not to truncate", () => {
    const [row] = historyRows(image, { sizes: [1024, undefined], nowMs: NOW, human: false, whole: true });
    expect(row).toEqual({
      ID: id("a"),
      CreatedSince: "2026-11-20T19:12:39Z",
      CreatedAt: "2026-11-20T19:12:39Z",
      CreatedBy: "x".repeat(50),
      Size: "",
      Comment: "",
    });
    expect(
      historyRows(image, { sizes: [1024, 2], nowMs: NOW, human: false }).map((line) => line.Size),
    ).toEqual(["2", "0", "1024"]);
  });

  it("gives lines the IDs of the parents that are known, round a cycle only once", () => {
    const parent = made({}, { id: id("b"), parent: id("a") });
    const rows = historyRows(
      { ...image, parent: id("b") },
      { sizes: [], nowMs: NOW, images: [parent, image] },
    );
    expect(rows.map((row) => row.ID.slice(0, 4))).toEqual(["aaaa", "bbbb", "aaaa"]);
    expect(
      historyRows({ ...image, parent: id("z") }, { sizes: [], nowMs: NOW, images: [parent] })[1]?.ID,
    ).toBe("<missing>");
  });

  it("has no rows without history", () => {
    expect(historyRows(made({ rootfs: rootfs(1) }), { sizes: [1], nowMs: NOW })).toEqual([]);
  });
});
