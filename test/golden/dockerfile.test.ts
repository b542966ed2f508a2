import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  type DockerfileNode,
  expandWord,
  goQuote,
  parseDockerfile,
  printDockerfile,
  readStages,
} from "../../core/dockerfile/mod.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus/dockerfiles");
const FRONTEND = join(CORPUS, "moby+buildkit/frontend/dockerfile");
const absent = !existsSync(CORPUS) && "the corpus is not beside the project";

const TREES = "moby+buildkit/frontend/dockerfile/parser/testfiles";

/** Files of the corpus that are no Dockerfile, or a bad one on purpose, with what is said about them. */
const REFUSED: Readonly<Record<string, string>> = {
  "containers+buildah/tests/bud/add-checksum/Containerfile.bad":
    "dockerfile parse error on line 2: missing a value on flag: --checksum",
  "containers+buildah/tests/bud/add-chmod/Dockerfile.bad":
    "dockerfile parse error on line 3: missing a value on flag: --chmod",
  "containers+buildah/tests/bud/copy-chmod/Dockerfile.bad":
    "dockerfile parse error on line 3: missing a value on flag: --chmod",
  "containers+buildah/tests/bud/containerfile/Containerfile.in": "no build stage in current context",
  "containers+buildah/tests/bud/from-multiple-files/Dockerfile2.nofrom": "no build stage in current context",
  [`${TREES}/jeztah-invalid-json-json-inside-string/Dockerfile`]: "no build stage in current context",
  [`${TREES}/jeztah-invalid-json-single-quotes/Dockerfile`]: "no build stage in current context",
  [`${TREES}/jeztah-invalid-json-unterminated-bracket/Dockerfile`]: "no build stage in current context",
  [`${TREES}/jeztah-invalid-json-unterminated-string/Dockerfile`]: "no build stage in current context",
  "containers+buildah/tests/bud/copy-chown/Dockerfile.bad":
    "dockerfile parse error on line 3: missing a value on flag: --chown",
  "containers+buildah/tests/bud/copy-from/Dockerfile.bad":
    "dockerfile parse error on line 2: missing a value on flag: --from",
  "containers+buildah/tests/bud/copy-multistage-paths/Dockerfile.invalid_from":
    "dockerfile parse error on line 3: missing a value on flag: --from",
  // Buildah substitutes variables in stage names, BuildKit does not.
  "containers+buildah/tests/bud/save-stages/Dockerfile.arg-build-stages-and-chained-build-stages":
    'dockerfile parse error on line 5: invalid name for build stage: "${FIRST_STAGE}", name can\'t start with a number or contain symbols',
  "moby+buildkit/frontend/dockerfile/parser/testfiles-negative/empty_dockerfile/Dockerfile":
    "the Dockerfile cannot be empty",
  "moby+buildkit/frontend/dockerfile/parser/testfiles-negative/env_no_value/Dockerfile":
    "ENV must have two arguments",
  [`${TREES}/flags/Dockerfile`]: "dockerfile parse error on line 3: unknown flag: --user",
  [`${TREES}/health/Dockerfile`]:
    "dockerfile parse error on line 4: HEALTHCHECK requires at least one argument",
  "quay+claircore/rhel/dockerfile/testdata/Dockerfile-InvalidLabel":
    'Syntax error - can\'t find = in "#". Must be of the form: name=value',
};

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(CORPUS, join(entry.parentPath, entry.name)))
        .sort()
    : [];

const FILES = filesBelow(CORPUS);
const tally = { parsed: 0, refused: 0, trees: 0, words: 0 };

/** The tree as BuildKit's parser dumps it. */
function dump(node: DockerfileNode): string {
  const flags = node.flags.length === 0 ? "" : ` [${node.flags.map(goQuote).join(" ")}]`;
  const child = node.child === undefined ? "" : ` (${dump(node.child)})`;
  return `${node.keyword.toLowerCase()}${flags}${child}${node.args.map((arg) => ` ${goQuote(arg)}`).join("")}`;
}

describe.skipIf(absent)("the Dockerfiles of the corpus", () => {
  const dockerfiles = FILES.filter(
    (path) => /(^|[./_])(docker|container)file/i.test(basename(path)) && !/ignore$|\.want$/.test(path),
  );

  it("are many", () => expect(dockerfiles.length).toBeGreaterThan(300));

  it.each(dockerfiles)("%s is read, or refused for a known reason", (path) => {
    const text = readFileSync(join(CORPUS, path), "utf8");
    const refusal = REFUSED[path];
    if (refusal !== undefined) {
      expect(() => readStages(parseDockerfile(text))).toThrow(expect.objectContaining({ message: refusal }));
      tally.refused++;
      return;
    }
    const parsed = parseDockerfile(text);
    readStages(parsed);
    const again = parseDockerfile(printDockerfile(parsed));
    expect(again.nodes.map(dump)).toEqual(parsed.nodes.map(dump));
    tally.parsed++;
  });

  const trees = FILES.filter((path) => basename(path) === "result" && path.startsWith("moby+buildkit/"));

  it.each(trees)("%s is the tree that we read too", (path) => {
    const text = readFileSync(join(CORPUS, path, "../Dockerfile"), "utf8");
    const expected = readFileSync(join(CORPUS, path), "utf8").trim();
    expect(
      parseDockerfile(text)
        .nodes.map((node) => `(${dump(node)})`)
        .join("\n"),
    ).toBe(expected);
    tally.trees++;
  });

  it.each(FILES.filter((path) => path.includes("testfiles-negative/")))("%s is refused", (path) => {
    expect(() => parseDockerfile(readFileSync(join(CORPUS, path), "utf8"))).toThrow();
  });

  it("have instructions on the lines that BuildKit says", () => {
    const text = readFileSync(join(FRONTEND, "parser/testfile-line/Dockerfile"), "utf8");
    const lines = parseDockerfile(text).nodes.map((node) => [node.lines.start, node.lines.end]);
    expect(lines).toEqual([
      [5, 5],
      [11, 12],
      [17, 31],
    ]);
  });

  const environment = new Map([
    ["PWD", "/home"],
    ["SHELL", "bash"],
    ["KOREAN", "한국어"],
    ["NULL", ""],
  ]);
  const rows = (name: string): string[] =>
    absent ? [] : readFileSync(join(FRONTEND, "shell", name), "utf8").split("\n");

  it.each(
    rows("envVarTest").flatMap((row) => {
      const [mode, input, expected] = row
        .replace(/#.*$/, (tail) => (row.startsWith("#") ? "" : tail))
        .split("|");
      // Rows marked W are for Windows.
      return expected === undefined || mode?.trim() === "W" ? [] : [[input.trim(), expected.trim()] as const];
    }),
  )("the word %s becomes %s", (input, expected) => {
    const run = (): string => expandWord(input, (name) => environment.get(name)).value;
    if (expected === "error") expect(run).toThrow();
    else expect(run()).toBe(expected);
    tally.words++;
  });

  it("are split into the words that BuildKit's table says", () => {
    const values = new Map<string, string>();
    let count = 0;
    for (const row of rows("wordsTest")) {
      if (row.startsWith("#") || row.trim() === "") continue;
      const assigned = /^ENV ([^=]+)=(.*)$/.exec(row);
      if (assigned !== null) {
        values.set(assigned[1], assigned[2]);
        continue;
      }
      const bar = row.indexOf("|");
      const expected = row.slice(bar + 1).replace(/^\s+/, "");
      const run = (): string =>
        expandWord(row.slice(0, bar).trim(), (name) => values.get(name)).words.join(",");
      if (expected.trim() === "error") expect(run, row).toThrow();
      else expect(run().trim(), row).toBe(expected.trim());
      count++;
    }
    tally.words += count;
    expect(count).toBeGreaterThan(10);
  });

  afterAll(() => {
    console.log(
      `dockerfile corpus: ${tally.parsed} of ${dockerfiles.length} read, ${tally.refused} refused as listed; ` +
        `${tally.trees} of ${trees.length} trees equal; ${tally.words} word vectors`,
    );
  });
});
