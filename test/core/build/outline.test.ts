import { describe, expect, it } from "vitest";
import { outlineDockerfile } from "../../../core/build/mod.ts";

describe("the outline of a Dockerfile", () => {
  it("has its targets, arguments and the lines that run programs", () => {
    const outline = outlineDockerfile(
      "ARG V=1\nFROM a:$V AS one\nARG WHO\nRUN x \\\n  y\nFROM scratch\nARG V\nCOPY --from=one / /\n",
    );
    expect(outline).toEqual({
      error: undefined,
      warnings: [],
      targets: ["one"],
      args: ["V", "WHO"],
      runs: [{ start: 4, end: 5 }],
    });
  });

  it("has what BuildKit's checks find, but for what the file itself leaves out", () => {
    const text = "FROM scratch AS Big\nMAINTAINER me\n";
    expect(outlineDockerfile(text).warnings.map(({ rule, line }) => [rule, line])).toEqual([
      ["MaintainerDeprecated", 2],
      ["StageNameCasing", 1],
    ]);
    expect(outlineDockerfile(`# check=skip=all\n${text}`).warnings).toEqual([]);
  });

  it.each(["", "FROM", "COPPY a b\n", "RUN x\n", "FROM a\nCOPY <<EOF /x\n"])(
    "tells why %j cannot be built",
    (text) => {
      const { error } = outlineDockerfile(text);
      expect(error?.code).toBe("dockerfile/invalid");
    },
  );
});
