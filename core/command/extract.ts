import type { Source } from "../bytes/mod.ts";
import { pump } from "../bytes/mod.ts";
import type { CopyOut } from "../container/mod.ts";
import { composeTar, encodeGoHeader, type TarMember } from "../tar/mod.ts";
import type { CommandContext } from "./context.ts";
import { failed } from "./failure.ts";
import type { FileManner, Files } from "./files.ts";
import { filesOf } from "./host-files.ts";

/** What is copied out of a container, and where to. */
export interface Extraction {
  readonly out: Omit<CopyOut, "members"> & { members(): Iterable<TarMember> };
  /** On the host. */
  readonly to: string;
  /** Owners as in the container; else whoever copies. */
  readonly keepOwners: boolean;
}

/**
 * Writes a file or directory of a container to the host: into a directory that is there, onto a file, or under a new name. Gives the bytes of the tar that
 * it would have been.
 * @throws CoreError `command/failed`, `command/file` with Docker's words.
 */
export async function extractTo(
  context: CommandContext,
  { out, to, keepOwners }: Extraction,
): Promise<number> {
  const files = filesOf(context);
  const found = await files.stat(to, { follow: true });
  const directory = out.type === "dir";
  if (found !== undefined && found.type !== "dir" && directory) throw failed("cannot copy directory");
  if (found === undefined && !directory && /\/\.?$/.test(to)) throw failed("no such directory");
  const clean = to.replace(/(?<=.)\/+\.?$/, "");
  const into = found?.type === "dir" && out.base !== "." ? `${clean}/${out.name || out.base}` : clean;
  const members = [...out.members()];
  const contents = new Map<string, Source>();
  for (const member of members) {
    context.signal?.throwIfAborted();
    const { path, type } = member.entry;
    const below = path.replace(/\/$/, "").slice(out.base === "/" ? 1 : out.base.length + 1);
    const name = below === "" ? into : `${into}/${below}`;
    if (type === "file" && member.content !== undefined) contents.set(path, member.content);
    const source = type === "link" ? contents.get(member.entry.link ?? "") : member.content;
    // Only what was typed is followed: below it a link could lead what a container holds anywhere.
    const inPlaceOfLink = below !== "";
    await put(files, { member, name, source, keepOwners, inPlaceOfLink, signal: context.signal });
  }
  return composeTar(members, { encode: encodeGoHeader }).size;
}

async function put(
  files: Files,
  item: {
    readonly member: TarMember;
    readonly name: string;
    readonly source: Source | undefined;
    readonly keepOwners: boolean;
    readonly inPlaceOfLink: boolean;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  const { member, name, source, keepOwners, inPlaceOfLink, signal } = item;
  const { type, mode, mtime, uid, gid, link = "" } = member.entry;
  const manner: FileManner = { mode, mtime, inPlaceOfLink, ...(keepOwners ? { uid, gid } : {}) };
  if (type === "dir") await files.makeDirectory(name, manner);
  else if (type === "symlink") await files.makeLink(name, link);
  else if (source !== undefined || type === "file") {
    const sink = await files.create(name, manner);
    try {
      if (source !== undefined) await pump(source, (chunk) => sink.write(chunk), { signal });
      await sink.commit();
    } finally {
      await sink.abort();
    }
  }
  // Devices and pipes are for a kernel to make.
}
