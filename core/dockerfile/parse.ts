import { parseDirectives } from "./directive.ts";
import { dockerfileError, type LineRange, locate, located } from "./error.ts";
import { type Heredoc, heredocsOf } from "./heredoc.ts";
import { DOCKERFILE_LIMITS } from "./limits.ts";
import { parseNode } from "./node.ts";
import { trimLeft } from "./space.ts";
import type { DockerfileNode, DockerfileWarning, ParsedDockerfile } from "./syntax.ts";

/**
 * The instructions of a Dockerfile, split but not yet understood.
 * @throws CoreError `dockerfile/invalid` with BuildKit's words, the place in `detail.lines`; `bytes/limit`.
 */
export function parseDockerfile(text: string): ParsedDockerfile {
  if (text === "") throw dockerfileError("the Dockerfile cannot be empty");
  if (text.length > DOCKERFILE_LIMITS.text) {
    throw dockerfileError(`the Dockerfile has more than ${DOCKERFILE_LIMITS.text} characters`);
  }
  const source = splitLines(text.startsWith("\ufeff") ? text.slice(1) : text);
  const directives = parseDirectives(source.slice(0, 4).map(withoutEnd));
  const reader = new LineReader(source, directives.escape);
  const nodes: DockerfileNode[] = [];
  const warnings: DockerfileWarning[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    const { original, start, gap } = line;
    const at = { start, end: reader.at };
    if (gap)
      warnings.push({ rule: "NoEmptyContinuation", message: "Empty continuation line", line: reader.at });
    const node = located(at, () => parseNode(original, directives.escape));
    const heredocs = takesHeredocs(node) ? reader.heredocs(original, start) : [];
    nodes.push(placed(node, { start, end: reader.at }, heredocs));
  }
  if (nodes.length === 0) {
    throw locate(dockerfileError("file with no instructions"), { start: reader.at, end: reader.at });
  }
  return { text, directives, nodes, warnings };
}

const HEREDOC_KEYWORDS = new Set(["run", "copy", "add"]);

function takesHeredocs(node: DockerfileNode): boolean {
  const inner = node.keyword.toLowerCase() === "onbuild" ? node.child : node;
  return inner !== undefined && HEREDOC_KEYWORDS.has(inner.keyword.toLowerCase()) && !inner.json;
}

/** `node` where it stands, with its heredocs: those of an ONBUILD are its instruction's. */
function placed(node: DockerfileNode, lines: LineRange, heredocs: readonly Heredoc[]): DockerfileNode {
  const child = node.child && { ...node.child, lines, heredocs };
  return { ...node, lines, child, heredocs };
}

/** The lines of `text` with their ends. */
function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end + 1;
    lines.push(text.slice(from, to));
    from = to;
  }
  return lines;
}

/** A line without its end. */
export function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === "\n" || line[end - 1] === "\r")) end--;
  return line.slice(0, end);
}

/** One instruction's text, and where it began. */
interface LogicalLine {
  readonly original: string;
  readonly start: number;
  /** A blank line stood inside. */
  readonly gap: boolean;
}

/** Physical lines joined to instructions. */
class LineReader {
  readonly #lines: readonly string[];
  readonly #continued: RegExp;
  /** Lines read so far. */
  at = 0;

  constructor(lines: readonly string[], escape: "\\" | "`") {
    this.#lines = lines;
    this.#continued = escape === "\\" ? /([^\\])\\[ \t]*$|^\\[ \t]*$/ : /([^`])`[ \t]*$|^`[ \t]*$/;
  }

  /** The next instruction; `undefined` at the end. */
  next(): LogicalLine | undefined {
    while (this.at < this.#lines.length) {
      const first = trimLeft(this.#take());
      const start = this.at;
      let { part, more } = this.#trim(first.startsWith("#") ? "" : first);
      if (!more && part === "") continue;
      const parts = [part];
      let gap = false;
      while (more && this.at < this.#lines.length) {
        const line = this.#take();
        if (trimLeft(line).startsWith("#")) continue;
        if (trimLeft(line) === "") {
          gap = true;
          continue;
        }
        ({ part, more } = this.#trim(line));
        parts.push(part);
      }
      const original = parts.join("");
      if (original.length > DOCKERFILE_LIMITS.text) throw dockerfileError("instruction is too long");
      return { original, start, gap };
    }
    return undefined;
  }

  /** The heredocs that `original`, which began on line `start`, opens, with their bodies. */
  heredocs(original: string, start: number): Heredoc[] {
    return heredocsOf(original).map((heredoc) => {
      const body: string[] = [];
      while (this.at < this.#lines.length) {
        const line = this.#raw();
        const bare = withoutEnd(line);
        if ((heredoc.chomp ? bare.replace(/^\t+/, "") : bare) === heredoc.name) {
          return { ...heredoc, content: body.join("") };
        }
        body.push(line);
      }
      throw locate(dockerfileError("unterminated heredoc"), { start, end: this.at });
    });
  }

  #take(): string {
    return withoutEnd(this.#raw());
  }

  #raw(): string {
    const line = this.#lines[this.at]!;
    if (line.length > DOCKERFILE_LIMITS.line) {
      const message = `dockerfile line greater than max allowed size of ${DOCKERFILE_LIMITS.line}`;
      // The line before is the last that was read.
      throw dockerfileError(message, this.at > 0 ? { start: this.at, end: this.at } : undefined);
    }
    this.at++;
    return line;
  }

  #trim(line: string): { part: string; more: boolean } {
    // The pattern is tried at every place: only the end of the line is looked at, so that blanks without end take no time.
    const match = line.endsWith("\\") || /[`\\ \t]$/.test(line) ? this.#end(line) : undefined;
    return match === undefined ? { part: line, more: false } : { part: match, more: true };
  }

  /** `line` without the escape at its end; `undefined` when it has none. */
  #end(line: string): string | undefined {
    let end = line.length;
    while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
    const tail = line.slice(Math.max(end - 2, 0), end);
    return this.#continued.test(tail) ? line.slice(0, end - 1) : undefined;
  }
}
