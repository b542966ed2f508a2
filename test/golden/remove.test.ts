import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadArchive } from "../../core/archive/mod.ts";
import { formatSize } from "../../core/command/mod.ts";
import type { Digest } from "../../core/digest/mod.ts";
import { type CoreError, isCoreError } from "../../core/error.ts";
import {
  type ImageUser,
  layerSize,
  listImages,
  parsePruneFilter,
  pruneImages,
  readConfigs,
  removeImages,
  resolveImage,
  tagImage,
} from "../../core/image/mod.ts";
import { createMemoryStore, type LocalStore } from "../../core/store/mod.ts";
import type { LayerScan } from "../../core/tree/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";

const GOLDEN = "../shared/oracle/golden";
const absent = !existsSync(GOLDEN) && "the transcripts are not beside the project";

interface Step {
  readonly argv?: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly capture?: string;
  readonly unordered?: boolean;
}

/** Enough of the docker command to play a transcript: what changes images, and `images -a` to see them. */
class Bench {
  readonly store: LocalStore = createMemoryStore({ now: () => 0, newHasher: nativeHasher });
  readonly users = new Map<string, ImageUser>();
  readonly #scans = new Map<Digest, LayerScan>();
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /** What would be printed, both streams; `undefined` for a command that is not played. */
  async run(argv: readonly string[], capture: string | undefined): Promise<string | undefined> {
    const words = argv[0] === "image" ? argv.slice(1) : argv;
    const [verb, ...rest] = words[0] === "image" ? words.slice(1) : words;
    const flags = rest.filter((word) => word.startsWith("-") && word !== "-");
    const force = flags.some((flag) => flag === "-f" || flag === "--force");
    const args = rest.filter((word) => !word.startsWith("-"));
    if (flags.includes("--help") || flags.includes("--bogus")) return undefined;
    switch (verb) {
      case "load":
        return this.#load(join("../shared/oracle", args[0] ?? ""));
      case "rmi":
      case "rm":
      case "remove":
        if (verb === "rm" && argv[0] !== "image") return this.#drop(args);
        return args.length === 0 || args[0] === "" ? undefined : this.#remove(args, force, flags);
      case "tag":
        await tagImage(this.store, { source: args[0] ?? "", target: args[1] ?? "" }, { now: this.#now });
        return "";
      case "create":
        return this.#create(args[0] ?? "", args[1] ?? "", capture);
      case "prune":
        return this.#prune(rest);
      case "images":
        return rest.length === 1 && rest[0] === "-a" ? this.#images() : undefined;
      default:
        return undefined;
    }
  }

  async #load(path: string): Promise<string> {
    const file = openFileSource(path);
    const scans = {
      put: async (scan: LayerScan) => void this.#scans.set(scan.blobDigest, scan),
      byBlob: async (digest: Digest) => this.#scans.get(digest),
    };
    const { lines } = await loadArchive(file, this.store, { newHasher: nativeHasher, scans });
    file.close();
    return `${lines.join("\n")}\n`;
  }

  async #remove(args: readonly string[], force: boolean, flags: readonly string[]): Promise<string> {
    const { steps, errors } = await removeImages(this.store, args, {
      force,
      keepParents: flags.includes("--no-prune"),
      users: [...this.users.values()],
    });
    return [
      ...steps.map(({ kind, text }) => `${kind === "untagged" ? "Untagged" : "Deleted"}: ${text}\n`),
      ...errors.map((error) => `Error response from daemon: ${wordsOf(error)}\n`),
    ].join("");
  }

  async #create(name: string, image: string, capture: string | undefined): Promise<string | undefined> {
    const table = await this.store.table.snapshot();
    try {
      const { image: record } = resolveImage(table, image);
      const configs = await readConfigs(this.store, table);
      const { diffIDs = [] } = configs.get(record.id) ?? {};
      const id = `\${${capture}.12}`;
      this.users.set(name, { id, image: record.id, target: record.target, diffIDs, running: false });
      return undefined;
    } catch (error) {
      if (isCoreError(error, "image/missing")) return undefined;
      throw error;
    }
  }

  #drop(names: readonly string[]): undefined {
    for (const name of names) this.users.delete(name);
  }

  async #prune(rest: readonly string[]): Promise<string | undefined> {
    const all = rest.some((word) => /^-\w*a/.test(word) || word === "--all");
    const force = rest.some((word) => /^-\w*f/.test(word) || word === "--force");
    const filters = rest.flatMap((word, at) => (word === "--filter" ? [rest[at + 1] ?? ""] : []));
    if (!force || filters.some((filter) => !filter.includes("=") || filter.startsWith("dangling")))
      return undefined;
    if (rest.some((word) => word === "x" || word === "--bogus")) return undefined;
    try {
      const values = filters.map((filter) => {
        const equals = filter.indexOf("=");
        return { name: filter.slice(0, equals), value: filter.slice(equals + 1) };
      });
      const filter = parsePruneFilter(values, this.#now);
      const { steps } = await pruneImages(this.store, { ...filter, all, users: [...this.users.values()] });
      const scans = [...this.#scans.values()];
      let total = 0;
      for (const { diffID } of steps) {
        const scan = scans.find((one) => one.diffID === diffID);
        if (diffID !== undefined && scan !== undefined) total += layerSize(scan.table);
      }
      const lines = steps.map(({ kind, text }) => `${kind}: ${text}\n`).join("");
      const head = lines === "" ? "" : `Deleted Images:\n${lines}\n`;
      return `${head}Total reclaimed space: ${formatSize(total, 4)}\n`;
    } catch (error) {
      if (!isCoreError(error)) throw error;
      return `Error response from daemon: ${error.message}\n`;
    }
  }

  async #images(): Promise<string> {
    const rows = (await listImages(this.store)).flatMap(({ record, tags }) =>
      (tags.length === 0 ? ["<none>:<none>"] : tags).map((tag) => {
        const colon = tag.lastIndexOf(":");
        return `${tag.slice(0, colon)} ${tag.slice(colon + 1)} ${record.id.slice(7, 19)}\n`;
      }),
    );
    return `REPOSITORY TAG IMAGE\n${rows.join("")}`;
  }
}

/** Docker's words for what is wrong with a name. */
const wordsOf = ({ detail, message }: CoreError): string =>
  typeof detail["reason"] === "string" ? detail["reason"] : message;

const sorted = (text: string): string => text.split("\n").sort().join("\n");
/** Of a list of images, the columns that are looked at. */
const columns = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.split(/ +/).slice(0, 3).join(" "))
    .join("\n");

describe.skipIf(absent)(`removing${absent ? ` (${absent})` : ""}`, () => {
  it.each(["05-rmi", "06-prune"])("%s does and says what the engine did", async (name) => {
    const golden: { readonly now: string; readonly steps: readonly Step[] } = JSON.parse(
      readFileSync(join(GOLDEN, `${name}.json`), "utf8"),
    );
    const bench = new Bench(Date.parse(golden.now) / 1000);
    let played = 0;
    for (const [at, step] of golden.steps.entries()) {
      const { argv } = step;
      if (argv === undefined) continue;
      const printed = await bench.run(argv, step.capture);
      if (printed === undefined) continue;
      played++;
      const list = argv[0] === "images";
      let want = step.stdout + step.stderr;
      if (list) want = columns(want);
      // The order of unnamed siblings is Docker's map order.
      const free = step.unordered === true || list || argv.includes("prune");
      expect({ at, argv, printed: free ? sorted(printed) : printed }).toEqual({
        at,
        argv,
        printed: free ? sorted(want) : want,
      });
    }
    expect(played).toBeGreaterThan(25);
  });
});
