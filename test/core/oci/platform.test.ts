import { describe, expect, it } from "vitest";
import {
  choosePlatform,
  formatPlatform,
  normalizePlatform,
  parsePlatform,
  platformRank,
} from "../../../core/oci/mod.ts";

describe("parsePlatform", () => {
  it.each([
    ["linux", "linux/amd64"],
    ["amd64", "linux/amd64"],
    ["arm", "linux/arm/v7"],
    ["armhf", "linux/arm/v7"],
    ["armel", "linux/arm/v6"],
    ["aarch64", "linux/arm64"],
    ["x86_64", "linux/amd64"],
    ["x86-64", "linux/amd64"],
    ["i386", "linux/386"],
    ["macos", "darwin/amd64"],
    ["linux/arm64/v8", "linux/arm64"],
    ["linux/amd64/v1", "linux/amd64"],
    ["linux/amd64/v3", "linux/amd64/v3"],
    ["linux/arm/7", "linux/arm/v7"],
    ["LINUX/ARM64", "linux/arm64"],
    ["windows(10.0.17763)", "windows/amd64"],
    ["linux/s390x", "linux/s390x"],
    ["linux/x/y", "linux/x/y"],
  ])("reads %s as %s", (text, formatted) => {
    expect(formatPlatform(parsePlatform(text))).toBe(formatted);
  });

  it("takes what is missing from the host", () => {
    expect(formatPlatform(parsePlatform("linux", { os: "linux", architecture: "arm64" }))).toBe(
      "linux/arm64",
    );
    expect(formatPlatform(parsePlatform("arm64", { os: "darwin", architecture: "amd64" }))).toBe(
      "darwin/arm64",
    );
    expect(parsePlatform("windows(10.0.17763)/amd64").osVersion).toBe("10.0.17763");
  });

  it.each([
    "",
    "/",
    "linux/",
    "/linux",
    "linux//x",
    "a b",
    "linux /amd64",
    "a/b/c/d",
    "nosuch",
    "linux/arm/v7/x",
    "x".repeat(600),
  ])("refuses %j", (text) => {
    expect(() => parsePlatform(text)).toThrow(/^Cannot parse platform /);
  });
});

describe("platformRank", () => {
  const all = (wanted: string, names: string): [string, string][] =>
    names.split(/,\s*/).map((name) => [wanted, name]);
  const platform = (name: string): { os: string; architecture: string; variant?: string | undefined } => {
    const [os = "", architecture = "", variant] = (name.includes("windows") ? name : `linux/${name}`).split(
      "/",
    );
    return { os, architecture, variant };
  };
  it.each([
    ...all("linux/amd64", "amd64, 386"),
    ...all("linux/amd64/v2", "amd64/v2, amd64/v1, amd64, 386"),
    ...all("linux/386", "386"),
    ...all("linux/arm/v7", "arm, arm/v7, arm/v6, arm/v5"),
    ...all("linux/arm/v8", "arm, arm/v8, arm/v7, arm/v6, arm/v5"),
    ...all("linux/arm/v6", "arm/v6, arm/v5"),
    ...all("linux/arm/v5", "arm/v5"),
    ...all("linux/arm64", "arm64, arm64/v8, arm/v8, arm/v7, arm/v6, arm/v5"),
    ...all("linux/arm64/v8.1", "arm64/v8.1, arm64/v8"),
    ...all(
      "linux/arm64/v9",
      "arm64/v9, arm64/v8.0, arm64/v8.1, arm64/v8.2, arm64/v8.3, arm64/v8.4, arm64/v8.5",
    ),
  ])("%s runs %s", (wanted, candidate) => {
    expect(platformRank(parsePlatform(wanted), platform(candidate))).toBeTypeOf("number");
  });

  it.each([
    ...all("linux/amd64", "amd64/v2, arm64, windows/amd64"),
    ...all("linux/amd64/v2", "amd64/v3"),
    ...all("linux/386", "amd64"),
    ...all("linux/arm/v7", "arm/v8, arm/v4, arm64"),
    ...all("linux/arm/v8", "arm64"),
    ...all("linux/arm/v6", "arm"),
    ...all("linux/arm/v5", "arm, arm/v6, arm/v4"),
    ...all("linux/arm64", "arm64/v9, amd64, arm/v4"),
    ...all("linux/arm64/v8.1", "arm64/v9"),
    ...all("linux/arm64/v9", "arm64/v8.6"),
  ])("%s does not run %s", (wanted, candidate) => {
    expect(platformRank(parsePlatform(wanted), platform(candidate))).toBeUndefined();
  });

  it("never takes unknown/unknown, and takes what says nothing last", () => {
    const wanted = parsePlatform("linux/amd64");
    expect(platformRank(wanted, { os: "unknown", architecture: "unknown" })).toBeUndefined();
    expect(choosePlatform(wanted, [undefined, { os: "linux", architecture: "386" }])).toBe(1);
    expect(choosePlatform(wanted, [{ os: "linux", architecture: "arm64" }, undefined])).toBe(1);
  });

  it("prefers the nearest variant, and of equals the first", () => {
    const arm = (variant?: string): object => ({ os: "linux", architecture: "arm", variant });
    expect(choosePlatform(parsePlatform("linux/arm/v7"), [arm("v5"), arm("v6"), arm("v7"), arm()])).toBe(2);
    expect(choosePlatform(parsePlatform("linux/arm/v7"), [arm("v5"), arm(), arm("v7")])).toBe(1);
    expect(choosePlatform(parsePlatform("linux/riscv64"), [arm("v5")])).toBeUndefined();
  });

  it("compares Windows builds and features", () => {
    const windows = (osVersion: string): object => ({ os: "windows", architecture: "amd64", osVersion });
    expect(
      choosePlatform({ os: "windows", architecture: "amd64", osVersion: "10.0.17763.1" }, [
        windows("10.0.14393.2"),
        windows("10.0.17763.9"),
      ]),
    ).toBe(1);
    const needs = { os: "linux", architecture: "amd64", osFeatures: ["win32k"] };
    expect(platformRank(parsePlatform("linux/amd64"), needs)).toBeUndefined();
    expect(platformRank({ ...parsePlatform("linux/amd64"), osFeatures: ["win32k"] }, needs)).toBe(0);
  });

  it("normalises to a fixed point", () => {
    for (const text of [
      "linux/ARM/8",
      "linux/aarch64/v8.0",
      "Windows/x86-64/v1",
      "linux/armhf",
      "linux/386/x",
    ]) {
      const once = normalizePlatform(platform(text.replace(/^linux\//i, "")));
      expect(normalizePlatform(once)).toEqual(once);
    }
  });
});
