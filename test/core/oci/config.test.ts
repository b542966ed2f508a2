import { describe, expect, it } from "vitest";
import { mapHistory, parseImageConfig, parseTimestamp } from "../../../core/oci/mod.ts";

const DIFF = `sha256:${"b".repeat(64)}`;
const parse = (value: unknown) =>
  parseImageConfig(new TextEncoder().encode(JSON.stringify(value)), { document: "c" });

describe("parseImageConfig", () => {
  it("reads everything of a full config", () => {
    const config = parse({
      created: "2024-01-02T03:04:05Z",
      author: "Ada",
      architecture: "arm64",
      variant: "v8",
      os: "linux",
      "os.version": "1",
      comment: "c",
      docker_version: "20",
      config: {
        User: "u",
        WorkingDir: "/w",
        Env: ["A=1"],
        Entrypoint: ["e"],
        Cmd: ["c"],
        ExposedPorts: { "80/tcp": {}, "1": null },
        Volumes: { "/v": {} },
        Labels: { l: "1", __proto__x: "2" },
        OnBuild: ["RUN x"],
        Shell: ["sh"],
        StopSignal: "SIGINT",
        ArgsEscaped: true,
        Healthcheck: { Test: ["NONE"], Interval: 30_000_000_000, Retries: 3 },
      },
      rootfs: { type: "layers", diff_ids: [DIFF] },
      history: [
        { created: "2024-01-02T03:04:05Z", created_by: "COPY", author: "a", comment: "m", empty_layer: true },
        {},
      ],
      "moby.buildkit.cache.v0": "x",
    });
    expect(config).toMatchObject({
      created: "2024-01-02T03:04:05Z",
      author: "Ada",
      comment: "c",
      dockerVersion: "20",
      rootfsType: "layers",
      diffIDs: [DIFF],
      platform: { os: "linux", architecture: "arm64", variant: "v8", osVersion: "1" },
      container: {
        user: "u",
        workingDir: "/w",
        env: ["A=1"],
        entrypoint: ["e"],
        cmd: ["c"],
        exposedPorts: ["1", "80/tcp"],
        volumes: ["/v"],
        labels: new Map([
          ["l", "1"],
          ["__proto__x", "2"],
        ]),
        onBuild: ["RUN x"],
        shell: ["sh"],
        stopSignal: "SIGINT",
        argsEscaped: true,
        healthcheck: {
          test: ["NONE"],
          interval: 30_000_000_000,
          retries: 3,
          timeout: 0,
          startPeriod: 0,
          startInterval: 0,
        },
      },
      history: [
        { created: "2024-01-02T03:04:05Z", createdBy: "COPY", author: "a", comment: "m", emptyLayer: true },
        { createdBy: "", emptyLayer: false },
      ],
    });
  });

  it("takes null and absence wherever a list or map may stand", () => {
    const nothing = { config: null, rootfs: null, history: null, author: null, os: null };
    for (const value of [{}, nothing]) {
      expect(parse(value)).toMatchObject({ rootfsType: "", diffIDs: [], history: [] });
      expect(parse(value).container).toBeUndefined();
    }
    const empty = parse({
      config: { Env: null, Cmd: null, Labels: null, Volumes: null, ExposedPorts: null, Healthcheck: null },
    });
    expect(Object.values(empty.container ?? {}).filter((value) => value !== undefined)).toEqual([]);
  });

  it("matches keys without regard to case, exact ones first, and takes a lone string for a command", () => {
    expect(parse({ OS: "linux", rootfS: { Diff_IDs: [DIFF] } })).toMatchObject({
      platform: { os: "linux" },
      diffIDs: [DIFF],
    });
    expect(parse({ OS: "a", os: "b" }).platform.os).toBe("b");
    expect(parse({ config: { Cmd: "run me" } }).container?.cmd).toEqual(["run me"]);
  });

  it.each([
    [
      { rootfs: { diff_ids: ["sha256:x"] } },
      /^Cannot read c rootfs diff_ids\[0\]: found the string "sha256:x", expected a digest$/,
    ],
    [{ config: { Env: "A=1" } }, /^Cannot read c config Env: found the string "A=1", expected an array$/],
    [{ config: { Env: [{}] } }, /^Cannot read c config Env\[0\]: found an object, expected a string$/],
    [{ config: { Labels: { a: [] } } }, /^Cannot read c config Labels.a: found an array, expected a string$/],
    [
      { history: [{ empty_layer: "yes" }] },
      /^Cannot read c history\[0\] empty_layer: found the string "yes", expected true or false$/,
    ],
    [
      { config: { Healthcheck: { Interval: 1e30 } } },
      /^Cannot read c config Healthcheck Interval: found the number 1e\+30, expected an integer$/,
    ],
    [[], /^Cannot read c: found an array, expected an object$/],
  ])("refuses a field of the wrong type by name", (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });
});

describe("mapHistory", () => {
  const made = (createdBy: string, emptyLayer = false) => ({ createdBy, emptyLayer });

  it("gives the n-th entry that made a layer the n-th layer", () => {
    const history = [made("a"), made("b", true), made("c"), made("d", true)];
    const { steps, byLayer, surplus } = mapHistory(history, 2);
    expect(steps.map(({ layer }) => layer)).toEqual([0, undefined, 1, undefined]);
    expect(byLayer.map((entry) => entry?.createdBy)).toEqual(["a", "c"]);
    expect(surplus).toBe(0);
  });

  it("matches what it can when counts differ", () => {
    expect(mapHistory([made("a")], 3).byLayer.map((entry) => entry?.createdBy)).toEqual([
      "a",
      undefined,
      undefined,
    ]);
    expect(mapHistory([made("a"), made("b"), made("c")], 1)).toMatchObject({ surplus: 2 });
    expect(mapHistory([], 0)).toEqual({ steps: [], byLayer: [], surplus: 0 });
  });
});

describe("parseTimestamp", () => {
  it.each([
    ["2024-01-02T03:04:05Z", 1_704_164_645, 0, "2024-01-02T03:04:05Z"],
    ["2024-01-02T03:04:05.120Z", 1_704_164_645, 120_000_000, "2024-01-02T03:04:05.12Z"],
    ["2024-01-02T03:04:05.1234567891Z", 1_704_164_645, 123_456_789, "2024-01-02T03:04:05.123456789Z"],
    ["2024-01-02T05:04:05+02:00", 1_704_164_645, 0, "2024-01-02T05:04:05+02:00"],
    ["2021-04-30T07:20:45.4345264+00:00", 1_619_767_245, 434_526_400, "2021-04-30T07:20:45.4345264Z"],
    ["1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z"],
    ["0001-01-01T00:00:00Z", -62_135_596_800, 0, "0001-01-01T00:00:00Z"],
    ["2024-02-29t00:00:00z", 1_709_164_800, 0, "2024-02-29T00:00:00Z"],
  ])("reads %s", (text, seconds, nanoseconds, formatted) => {
    expect(parseTimestamp(text)).toEqual({ seconds, nanoseconds, text: formatted });
  });

  it.each([
    "",
    "now",
    "2024-01-02",
    "2024-01-02T03:04:05",
    "2023-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "12024-01-01T00:00:00Z",
    "2024-01-01T00:00:00+2:00",
  ])("does not take %j for a time", (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});
