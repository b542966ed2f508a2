import { describe, expect, it } from "vitest";
import type { CommandContext } from "../../../core/command/mod.ts";
import { tarOf } from "../../support/archives.ts";
import { idOf } from "../../support/docker-archives.ts";
import { type Bench, imageOf, loaded, newBench } from "./bench.ts";

const failed = (stderr: string) => ({ stdout: "", stderr: `${stderr}\n`, exit: 1 });

/** Somebody at a terminal, who gives these answers. */
const somebody = (answers: readonly (string | undefined)[] = []): Partial<CommandContext> => {
  const left = [...answers];
  return {
    stdin: { terminal: true, stream: () => new Blob([]).stream() },
    stdout: { terminal: true, columns: 80, write: () => {} },
    prompt: async () => left.shift(),
  };
};

const at = async (answers?: readonly (string | undefined)[]): Promise<Bench> => {
  const bench = newBench({ more: somebody(answers) });
  bench.files.put("x/Dockerfile", "FROM scratch\nLABEL a=1\n");
  await loaded(bench, [await imageOf("1", ["base:1"])]);
  await bench("create --name c1 base:1 cmd");
  return bench;
};

describe("at a terminal", () => {
  it.each([
    ["save base:1", "cowardly refusing to save to a terminal. Use the -o flag or redirect"],
    ["export c1", "cowardly refusing to save to a terminal. Use the -o flag or redirect"],
    ["load", "requested load from stdin, but stdin is empty"],
    [
      "build -o - x",
      "ERROR: failed to build: dest file is required for tar exporter. refusing to write to console",
    ],
  ])("docker %s is refused", async (line, problem) => {
    expect(await (await at())(line)).toEqual(failed(problem));
  });

  it.each([
    [[""], "Error: Non-null Username Required"],
    [["bob", ""], "Error: Password Required"],
  ])("docker login with the answers %j is refused", async (answers, problem) => {
    const { stderr, exit } = await (await at(answers))("login r.example");
    expect([stderr.trimEnd().split("\n").at(-1), exit]).toEqual([problem, 1]);
  });

  it.each([
    [["y"], 1],
    [["Y"], 1],
    [["yes"], 0],
    [[undefined], 0],
  ])("docker image prune with the answer %j", async (answers, removed) => {
    const bench = await at(answers);
    await bench("build -q x");
    const before = (await bench.store.table.snapshot()).images.size;
    expect((await bench("image prune")).exit).toBe(0);
    expect(before - (await bench.store.table.snapshot()).images.size).toBe(removed);
  });
});

describe("docker import of a URL", () => {
  it("says where it comes from", async () => {
    const tar = await tarOf([["file", "content"]]);
    const bench = newBench({ more: { fetch: async () => new Response(tar) } });
    const { stdout, stderr, exit } = await bench("import http://files.example/x.tar imported:1");
    expect([exit, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^Downloading from http:\/\/files\.example\/x\.tar\n(?:.*\n)?sha256:[0-9a-f]{64}\n$/,
    );
    expect((await bench("inspect -f {{.Comment}} imported:1")).stdout).toBe(
      "Imported from http://files.example/x.tar\n",
    );
  });
});

describe("hostile words", () => {
  const WORDS = [
    "a\0b",
    "\ud800",
    "\u001b]52;c;eA==\u0007",
    "x".repeat(1_000_000),
    "../../etc/passwd",
    "{{".repeat(10_000),
  ];
  const VERBS = [
    "inspect",
    "rmi",
    "tag x",
    "save",
    "history",
    "create",
    "pull",
    "push",
    "diff",
    "export",
    "rm",
    "load -i",
  ];

  it.each(VERBS)("after docker %s are refused, and that is all", async (verb) => {
    const bench = newBench();
    await loaded(bench, [await imageOf("1", ["base:1"])]);
    const before = await bench.store.table.snapshot();
    for (const word of WORDS) {
      const { exit, stderr } = await bench([...verb.split(" "), word]);
      expect(exit).not.toBe(0);
      expect(stderr).not.toBe("");
    }
    expect((await bench.store.table.snapshot()).images).toEqual(before.images);
  });

  it.each(["images --format", "history base:1 --format", "inspect base:1 -f"])(
    "after %s do no harm",
    async (line) => {
      const bench = newBench();
      const image = await imageOf("1", ["base:1"]);
      await loaded(bench, [image]);
      for (const word of WORDS) expect([0, 1, 64]).toContain((await bench([...line.split(" "), word])).exit);
      expect((await bench("images -q --no-trunc")).stdout).toBe(`${idOf(image)}\n`);
    },
  );
});
