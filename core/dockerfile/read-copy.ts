import { dockerfileError } from "./error.ts";
import { type FlagKind, parseFlags } from "./flag.ts";
import { heredocContent, parseHeredoc } from "./heredoc.ts";
import type { CopySpec, InlineFile } from "./instruction.ts";
import type { DockerfileNode } from "./syntax.ts";

const BOTH = { chown: "string", chmod: "string", link: "boolean", exclude: "strings" } as const;

const FLAGS: Readonly<Record<"COPY" | "ADD", Readonly<Record<string, FlagKind>>>> = {
  COPY: { ...BOTH, from: "string", parents: "boolean" },
  ADD: { ...BOTH, "keep-git-dir": "boolean", checksum: "string", unpack: "boolean" },
};

/** What a COPY or ADD says. @throws CoreError `dockerfile/invalid` */
export function readCopy(node: DockerfileNode, keyword: "COPY" | "ADD"): CopySpec {
  if (node.args.length < 2) {
    throw dockerfileError(
      `${keyword} requires at least two arguments, but only one was provided. Destination could not be determined`,
    );
  }
  const flags = parseFlags(node.flags, FLAGS[keyword]);
  const one = (name: string): string | undefined => flags.get(name)?.[0];
  const dest = node.args.at(-1)!;
  if (parseHeredoc(dest) !== undefined) {
    throw dockerfileError(`${keyword} cannot accept a heredoc as a destination`);
  }
  const sources: string[] = [];
  const inline: InlineFile[] = [];
  for (const word of node.args.slice(0, -1)) {
    const opened = parseHeredoc(word);
    const heredoc = opened && node.heredocs.findLast(({ name }) => name === opened.name);
    if (opened === undefined) sources.push(word);
    else {
      const content = heredoc === undefined ? "" : heredocContent(heredoc);
      inline.push({ name: opened.name, content, expand: opened.expand });
    }
  }
  const unpack = one("unpack");
  return {
    sources,
    inline,
    dest,
    from: one("from") || undefined,
    chown: one("chown") || undefined,
    chmod: one("chmod") || undefined,
    link: one("link") === "true",
    parents: one("parents") === "true",
    exclude: flags.get("exclude") ?? [],
    checksum: one("checksum") || undefined,
    keepGitDir: one("keep-git-dir") === "true",
    unpack: unpack === undefined ? undefined : unpack === "true",
  };
}
