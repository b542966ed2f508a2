import { newSha256 } from "../../core/digest/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { readEntries, type TarEntry } from "../../core/tar/mod.ts";
import { inputsOf, LinePrinter, streamOfChunks, type Tool, ToolError, toolFlags } from "./console-tool.ts";
import { symbolicMode } from "./mode.ts";

/** `sha256sum [FILE…]`. */
export const sha256sum: Tool = async (call) => {
  const { rest } = toolFlags(call.args, { switches: "bt" });
  for (const name of rest.length === 0 ? ["-"] : rest) {
    const hasher = newSha256();
    for await (const chunk of inputsOf(call, [name])) hasher.update(chunk);
    await call.print(`${hasher.hex()}  ${name}\n`);
  }
  return 0;
};

/** `tar -t [-v] [-f FILE]`: what an archive holds. */
export const tar: Tool = async (call) => {
  // The dash may be left out, as in tar tvf.
  const [first = "", ...others] = call.args;
  const args = /^[a-z]+$/u.test(first) ? [`-${first}`, ...others] : call.args;
  const flags = toolFlags(args, {
    switches: "tvz",
    valued: "f",
    long: { list: "t", verbose: "v", file: "f" },
  });
  if (!flags.has("t")) throw new ToolError("this console only lists archives: tar -t, tar -tv");
  const file = flags.value("f");
  const chunks = inputsOf(call, file === undefined || file === "-" ? [] : [file]);
  const printer = new LinePrinter(call);
  try {
    const stored = streamOfChunks(chunks);
    const packed = flags.has("z") || /\.t?gz$/u.test(file ?? "");
    const plain = packed ? stored.pipeThrough(new DecompressionStream("gzip")) : stored;
    for await (const { entry } of readEntries(plain, { signal: call.signal })) {
      await printer.line(flags.has("v") ? longLine(entry) : visible(entry));
    }
  } catch (error) {
    await printer.flush();
    if (isCoreError(error)) throw new ToolError(error.message);
    throw error;
  }
  await printer.flush();
  return 0;
};

/** A name with what it links to, and nothing in it that moves a cursor. */
function visible({ path, type, link }: TarEntry): string {
  const name = shown(path);
  if (type === "symlink") return `${name} -> ${shown(link)}`;
  return type === "link" ? `${name} link to ${shown(link)}` : name;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is shown otherwise
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/gu;

const shown = (text: string): string =>
  text.replaceAll(CONTROL, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);

/** As GNU tar lists it: owner and size share 19 columns. */
function longLine(entry: TarEntry): string {
  const { type, mode, uid, gid, uname, gname, size, mtime, major, minor } = entry;
  const owner = `${shown(uname) || uid}/${shown(gname) || gid}`;
  const amount =
    major === undefined ? String(type === "file" || type === "sparse" ? size : 0) : `${major},${minor ?? 0}`;
  const date = new Date(mtime * 1000);
  const time = Number.isNaN(date.getTime()) ? "?" : date.toISOString().slice(0, 16).replace("T", " ");
  return `${symbolicMode(type === "sparse" ? "file" : type, mode)} ${owner}${amount.padStart(Math.max(19 - owner.length, amount.length + 1))} ${time} ${visible(entry)}`;
}
