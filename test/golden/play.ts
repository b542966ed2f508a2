import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sourceOf } from "../../core/bytes/mod.ts";
import { type CommandContext, type Credentials, registryCredentials } from "../../core/command/mod.ts";
import { openRegistry } from "../../core/registry/mod.ts";
import { createMemoryStore } from "../../core/store/mod.ts";
import { dialWords } from "../../edge/script/dial.ts";
import { memoryCredentials, memoryLayers, runCommand } from "../support/command-host.ts";
import { diskFolder } from "../support/disk-folder.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { DIFFERENCES } from "./command-differences.ts";
import {
  agrees,
  digestPairs,
  filled,
  listTar,
  recorded,
  type Step,
  sourceOfText,
  type TarListing,
  type Transcript,
  withoutPlaces,
} from "./transcript.ts";

const ORACLE = "../shared/oracle";
/** A file that gets every disagreement in full, for those who work on them. */
const LOG = process.env["GOLDEN_LOG"];

/** What came of a scenario. */
export interface Played {
  /** Steps that do not print what Docker printed, and are not expected to. */
  readonly failures: readonly string[];
  readonly summary: string;
}

/** What a scenario is played with. */
export interface PlayOptions {
  /** Of the recording to where it is played: addresses of registries. */
  readonly addresses?: ReadonlyMap<string, string> | undefined;
}

/** The network as the recordings had it: nothing but this machine. */
const loopbackFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (url.hostname === "127.0.0.1") return fetch(input, init);
  const cause = Object.assign(new Error(`getaddrinfo ENOTFOUND ${url.hostname}`), { code: "ENOTFOUND" });
  throw new TypeError("fetch failed", { cause });
};

/** A process of its own for every command: no token outlives one. */
function network(credentials: Credentials): Partial<CommandContext> {
  const registry = openRegistry({
    fetch: loopbackFetch,
    newHasher: nativeHasher,
    credentials: registryCredentials(credentials),
  });
  return { dial: dialWords, fetch: loopbackFetch, registry };
}

/** Plays a scenario from an empty store, and compares what is printed. */
export async function play(name: string, transcript: Transcript, options: PlayOptions = {}): Promise<Played> {
  if (LOG !== undefined) writeFileSync(`${LOG}-${name}`, "");
  const nowMs = Date.parse(transcript.now);
  const now = nowMs / 1000;
  const credentials = memoryCredentials("/root/.docker/config.json");
  const host = {
    store: createMemoryStore({ now: () => now, newHasher: nativeHasher }),
    layers: memoryLayers(),
    files: memoryFiles({ now, mounted: { mini: diskFolder(join(ORACLE, "mini")) } }),
    credentials,
    newHasher: nativeHasher,
  };
  const there = (text: string): string => replaced(text, options.addresses ?? new Map());
  const here = (text: string): string =>
    replaced(text, new Map([...(options.addresses ?? [])].map(([from, to]) => [to, from])));
  const captures = new Map<string, string>();
  /** Digests of what is compressed here, by those of the recording: another gzip makes other bytes. */
  const learned = new Map<string, string>();
  const failures: string[] = [];
  let [passed, total, expected] = [0, 0, 0];
  for (const [at, step] of transcript.steps.entries()) {
    if (step.file !== undefined) {
      host.files.put(step.file, step.content ?? "");
      continue;
    }
    total++;
    const difference = DIFFERENCES.find(
      ({ scenario, steps }) =>
        scenario === name &&
        (typeof steps === "string" ? `${step.argv?.join(" ")} `.startsWith(`${steps} `) : steps.includes(at)),
    );
    if (difference?.unplayed === true) {
      expected++;
      continue;
    }
    const words = (step.argv ?? []).map((word) => there(replaced(filled(word, captures), learned)));
    const stdin =
      step.stdinFile !== undefined
        ? (await host.files.open(step.stdinFile)).source
        : sourceOfText(step.stdin ?? "");
    // Whatever is made in a later step is younger.
    const printed = await runCommand(
      { ...host, nowMs: nowMs + at, more: network(credentials) },
      words,
      stdin,
    );
    if (step.stdoutFile !== undefined) host.files.put(step.stdoutFile, printed.stdout);
    const stdout = step.stdoutFile === undefined ? new TextDecoder().decode(printed.stdout) : "";
    if (step.capture !== undefined) captures.set(step.capture, stdout.trim().split("\n").at(-1) ?? "");
    const facts = { captures, day: transcript.now.slice(0, 10) };
    const flaws: string[] = [];
    if (printed.exit !== step.exit) flaws.push(`exit ${printed.exit}, expected ${step.exit}`);
    if (step.varies === undefined) {
      const shown = recorded(here(stdout), { ...facts, wanted: step.stdout ?? "" });
      if (transcript.needs !== undefined && /^(?:push|pull|create)$/.test(words[0] ?? ""))
        for (const [theirs, ours] of digestPairs(step.stdout ?? "", shown)) learned.set(theirs, ours);
      const wanted = replaced(withoutPlaces(step.stdout ?? ""), learned);
      if (step.stdoutBytes === undefined && !agrees(shown, wanted, step.unordered === true))
        flaws.push(`stdout:\n${shown}\nexpected:\n${wanted}`);
      const said = recorded(here(printed.stderr), { ...facts, wanted: step.stderr ?? "" });
      if (!agrees(said, replaced(step.stderr ?? "", learned), step.unordered === true))
        flaws.push(`stderr:\n${said}\nexpected:\n${step.stderr}`);
      flaws.push(...(await tarFlaws(step, host, now, facts)));
    }
    if (flaws.length === 0) {
      passed++;
      continue;
    }
    if (difference !== undefined) {
      expected++;
      continue;
    }
    failures.push(`${at}: ${words.join(" ")}`);
    if (LOG !== undefined)
      appendFileSync(`${LOG}-${name}`, `### ${at} $ ${JSON.stringify(step.argv)}\n${flaws.join("\n")}\n\n`);
  }
  const summary = `golden ${name}: ${passed}/${total}${expected > 0 ? `, ${expected} differ as expected` : ""}`;
  return { failures, summary };
}

function replaced(text: string, map: ReadonlyMap<string, string>): string {
  let result = text;
  for (const [from, to] of map) result = result.replaceAll(from, to);
  return result;
}

async function tarFlaws(
  step: Step,
  { files }: { files: ReturnType<typeof memoryFiles> },
  now: number,
  facts: { captures: ReadonlyMap<string, string>; day: string },
): Promise<string[]> {
  const flaws: string[] = [];
  for (const [path, wanted] of Object.entries(step.tar ?? {})) {
    if (wanted === null) continue;
    const bytes = files.entries.get(path)?.bytes;
    if (bytes === undefined) {
      flaws.push(`${path} is not there`);
      continue;
    }
    const found = await listTar(sourceOf(bytes), now);
    const ours = entryLines(found).map((line) => recorded(line, { ...facts, wanted: "" }));
    const theirs = entryLines(wanted);
    const odd = [
      ...ours.filter((line) => !theirs.some((one) => agrees(line, one, false))).map((line) => `+ ${line}`),
      ...theirs.filter((line) => !ours.some((one) => agrees(one, line, false))).map((line) => `- ${line}`),
    ];
    if (odd.length > 0) flaws.push(`${path}:\n${odd.join("\n")}`);
    for (const [name, text] of Object.entries(wanted.contents)) {
      const own = recorded(found.contents[name] ?? "", { ...facts, wanted: "" });
      if (!agrees(own, text, false)) flaws.push(`${path} ${name}:\n${own}\nexpected:\n${text}`);
    }
  }
  return flaws;
}

/**
 * The entries of a saved archive that matter. Docker also writes a description of every layer in the form of before 1.10, to which nothing
 * refers, and gives directories the time at which it made them.
 */
function entryLines({ entries, contents }: TarListing): string[] {
  const text = Object.values(contents).join("\n");
  const documents = new Map(
    entries.map(({ name, type, mtime, ...rest }) => [
      String(name),
      { name, type, ...(type === "dir" ? {} : { mtime }), ...rest },
    ]),
  );
  const archive = "index.json" in contents || "manifest.json" in contents;
  return [...documents]
    .filter(
      ([name, { type }]) =>
        !archive || type !== "file" || !name.startsWith("blobs/") || text.includes(name.slice(-64)),
    )
    .map(([, entry]) => JSON.stringify(entry))
    .sort();
}
