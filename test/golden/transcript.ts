import { type Source, sourceOf } from "../../core/bytes/mod.ts";
import { sha256Digest } from "../../core/digest/mod.ts";
import { readEntries } from "../../core/tar/mod.ts";

/** A scenario as it was recorded. */
export interface Transcript {
  readonly about: string;
  readonly now: string;
  readonly needs?: readonly string[];
  readonly steps: readonly Step[];
}

/** One command, or a file to write. */
export interface Step {
  readonly file?: string;
  readonly content?: string;
  readonly argv?: readonly string[];
  readonly stdin?: string;
  readonly stdinFile?: string;
  readonly stdout?: string;
  readonly stdoutBytes?: number;
  readonly stderr?: string;
  readonly exit?: number;
  readonly stdoutFile?: string;
  readonly tar?: Readonly<Record<string, TarListing | null>>;
  readonly capture?: string;
  readonly unordered?: boolean;
  readonly varies?: boolean | readonly string[];
}

/** What is in a tar. */
export interface TarListing {
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  readonly contents: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = { link: "hardlink" };
const SHOWN = ["manifest.json", "index.json", "repositories", "oci-layout"];

/** What is in a tar, as transcripts have it. */
export async function listTar(source: Source, now: number): Promise<TarListing> {
  const entries: Record<string, unknown>[] = [];
  const contents: Record<string, string> = {};
  for await (const { entry, content } of readEntries(source)) {
    const near = Math.abs(entry.mtime - now) < 86_400;
    const row: Record<string, unknown> = {
      name: entry.path.replace(/\/$/, ""),
      type: TYPES[entry.type] ?? entry.type,
      mode: entry.mode.toString(8),
      uid: entry.uid,
      gid: entry.gid,
      mtime: near ? "${NOW}" : entry.mtime,
    };
    if (entry.uname !== "" || entry.gname !== "") row["owner"] = `${entry.uname}:${entry.gname}`;
    if (entry.type === "file") {
      const bytes = await bytesOf(content);
      row["size"] = bytes.length;
      row["sha256"] = sha256Digest(bytes).slice("sha256:".length);
      if (SHOWN.includes(entry.path)) contents[entry.path] = new TextDecoder().decode(bytes);
    }
    if (entry.link !== "") row["link"] = entry.link;
    if (entry.xattrs !== undefined)
      row["xattrs"] = Object.fromEntries(
        Object.entries(entry.xattrs).map(([name, value]) => [
          `SCHILY.xattr.${name}`,
          new TextDecoder().decode(value),
        ]),
      );
    entries.push(row);
  }
  return { entries, contents };
}

async function bytesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value.slice());
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Values kept from earlier steps, by name. */
export type Captures = ReadonlyMap<string, string>;

/** A word of a command line with what was captured put in. */
export function filled(word: string, captures: Captures): string {
  return word.replace(/\$\{(\w+)(?:\.(\d+))?\}/g, (whole, name: string, digits?: string) => {
    const value = captures.get(name);
    if (value === undefined) return whole;
    return digits === undefined ? value : value.slice(value.indexOf(":") + 1).slice(0, Number(digits));
  });
}

/** What we print as it would have been recorded: what was captured by its name, times of today by theirs. */
export function recorded(
  text: string,
  facts: { readonly captures: Captures; readonly day: string; readonly wanted: string },
): string {
  let shown = text;
  for (const [name, value] of [...facts.captures].sort(([, a], [, b]) => b.length - a.length)) {
    if (!/^(?:sha256:)?[0-9a-f]{64}$/.test(value)) {
      if (value.length > 5) shown = shown.replaceAll(value, `\${${name}}`);
      continue;
    }
    const hex = value.slice(-64);
    shown = shown
      .replaceAll(value, `\${${name}}`)
      .replaceAll(hex, `\${${name}.64}`)
      .replaceAll(hex.slice(0, 12), `\${${name}.12}`);
  }
  shown = shown.replaceAll(
    new RegExp(`${facts.day}[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?( \\+0000 UTC|Z|\\+00:00)?`, "g"),
    "${NOW}",
  );
  shown = shown.replace(/(\d+ seconds?|About a minute|\d+ minutes) ago/g, "${AGO}");
  if (!facts.wanted.includes("Less than a second ago"))
    shown = shown.replaceAll("Less than a second ago", "${AGO}");
  return shown;
}

/** What stands for something that is another every time. */
const HOST = /\\\$\\\{HOST\\\}/g;
const ANY = /\\\$\\\{(?:VARIES|N|LAYERDIR|DNS|HOST|PORT)\\\}/g;

/** Where an engine keeps the layers is no fact of an image, and who packaged it no part of its version. */
export function withoutPlaces(text: string): string {
  return text
    .replaceAll("28.5.2+dfsg4", "28.5.2")
    .replace(/"Data":( ?)\{.*?"WorkDir": ?"[^"]*"\s*\}/gs, '"Data":$1null');
}

/** Whether what we print is what was recorded. */
export function agrees(found: string, wanted: string, unordered: boolean): boolean {
  if (found === wanted) return true;
  const plain = (text: string): string =>
    text.includes("${") ? text.replace(/ {2,}/g, " ").replace(/ +$/gm, "") : text;
  const [a, b] = wanted.includes("${")
    ? [plain(`${found}\${}`).slice(0, -3), plain(wanted)]
    : [found, wanted];
  if (a === b) return true;
  if (unordered) return sameLines(a, b);
  return pattern(b).test(a);
}

function pattern(wanted: string): RegExp {
  const source = wanted
    .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
    .replace(HOST, "[^()]+?")
    .replace(ANY, "[^\\s/]+?");
  return new RegExp(`^${source}$`, "s");
}

function sameLines(found: string, wanted: string): boolean {
  const left = wanted.split("\n");
  for (const line of found.split("\n")) {
    const at = left.findIndex((one) => one === line || pattern(one).test(line));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

/** A source over text or bytes. */
export const sourceOfText = (text: string): Source => sourceOf(new TextEncoder().encode(text));

const DIGEST = /\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b/g;

/** The digests in which lines of a recording differ from lines that are otherwise ours, short forms included. */
export function digestPairs(wanted: string, found: string): Map<string, string> {
  const pairs = new Map<string, string>();
  const left = found.split("\n");
  for (const line of wanted.split("\n")) {
    // Of the layers of a push their diff IDs are told: those stay.
    if (!/digest: sha256:|^Digest: |: (?:Pulling fs layer|Already exists)$/.test(line)) continue;
    const mask = line.replace(DIGEST, "#");
    const at = left.findIndex((one) => one === line || one.replace(DIGEST, "#") === mask);
    if (at < 0 || mask === line) continue;
    const ours = left.splice(at, 1)[0]?.match(DIGEST) ?? [];
    for (const [number, theirs] of (line.match(DIGEST) ?? []).entries()) {
      const own = ours[number];
      if (own === undefined || own === theirs) continue;
      pairs.set(theirs, own);
      pairs.set(theirs.slice(0, 12), own.slice(0, 12));
    }
  }
  return pairs;
}
