import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importsOf, projectFiles } from "./support/sources.ts";

const FILES = projectFiles();
const CODE = FILES.filter((path) => /^(core|web|edge|test)\/.*\.tsx?$/.test(path));
const SHIPPED = CODE.filter((path) => !path.startsWith("test/"));
const IMPORTS = CODE.flatMap(importsOf);

/** Strata of `core/`: a folder imports only lower numbers. */
const LEVELS: Readonly<Record<string, number>> = {
  bytes: 1,
  digest: 2,
  compression: 2,
  tar: 2,
  template: 2,
  dockerfile: 2,
  oci: 3,
  tree: 3,
  store: 4,
  archive: 5,
  registry: 5,
  image: 5,
  container: 6,
  edit: 6,
  build: 6,
  command: 7,
};

/** External packages that core may use, each in exactly one file. */
const CORE_PACKAGES = ["fflate"];

const coreFolder = (path: string): string | undefined => /^core\/([^/]+)\//.exec(path)?.[1];

describe("the top level", () => {
  it("holds what the design names and nothing else", () => {
    const allowed = new Set([
      "package.json",
      "package-lock.json",
      "deno.json",
      "core",
      "web",
      "edge",
      "test",
      "vite.config.ts",
      "README.md",
      "README.zh-CN.md",
      "LICENSE",
      "CHANGELOG.md",
    ]);
    const top = [...new Set(FILES.map((path) => path.split("/")[0] ?? ""))];
    expect(top.filter((name) => !allowed.has(name) && !name.startsWith("."))).toEqual([]);
    expect([...allowed].filter((name) => !top.includes(name))).toEqual([]);
  });

  it("has the pages that a newcomer looks for", () => {
    for (const path of [".ci/run", ".github/ARCHITECTURE.md", ".github/CONTRIBUTING.md"])
      expect(FILES).toContain(path);
    expect(readdirSync(".github/adr").filter((name) => name.endsWith(".md")).length).toBeGreaterThan(0);
  });
});

describe("core strata", () => {
  it("are known for every folder", () => {
    const folders = new Set(CODE.map(coreFolder).filter((name) => name !== undefined));
    expect([...folders].filter((name) => !(name in LEVELS))).toEqual([]);
  });

  it("import only lower ones, through their doors", () => {
    const wrong = IMPORTS.filter(({ from, to, relative }) => {
      const home = coreFolder(from);
      if (!relative || home === undefined) return false;
      if (to === "core/error.ts") return false;
      const target = coreFolder(to);
      if (target === home) return false;
      if (target === undefined || !to.endsWith("/mod.ts")) return true;
      return (LEVELS[target] ?? 99) >= (LEVELS[home] ?? 0);
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it("use only the packages that the design allows, each in one file", () => {
    const outside = IMPORTS.filter(({ from, relative }) => from.startsWith("core/") && !relative);
    expect(
      outside.filter(({ to }) => !CORE_PACKAGES.includes(to)).map(({ from, to }) => `${from} → ${to}`),
    ).toEqual([]);
    for (const name of CORE_PACKAGES) {
      expect(
        new Set(outside.filter(({ to }) => to === name).map(({ from }) => from)).size,
        name,
      ).toBeLessThanOrEqual(1);
    }
  });
});

describe("worlds", () => {
  it("meet only through doors: web and edge import core by mod.ts and never each other, core imports neither", () => {
    const wrong = IMPORTS.filter(({ from, to, relative }) => {
      if (!relative) return false;
      const [here, there] = [from.split("/")[0], to.split("/")[0]];
      if (here === there || here === "test") return false;
      if (there !== "core" || here === "core") return true;
      return to !== "core/error.ts" && !to.endsWith("/mod.ts");
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it("have no import cycle, types included", () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, relative } of IMPORTS)
      if (relative) edges.set(from, [...(edges.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it("keep preact in web/view and idb in web/store", () => {
    const home: Readonly<Record<string, RegExp>> = {
      preact: /^web\/(view\/|main\.tsx?$)/,
      idb: /^web\/store\//,
      hono: /^edge\//,
    };
    const wrong = IMPORTS.filter(({ from, to, relative }) => {
      const rule = home[to.split("/")[0] ?? ""];
      return !relative && rule !== undefined && !from.startsWith("test/") && !rule.test(from);
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });
});

describe("files", () => {
  it("avoid names that say nothing", () => {
    const vague = /(^|[-_/.])(util|utils|helper|helpers|common|misc|manager|data|info)([-_/.]|$)/i;
    expect(FILES.filter((path) => vague.test(path))).toEqual([]);
  });

  it("hold one idea each: none over 450 lines, median under 160", () => {
    const lengths = SHIPPED.map((path) => ({
      path,
      lines: readFileSync(path, "utf8").split("\n").length - 1,
    }));
    expect(lengths.filter(({ lines }) => lines > 450)).toEqual([]);
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[sorted.length >> 1]).toBeLessThan(160);
  });

  it("ship no WebAssembly and build no code from text", () => {
    expect(FILES.filter((path) => path.endsWith(".wasm"))).toEqual([]);
    const forbidden =
      /\bWebAssembly\b|\beval\(|\bnew Function\(|dangerouslySetInnerHTML|\.innerHTML\b|\bdocument\.write\b/;
    expect(SHIPPED.filter((path) => forbidden.test(readFileSync(path, "utf8")))).toEqual([]);
  });

  it("leave nothing unfinished without an issue", () => {
    const open = /\b(TODO|FIXME|XXX|HACK)\b/;
    expect(SHIPPED.filter((path) => open.test(readFileSync(path, "utf8")))).toEqual([]);
  });

  it("document every export of core", () => {
    const bare: string[] = [];
    for (const path of SHIPPED.filter((name) => name.startsWith("core/"))) {
      const lines = readFileSync(path, "utf8").split("\n");
      lines.forEach((line, index) => {
        if (!/^export (async )?(function|class|interface|type|const|abstract)\b(?! [{*])/.test(line)) return;
        // A run of overloads or of constants that belong together shares the docstring of the first one.
        const above = lines[index - 1] ?? "";
        const previous = above.startsWith("// biome-ignore") ? (lines[index - 2] ?? "") : above;
        if (!/\*\/\s*$/.test(previous) && !/^export (function|const)\b/.test(previous))
          bare.push(`${path}:${index + 1}`);
      });
    }
    expect(bare).toEqual([]);
  });
});

describe("numbered rules", () => {
  const books = FILES.filter((path) => path.endsWith("/RULES.md"));

  it.each(books)("of %s each have a test whose title begins with the id", (book) => {
    const ids = [...readFileSync(book, "utf8").matchAll(/^(?:#+|[-*]|\|)?\s*\**([A-Z]+-\d+)\b/gm)].map(
      (match) => match[1] ?? "",
    );
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    // The titles of a contract suite stand in the suite, for the tests of all that it is run on.
    const tests = CODE.filter((path) => path.endsWith(".test.ts") || path.startsWith("test/contract/"))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const untested = ids.filter((id) => !new RegExp(`["'\`]${id}\\b`).test(tests));
    expect(untested).toEqual([]);
  });
});
