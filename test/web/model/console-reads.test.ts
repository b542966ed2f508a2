import { describe, expect, it } from "vitest";
import { foldersAbove, isThere, lastName, pagePath } from "../../../web/model/console-path.ts";
import { filesRead } from "../../../web/model/console-reads.ts";
import { saveOrder } from "../../../web/model/console-save.ts";

const words = (line: string): readonly string[] => line.split(" ");

describe("the files that a docker command reads", () => {
  it.each<readonly [string, readonly string[]]>([
    ["load -i a.tar", ["file a.tar"]],
    ["load -q --input=a.tar --platform linux/arm64", ["file a.tar"]],
    ["image load --input a.tar", ["file a.tar"]],
    ["load", []],
    ["import rootfs.tar app:1", ["file rootfs.tar"]],
    ["import -c CMD=x -m text rootfs.tar", ["file rootfs.tar"]],
    ["import - app:1", []],
    ["import https://example.com/x.tar", []],
    ["cp a.txt web:/etc", ["file a.txt"]],
    ["cp ./a:b web:/etc", ["file ./a:b"]],
    ["container cp web:/etc/hosts .", []],
    ["cp - web:/etc", []],
    ["build .", ["folder ."]],
    ["build -t app:1 --build-arg A=b -f docker/File src", ["folder src", "file docker/File"]],
    ["build -", []],
    ["build https://example.com/x.git", []],
    ["save -o a.tar app", []],
    ["images", []],
    ["", []],
  ])("%j", (line, wanted) => {
    expect(filesRead(words(line)).map(({ kind, path }) => `${kind} ${path}`)).toEqual(wanted);
  });
});

describe("a save that goes into a file", () => {
  it.each([
    ["save app", { refs: ["app"] }],
    ["save -o a.tar app web:2", { refs: ["app", "web:2"], output: "a.tar" }],
    ["image save app --output=a.tar", { refs: ["app"], output: "a.tar" }],
    ["save --platform linux/arm64 app", undefined],
    ["save -o dir/a.tar app", undefined],
    ["save -o a.tar", undefined],
    ["save --help", undefined],
    ["load -i a.tar", undefined],
  ])("%j", (line, order) => {
    expect(saveOrder(words(line))).toEqual(order);
  });
});

describe("a path among the files of the page", () => {
  it("has neither dots nor a slash before it", () => {
    expect(["/a/b", "./a//b/", "x/../a/./b", "../../a/b"].map(pagePath)).toEqual(Array(4).fill("a/b"));
    expect(["/", ".", "..", ""].map(pagePath)).toEqual(["", "", "", ""]);
  });

  it("has folders above it, and a last name", () => {
    expect(foldersAbove("a/b/c")).toEqual(["a", "a/b"]);
    expect(lastName("a/b/c")).toBe("c");
    expect(lastName("c")).toBe("c");
  });

  it("is there as a file or as a folder of one", () => {
    expect(isThere("a", ["a/b"])).toBe(true);
    expect(isThere("a/b", ["a/b"])).toBe(true);
    expect(isThere("a", ["ab"])).toBe(false);
    expect(isThere("", [])).toBe(true);
  });
});
