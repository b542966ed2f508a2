import { describe, expect, it } from "vitest";
import { imageNames } from "../../../web/model/image-names.ts";
import { newName } from "../../../web/model/new-name.ts";

describe("a new name", () => {
  it.each([
    ["web", "web:latest"],
    [" web:2 ", "web:2"],
    ["docker.io/library/web:2", "web:2"],
    ["localhost:5000/a/b", "localhost:5000/a/b:latest"],
  ])("%s is %s", (text, name) => {
    expect(newName(text)).toEqual({ name });
  });

  it.each([
    ["", "empty"],
    ["   ", "empty"],
    ["Web:1", "lowercase"],
    ["a".repeat(64), "hex"],
    ["a/".repeat(200).concat("a"), "long"],
    [`web@sha256:${"a".repeat(64)}`, "digest"],
    ["sha256", "reserved"],
    ["sha256:abc", "reserved"],
    ["web:", "format"],
    ["web:a:b", "format"],
    ["-web", "format"],
    ["a b", "format"],
    ["<img>", "format"],
  ])("%j is refused: %s", (text, fault) => {
    expect(newName(text)).toEqual({ fault });
  });
});

describe("names of an archive's image", () => {
  it("are familiar, each once, and bare tags that they end with are not told again", () => {
    expect(imageNames(["1", "docker.io/built/multi:1"])).toEqual({ names: ["built/multi:1"], bare: [] });
    expect(imageNames(["docker.io/library/a:1", "a:1"])).toEqual({ names: ["a:1"], bare: [] });
  });

  it("leave tags apart that stand alone", () => {
    expect(imageNames(["latest", "app:1"])).toEqual({ names: ["app:1"], bare: ["latest"] });
    expect(imageNames(["stable", "stable"])).toEqual({ names: [], bare: ["stable"] });
  });

  it("are shown as they are where no engine would take them", () => {
    expect(imageNames(["Not/A:Name"])).toEqual({ names: ["Not/A:Name"], bare: [] });
  });
});
