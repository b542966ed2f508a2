import { describe, expect, it } from "vitest";
import { readInstruction } from "../../../web/model/instruction.ts";

describe("the instruction of a history line", () => {
  it.each([
    ['/bin/sh -c #(nop)  CMD ["bash"]', "CMD", '["bash"]'],
    ["/bin/sh -c #(nop) ADD file:4b1b in / ", "ADD", "file:4b1b in /"],
    ["/bin/sh -c apt-get update && true", "RUN", "apt-get update && true"],
    ["RUN /bin/sh -c apt-get update # buildkit", "RUN", "apt-get update"],
    ["|2 A=1 B=x y /bin/sh -c make all", "RUN", "make all"],
    ["RUN |1 V=2 /bin/sh -c make # buildkit", "RUN", "|1 V=2 /bin/sh -c make"],
    ["COPY . /srv # buildkit", "COPY", ". /srv"],
    ["ENV A=1", "ENV", "A=1"],
    ["bazel build ...", "", "bazel build ..."],
    ["", "", ""],
  ])("%j is %s", (line, word, rest) => {
    expect(readInstruction(line)).toMatchObject({ word, rest });
  });

  it("remembers that BuildKit made it", () => {
    expect(readInstruction("ENV A=1").buildkit).toBe(false);
    expect(readInstruction("ENV A=1 # buildkit").buildkit).toBe(true);
  });
});
