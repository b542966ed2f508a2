import { describe, expect, it } from "vitest";
import { TABS } from "../../../web/model/route.ts";
import { shellLines, shellWord } from "../../../web/model/shell-line.ts";
import { archiveView, imageView } from "./fixtures.ts";

describe("a shell word", () => {
  it.each([
    ["app.tar", "app.tar"],
    ["my app.tar", "'my app.tar'"],
    ["it's", "'it'\\''s'"],
    ["$(reboot)", "'$(reboot)'"],
    ["-rf", "'-rf'"],
    ["", "''"],
  ])("of %j is %s", (text, word) => {
    expect(shellWord(text)).toBe(word);
  });
});

describe("the command lines of a view", () => {
  it("begin with Docker's for an image", () => {
    for (const tab of TABS) {
      const [first] = shellLines({ archive: archiveView(), image: imageView(), tab });
      expect(first?.tool).toBe("docker");
      expect(first?.line).toMatch(/^docker load -i app\.tar && docker /);
    }
  });

  it("never let a name of the archive or the image out of its word", () => {
    const archive = archiveView({ name: "a'; reboot; '.tar" });
    const image = imageView({ tags: ["x;reboot"] });
    for (const tab of TABS) {
      for (const { line } of shellLines({ archive, image, tab })) {
        expect(line.replaceAll(/'(?:[^']|'\\'')*'/g, "")).not.toContain("reboot");
      }
    }
  });

  it("list a bare tree with tar", () => {
    const archive = archiveView({ kind: "rootfs", name: "-root.tar" });
    expect(shellLines({ archive, image: imageView(), tab: "files" })[0]).toEqual({
      tool: "tar",
      line: "tar -tvf './-root.tar'".replaceAll("'", ""),
    });
  });
});
