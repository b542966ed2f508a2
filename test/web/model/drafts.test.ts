import { describe, expect, it } from "vitest";
import { changeLines, fieldsOf, leavesOut } from "../../../web/model/draft-changes.ts";
import {
  commitLines,
  copyInLines,
  copyOutLines,
  diffLines,
  renameLines,
} from "../../../web/model/draft-lines.ts";
import {
  canMove,
  folderOf,
  isFileName,
  joined,
  modeOf,
  nameIn,
  outermost,
  ownerOf,
} from "../../../web/model/draft-paths.ts";
import type { DraftSettings } from "../../../web/model/drafts.ts";
import { draftKey, draftOfKey, isKeptKey } from "../../../web/model/kept.ts";

const SETTINGS: DraftSettings = {
  cmd: ["nginx", "-g", "daemon off;"],
  entrypoint: ["/entry.sh"],
  env: ["PATH=/bin", "MODE=fast"],
  user: "",
  workingDir: "/srv",
  ports: ["80/tcp"],
  volumes: [],
  labels: [["by", "me"]],
};
const before = fieldsOf(SETTINGS);

describe("the instructions of a commit", () => {
  it("are none while the form is as it was filled", () => {
    expect(changeLines(before, before)).toEqual([]);
    expect(leavesOut(before, before)).toBe(false);
  });

  it("say what differs, an entrypoint before the command that it drops", () => {
    const after = {
      ...before,
      cmd: "nginx",
      entrypoint: "",
      user: "www",
      workingDir: "/var/www",
      env: 'PATH=/bin\nMODE=slow\nNOTE=a "b" $c',
      ports: "80/tcp\n443",
      volumes: "/data dir",
      labels: "by=me\nfor=you",
      lines: "STOPSIGNAL SIGQUIT\n\n",
    };
    expect(changeLines(before, after)).toEqual([
      "ENTRYPOINT []",
      "CMD nginx",
      "USER www",
      "WORKDIR /var/www",
      "ENV MODE=slow",
      'ENV NOTE="a \\"b\\" \\$c"',
      "EXPOSE 443",
      'VOLUME ["/data dir"]',
      "LABEL for=you",
      "STOPSIGNAL SIGQUIT",
    ]);
  });

  it("cannot take away what was there", () => {
    expect(leavesOut(before, { ...before, env: "PATH=/bin" })).toBe(true);
    expect(leavesOut(before, { ...before, env: "PATH=/sbin\nMODE=fast" })).toBe(false);
    expect(leavesOut(before, { ...before, labels: "" })).toBe(true);
  });
});

describe("paths in a draft", () => {
  it("have a folder and a name", () => {
    expect(folderOf("/etc/passwd")).toBe("/etc");
    expect(folderOf("/etc")).toBe("/");
    expect(nameIn("/etc/passwd")).toBe("passwd");
    expect(joined("/", "etc")).toBe("/etc");
    expect(joined("/etc", "x")).toBe("/etc/x");
  });

  it("have names without slashes that mean no removal", () => {
    expect(["a", ".a", "a b", "..."].every(isFileName)).toBe(true);
    expect(["", ".", "..", "a/b", ".wh.a", "a\0"].some(isFileName)).toBe(false);
  });

  it("do not lie below another that is chosen", () => {
    expect(outermost(["/a/b", "/a", "/ab", "/c/d/e", "/c/d/e"])).toEqual(["/a", "/ab", "/c/d/e"]);
  });

  it("are not moved into themselves, nor where they are", () => {
    expect(canMove("/a", "/b")).toBe(true);
    expect(canMove("/a", "/")).toBe(false);
    expect(canMove("/a", "/a/b")).toBe(false);
    expect(canMove("/a", "/a")).toBe(false);
    expect(canMove("/a", "/ab")).toBe(true);
  });

  it("have modes and owners as they are typed", () => {
    expect(["644", "0644", "4755"].map(modeOf)).toEqual([0o644, 0o644, 0o4755]);
    expect(["", "8", "07777", "u+x"].map(modeOf)).toEqual([undefined, undefined, undefined, undefined]);
    expect(ownerOf("1000")).toEqual({ uid: 1000, gid: 1000 });
    expect(ownerOf("0:12")).toEqual({ uid: 0, gid: 12 });
    expect(["root", "1:", "4294967296", ""].map(ownerOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("the commands of a draft", () => {
  it("are Docker's", () => {
    expect(diffLines("web-fix")).toEqual([{ tool: "docker", line: "docker diff web-fix" }]);
    expect(copyOutLines("web-fix", "/etc/a b")[0]?.line).toBe("docker cp 'web-fix:/etc/a b' .");
    expect(copyInLines("web-fix", "/")[0]?.line).toBe("docker cp FILE web-fix:/");
    expect(copyInLines("web-fix", "/etc")[0]?.line).toBe("docker cp FILE web-fix:/etc/");
    expect(renameLines("a", "b")[0]?.line).toBe("docker rename a b");
    expect(
      commitLines("a", { names: ["b:1"], message: "it's", author: "", changes: ["CMD x"] })[0]?.line,
    ).toBe(String.raw`docker commit -m 'it'\''s' -c 'CMD x' a b:1`);
  });
});

it("a draft's key is neither a kept image's nor a file's", () => {
  const id = "0123456789abcdef".repeat(4);
  expect(draftOfKey(draftKey(id))).toBe(id);
  expect(isKeptKey(draftKey(id))).toBe(false);
  expect(draftOfKey("container:app.tar")).toBeUndefined();
});
