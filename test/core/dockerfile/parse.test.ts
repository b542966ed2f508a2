import { describe, expect, it } from "vitest";
import {
  errorLines,
  formatBuildError,
  parseDockerfile,
  printDockerfile,
  readStages,
} from "../../../core/dockerfile/mod.ts";
import { CoreError } from "../../../core/error.ts";

const originals = (text: string): string[] => parseDockerfile(text).nodes.map((node) => node.original);

/** The error that reading `text` throws. */
function failure(text: string): CoreError {
  try {
    readStages(parseDockerfile(text));
  } catch (error) {
    if (error instanceof CoreError) return error;
    throw error;
  }
  throw new Error("it was read");
}

describe("the lines of a Dockerfile", () => {
  it.each([
    [
      "RUN echo hello\\\n  world\\\n  goodnight  \\\n  moon\\\n  light\\\nning",
      ["RUN echo hello  world  goodnight    moon  lightning"],
    ],
    ["RUN echo hello \\\ngoodbye\\\nfrog", ["RUN echo hello goodbyefrog"]],
    ["RUN echo hi \\\n \\\n world \\\n\\\n good\\\n\\\nnight", ["RUN echo hi   world  goodnight"]],
    ["RUN echo hello \\\n# comment\n\n# another\n\nthis is more", ["RUN echo hello this is more"]],
    ["RUN something \\", ["RUN something "]],
    ["ENV C trailing\\\\backslash\\\\\nENV D x", ["ENV C trailing\\\\backslash\\\\", "ENV D x"]],
    ["ENV E hello\\\n\\\nworld", ["ENV E helloworld"]],
    ["ENV F hello\\\n \\\nworld", ["ENV F hello world"]],
    ["ENV G hello \\\n\\\nworld", ["ENV G hello world"]],
    ["# escape=`\nRUN a`\n b\\\nRUN c", ["RUN a b\\", "RUN c"]],
    ["\ufefffrom x\r\n\r\n  # c\r\n\tcopy a \\\r\n b", ["from x", "copy a  b"]],
    ["#syntax=x\n# ESCAPE = `\nRUN a`\nb", ["RUN ab"]],
    ["# comment\n# escape=`\nRUN a`\nRUN b", ["RUN a`", "RUN b"]],
  ])("%j are the instructions %j", (text, expected) => {
    expect(originals(text)).toEqual(expected);
  });

  it("are counted from 1, comments and bodies included", () => {
    const { nodes } = parseDockerfile("# c\nFROM x\n\nCOPY <<A <<-B /d/\n1\nA\n\t2\n\tB\nRUN a \\\n b\n");
    expect(nodes.map((node) => [node.lines.start, node.lines.end])).toEqual([
      [2, 2],
      [4, 8],
      [9, 10],
    ]);
    expect(nodes[1].heredocs).toEqual([
      { name: "A", fd: 0, expand: true, chomp: false, content: "1\n" },
      { name: "B", fd: 0, expand: true, chomp: true, content: "\t2\n" },
    ]);
  });

  it("warn of blank ones inside an instruction", () => {
    expect(parseDockerfile("ENV A=1 \\\n\n B=2\n").warnings).toEqual([
      { rule: "NoEmptyContinuation", message: "Empty continuation line", line: 3 },
    ]);
  });
});

describe("heredocs", () => {
  it.each([
    ["RUN cat <<EOF", ["EOF"]],
    ["RUN cat <<'EOF' 3<<\"X\"", ["EOF", "X"]],
    ["RUN cat <<< EOF", []],
    ["RUN cat << EOF", []],
    ["RUN echo '<<EOF'", []],
    ["CMD cat <<EOF", []],
    ['COPY ["<<EOF", "/x"]', []],
    ["ONBUILD COPY <<EOF /x", ["EOF"]],
  ])("in %j are %j", (line, names) => {
    const body = names.map((name) => `body\n${name}\n`).join("");
    const [node] = parseDockerfile(`${line}\n${body}`).nodes;
    expect(node.heredocs.map(({ name }) => name)).toEqual(names);
  });

  it("keep their bodies as they are: comments, escapes, ends of lines", () => {
    const [node] = parseDockerfile('RUN <<E"O"F\r\n# x\\\r\n\n  EOF\r\nEOF\r\n').nodes;
    expect(node.heredocs[0]).toMatchObject({ name: "EOF", expand: false, content: "# x\\\r\n\n  EOF\r\n" });
  });
});

describe("errors", () => {
  it.each([
    ["", "the Dockerfile cannot be empty", []],
    ["# x\n", "file with no instructions", [[1, 1]]],
    ["COPY a b", "no build stage in current context", [[1, 1]]],
    ["# escape=x\nFROM a", "invalid escape token 'x' does not match ` or \\", []],
    ["# escape=`\n# escape=`\n", "only one escape parser directive can be used", [[1, 1]]],
    ["FROM a\nCOPY --x a b", "dockerfile parse error on line 2: unknown flag: --x", [[2, 2]]],
    [
      "FROM a\nCOPY --frm=x a b",
      "dockerfile parse error on line 2: unknown flag: --frm (did you mean from?)",
      [[2, 2]],
    ],
    [
      "FROM a\ncpoy a b",
      "dockerfile parse error on line 2: unknown instruction: cpoy (did you mean copy?)",
      [[2, 2]],
    ],
    ["FROM a\nCOPY <<A /x\ny", "unterminated heredoc", [[2, 3]]],
    [
      "FROM a\nONBUILD ONBUILD ONBUILD RUN x",
      "dockerfile parse error on line 2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
      [[2, 2]],
    ],
    [
      "FROM a\nHEALTHCHECK --retries=-1 CMD x",
      "dockerfile parse error on line 2: --retries cannot be negative (-1)",
      [[2, 2]],
    ],
    [
      "FROM a\nHEALTHCHECK NONE x",
      "dockerfile parse error on line 2: HEALTHCHECK NONE takes no arguments",
      [[2, 2]],
    ],
    ["FROM a\nARG =x", "dockerfile parse error on line 2: ARG names can not be blank", [[2, 2]]],
    ["FROM a\nCMD [1]", "when using JSON array syntax, arrays must be comprised of strings only", [[2, 2]]],
    [`FROM a\nRUN ${"x".repeat(70_000)}`, "dockerfile line greater than max allowed size of 65535", [[1, 1]]],
    [`FROM a\n${"ONBUILD ".repeat(8000)}`, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", [[2, 2]]],
  ])("of %.80j are %j at %j", (text, message, lines) => {
    const error = failure(text);
    expect(error.message).toBe(message);
    expect(errorLines(error).map(({ start, end }) => [start, end])).toEqual(lines);
  });

  it("show the lines around them as docker build does", () => {
    const text = "FROM scratch\nENV A=1\n\n# c\nENV B=2 \\\n C=3\nBOGUS x\nCOPY a.txt /\n";
    expect(formatBuildError(failure(text), text)).toBe(
      `Dockerfile:7
--------------------
   5 |     ENV B=2 \\
   6 |      C=3
   7 | >>> BOGUS x
   8 |     COPY a.txt /
   9 |     
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 7: unknown instruction: BOGUS
`,
    );
  });
});

describe("an instruction", () => {
  it("has its flags, and stops looking for them at the first other word", () => {
    const [node] = parseDockerfile("COPY --chown='a b' --link -- --x /y").nodes;
    expect([node.flags, node.args]).toEqual([
      ["--chown=a b", "--link"],
      ["--x", "/y"],
    ]);
  });

  it("keeps ONBUILD's text with its heredoc", () => {
    const { stages } = readStages(parseDockerfile("FROM a\nonbuild  COPY <<X /y\nb\nX\n"));
    expect(stages[0].instructions[0]).toMatchObject({ kind: "onbuild", trigger: "COPY <<X /y\nb\nX" });
  });

  it("is printed so that it is read the same", () => {
    const text = "# escape=`\nFROM a AS b\nRUN x `\n  # c\n  y\nCOPY <<-X /z\n\ta\n\tX\n";
    const parsed = parseDockerfile(text);
    expect(printDockerfile(parsed)).toBe("# escape=`\nFROM a AS b\nRUN x   y\nCOPY <<-X /z\n\ta\nX\n");
    expect(originals(printDockerfile(parsed))).toEqual(originals(text));
  });
});
