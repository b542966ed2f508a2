import { ENTRY_TYPES, type EntryTable, type EntryType } from "../../core/tar/mod.ts";

/** One entry of a layer made for a test. */
export interface LayerEntry {
  readonly path: string | Uint8Array;
  readonly type?: EntryType;
  readonly link?: string;
  /** Text of a file; its length is the size unless `size` is given. */
  readonly content?: string;
  readonly size?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly mtime?: number;
}

/** The entries of a layer written short: `a/` a directory, `f=text` a file, `f` an empty one, `p→t` a symlink, `b⇒a` a hard link, `a/@0711` a mode. */
export function entriesOf(text: string): LayerEntry[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .map((word) => {
      const [, spec = "", mode] = /^(.*?)(?:@(\d+))?$/u.exec(word) ?? [];
      const bits = mode === undefined ? {} : { mode: Number.parseInt(mode, 8) };
      const [, path = "", sign, rest = ""] = /^([^=→⇒]*)([=→⇒])?(.*)$/u.exec(spec) ?? [];
      if (sign === "→") return { path, type: "symlink", link: rest, ...bits };
      if (sign === "⇒") return { path, type: "link", link: rest, ...bits };
      if (path.endsWith("/") || path === "" || path === ".") return { path, type: "dir", ...bits };
      return { path, type: "file", content: rest, ...bits };
    });
}

const encoder = new TextEncoder();

/** The table of a layer, made without a tar. Unless said, a file's mtime differs from that of every other row made. */
export function tableOf(entries: readonly LayerEntry[]): EntryTable {
  const count = entries.length;
  const texts = entries.flatMap(({ path, link = "" }) => [
    typeof path === "string" ? encoder.encode(path) : path,
    encoder.encode(link),
  ]);
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  const path = new Uint32Array(count + 1);
  const link = new Uint32Array(count);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    if (index % 2 === 0) path[index / 2] = at;
    else link[(index - 1) / 2] = at;
    bytes.set(text, at);
    at += text.length;
  }
  path[count] = at;
  const uids = [...new Set(entries.map(({ uid = 0 }) => uid))];
  return {
    count,
    bytes,
    path,
    link,
    type: Uint8Array.from(entries, ({ type = "file" }) => ENTRY_TYPES.indexOf(type)),
    typeflag: new Uint8Array(count),
    mode: Uint16Array.from(entries, ({ mode, type }) => mode ?? (type === "dir" ? 0o755 : 0o644)),
    owner: Uint32Array.from(entries, ({ uid = 0 }) => uids.indexOf(uid)),
    size: Float64Array.from(entries, ({ size, content = "" }) => size ?? content.length),
    mtime: Float64Array.from(entries, ({ mtime, type = "file" }) => mtime ?? (type === "file" ? ++clock : 0)),
    offset: new Float64Array(count),
    prelude: new Float64Array(count).fill(512),
    owners: uids.map((uid) => ({ uid, gid: uid, uname: "", gname: "" })),
    device: { rows: new Uint32Array(0), numbers: new Float64Array(0) },
    sparse: {
      rows: new Uint32Array(0),
      starts: new Uint32Array(1),
      regions: new Float64Array(0),
      stored: new Float64Array(0),
    },
    pax: { rows: new Uint32Array(0), starts: new Uint32Array(1), bytes: new Uint8Array(0) },
  };
}

let clock = 1000;
