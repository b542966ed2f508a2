import type { PageFile } from "../../model/console.ts";
import { inColumns } from "../../model/console-columns.ts";
import { lastName, pagePath } from "../../model/console-path.ts";
import { downloadBlob } from "../../platform/save.ts";
import type { Desk } from "../desk.ts";
import { chooseForConsole } from "./choosing.ts";

/** What a command of the page's own came to. */
export interface OwnOutcome {
  readonly text: string;
  readonly code: number;
}

/** What the page's own commands act on. */
export interface OwnHost {
  readonly desk: Desk;
  readonly columns: number;
  readonly lines: readonly string[];
  forget(): void;
  clear(): void;
  leave(): void;
}

const ok = (text = ""): OwnOutcome => ({ text, code: 0 });
const wrong = (text: string): OwnOutcome => ({ text: `${text}\n`, code: 1 });

/** Answers one of the commands that no tool of Docker's knows: help, history, and what has to do with the files of the page. */
export async function ownCommand(words: readonly string[], host: OwnHost): Promise<OwnOutcome> {
  const [name, ...args] = words;
  const { desk } = host;
  const say = desk.language.peek().words.console;
  switch (name) {
    case "clear":
      host.clear();
      return ok();
    case "exit":
      host.leave();
      return ok();
    case "help":
      return ok(say.help);
    case "history":
      if (args[0] === "-c") {
        host.forget();
        return ok();
      }
      return ok(host.lines.map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`).join(""));
    case "ls":
      return list(args, host);
    case "open": {
      const chosen = await chooseForConsole({ folder: args[0] === "-d", several: true });
      if (chosen === undefined || chosen.length === 0) return wrong(say.nothingChosen);
      desk.console.files.put(chosen);
      return ok(`${say.taken(desk.language.peek().format, chosen.length)}\n`);
    }
    case "download":
      return download(args, desk);
    default:
      return wrong(`${name ?? ""}: command not found`);
  }
}

function list(args: readonly string[], { desk, columns }: OwnHost): OwnOutcome {
  const { words, format } = desk.language.peek();
  const all = desk.console.files.all.peek();
  const long = args.some((arg) => /^-\w*l/u.test(arg));
  const place = pagePath(args.find((arg) => !arg.startsWith("-")) ?? "");
  const found = all.find(({ path }) => path === place);
  const before = place === "" ? "" : `${place}/`;
  const inside = found === undefined ? all.filter(({ path }) => path.startsWith(before)) : [found];
  if (inside.length === 0) {
    return place === "" ? ok(`${words.console.noFiles}\n`) : wrong(`ls: ${words.console.nothingLike(place)}`);
  }
  const sizes = new Map<string, number>();
  for (const { path, blob } of inside) {
    const rest = found === undefined ? path.slice(before.length) : path;
    const cut = found === undefined ? rest.indexOf("/") : -1;
    const name = cut < 0 ? rest : rest.slice(0, cut + 1);
    sizes.set(name, (sizes.get(name) ?? 0) + blob.size);
  }
  if (!long) return ok(inColumns([...sizes.keys()], columns));
  const shown = [...sizes].map(([name, size]) => [format.bytes(size), name] as const);
  const width = Math.max(...shown.map(([size]) => size.length));
  return ok(shown.map(([size, name]) => `${size.padStart(width)}  ${name}\n`).join(""));
}

async function download(args: readonly string[], desk: Desk): Promise<OwnOutcome> {
  const { words, format } = desk.language.peek();
  const say = words.console;
  const all = desk.console.files.all.peek();
  if (args.length === 0) return wrong("usage: download FILE…");
  let text = "";
  for (const arg of args) {
    const place = pagePath(arg);
    const file = all.find(({ path, link }) => path === place && link === undefined);
    const below = all.filter(({ path }) => place === "" || path.startsWith(`${place}/`));
    if (file === undefined && below.length === 0) return wrong(`download: ${say.nothingLike(arg)}`);
    const name = file === undefined ? `${lastName(place) || "files"}.tar` : lastName(place);
    const blob = file?.blob ?? (await folderTar(place, below));
    downloadBlob(new Blob([blob], { type: "application/octet-stream" }), name);
    text += `${say.saved(name, format.bytes(blob.size))}\n`;
  }
  return ok(text);
}

/** A folder as a tar over its files: none of them is read. */
async function folderTar(place: string, files: readonly PageFile[]): Promise<Blob> {
  const { encodeHeader } = await import("../../../core/tar/mod.ts");
  const parts: BlobPart[] = [];
  const from = place === "" ? 0 : place.length - lastName(place).length;
  for (const { path, blob, mtime, mode = 0o644, link } of files) {
    const type = link === undefined ? "file" : "symlink";
    const size = link === undefined ? blob.size : 0;
    parts.push(
      encodeHeader({ path: path.slice(from), type, mode, mtime, size, ...(link !== undefined && { link }) }),
    );
    if (link === undefined) parts.push(blob, new Uint8Array((512 - (size % 512)) % 512));
  }
  return new Blob([...parts, new Uint8Array(1024)]);
}
