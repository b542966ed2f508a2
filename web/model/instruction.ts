/** A history line's instruction as a Dockerfile would have it. */
export interface Instruction {
  /** `RUN`, `COPY`, `ENV` …; empty when the line is not of that form. */
  readonly word: string;
  readonly rest: string;
  /** BuildKit's remark that it made the line. */
  readonly buildkit: boolean;
}

const WORD =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\s+([\s\S]*)$/u;

/**
 * Reads the `created_by` of a history line. The classic builder writes `/bin/sh -c #(nop)  CMD ["sh"]` for what made no process and
 * `/bin/sh -c apt-get …` for what did; BuildKit writes the instruction and `# buildkit`.
 */
export function readInstruction(createdBy: string): Instruction {
  let text = createdBy.trim();
  const buildkit = text.endsWith("# buildkit");
  if (buildkit) text = text.slice(0, -"# buildkit".length).trimEnd();
  // `|2 A=1 B=2 /bin/sh -c …`: the build arguments the classic builder and BuildKit put before a RUN.
  const args = /^\|\d+\s+([\s\S]*?)\s*\/bin\/sh -c\s+([\s\S]*)$/u.exec(text);
  if (args) text = `/bin/sh -c ${args[2] ?? ""}`;
  const nop = /^\/bin\/sh -c #\(nop\)\s*([\s\S]*)$/u.exec(text);
  if (nop) text = nop[1] ?? "";
  else {
    const shell = /^(?:\/bin\/sh|\/bin\/bash)(?: -o pipefail)? -c\s+([\s\S]*)$/u.exec(text);
    if (shell) return { word: "RUN", rest: shell[1] ?? "", buildkit };
  }
  const word = WORD.exec(text);
  if (word === null) return { word: "", rest: text, buildkit };
  const rest = (word[2] ?? "").replace(/^\/bin\/sh -c\s+/u, "");
  return { word: word[1] ?? "", rest, buildkit };
}
