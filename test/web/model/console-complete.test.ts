import { describe, expect, it } from "vitest";
import { inColumns } from "../../../web/model/console-columns.ts";
import { type CommandTree, complete } from "../../../web/model/console-complete.ts";

const flag = (name: string, type = "", more: { short?: string; value?: string; hidden?: boolean } = {}) => ({
  name,
  type,
  ...more,
});

const RMI: CommandTree = { flags: [flag("force", "", { short: "f" }), flag("no-prune")], values: ["image"] };
const IMAGES: CommandTree = {
  flags: [flag("filter", "filter", { short: "f", value: "filter" }), flag("all", "", { short: "a" })],
  values: ["repository"],
};
const TREE: CommandTree = {
  members: [
    {
      name: "image",
      command: {
        members: [
          { name: "ls", otherwise: ["list"], command: IMAGES },
          { name: "rm", command: RMI },
        ],
      },
    },
    { name: "images", command: IMAGES },
    { name: "rmi", command: RMI },
    { name: "run", command: {}, hidden: true },
    {
      name: "load",
      command: {
        flags: [flag("input", "string", { short: "i", value: "file" }), flag("quiet", "", { short: "q" })],
      },
    },
    { name: "tag", command: { values: ["image", "repository"] } },
    {
      name: "create",
      command: { values: ["image", "text"], flags: [flag("name", "string")], flagsFirst: true },
    },
  ],
};
const FACTS = {
  tree: TREE,
  tools: ["grep", "head", "ls"],
  names: {
    image: ["app:1", "app:2", "web:latest"],
    repository: ["app", "web"],
    file: ["app.tar", "ctx/", "my file.tar"],
    filter: ["dangling=", "label=", "reference="],
  },
};

const at = (text: string) => {
  const found = complete(text, text.length, FACTS);
  return found && ([text.slice(0, found.from) + found.text, found.choices] as const);
};

describe("completion", () => {
  it.each([
    ["rm", "rmi ", ["rmi"]],
    ["docker rm", "docker rmi ", ["rmi"]],
    ["sudo docker lo", "sudo docker load ", ["load"]],
    ["A=1 docker lo", "A=1 docker load ", ["load"]],
    ["im", "image", ["image", "images"]],
    ["docker image l", "docker image ls ", ["ls"]],
    ["rmi a", "rmi app:", ["app:1", "app:2"]],
    ["rmi w", "rmi web:latest ", ["web:latest"]],
    ["rmi --f", "rmi --force ", ["--force"]],
    ["rmi app:1 -f w", "rmi app:1 -f web:latest ", ["web:latest"]],
    ["load -i m", "load -i my\\ file.tar ", ["my file.tar"]],
    ["load --input=a", "load --input=app.tar ", ["app.tar"]],
    ["load -qi c", "load -qi ctx/", ["ctx/"]],
    ["load < a", "load < app.tar ", ["app.tar"]],
    ["save app:1 > m", "save app:1 > my\\ file.tar ", ["my file.tar"]],
    ["images -f d", "images -f dangling=", ["dangling="]],
    ["tag app:1 w", "tag app:1 web ", ["web"]],
    ["images | gr", "images | grep ", ["grep"]],
    ["cat a", undefined, undefined],
    ["grep x a", "grep x app.tar ", ["app.tar"]],
    ["docker gr", undefined, undefined],
    ["create app:1 --n", undefined, undefined],
    ["image nope x", undefined, undefined],
    ["rmi $(images -f d", "rmi $(images -f dangling=", ["dangling="]],
  ])("of %j", (text, becomes, choices) => {
    expect(at(text)).toEqual(becomes === undefined ? undefined : [becomes, choices]);
  });

  it("offers every command, without those that are hidden", () => {
    expect(complete("", 0, FACTS)?.choices).toEqual([
      "create",
      "docker",
      "grep",
      "head",
      "image",
      "images",
      "load",
      "ls",
      "rmi",
      "tag",
    ]);
  });

  it("offers short flags too after one dash", () => {
    expect(complete("rmi -", 5, FACTS)?.choices).toEqual(["--force", "--help", "--no-prune", "-f"]);
  });

  it("looks only at what stands before the cursor", () => {
    expect(complete("rmi w app:1", 5, FACTS)).toMatchObject({ from: 4, text: "web:latest " });
  });
});

describe("names in columns", () => {
  it("are read downwards, wide characters counted as such", () => {
    expect(inColumns(["a", "bb", "ccc", "dddd"], 14)).toBe("a     ccc\nbb    dddd\n");
    expect(inColumns(["镜像", "b"], 20)).toBe("镜像  b\n");
    expect(inColumns(["longer than it is wide"], 5)).toBe("longer than it is wide\n");
    expect(inColumns([], 80)).toBe("");
  });
});
