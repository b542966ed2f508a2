import { expect, it } from "vitest";
import { parseDockerfile, printDockerfile, readStages } from "../../../core/dockerfile/mod.ts";
import { CoreError } from "../../../core/error.ts";
import RECORDED from "../../fixture/builds.jsonl?raw";
import { seeded } from "../../support/random.ts";

const TEXTS: readonly string[] = RECORDED.trim()
  .split("\n")
  .flatMap((line) => JSON.parse(line).dockerfile ?? []);
const PIECES =
  "${ } :- \\ ' \" <<EOF <<-'E' $ --from=0 [ ] * # \t \r \0 é = , ! ` //a/b ONBUILD COPY ENV ARG RUN FROM AS".split(
    " ",
  );

it("mutated Dockerfiles are read and printed the same, or refused in words", () => {
  const random = seeded(7);
  const below = (limit: number): number => Math.floor(random() * limit);
  let read = 0;
  for (let run = 0; run < 4000; run++) {
    let text = TEXTS[below(TEXTS.length)];
    for (let change = below(4); change >= 0; change--) {
      const at = below(text.length + 1);
      const piece = below(2) === 0 ? PIECES[below(PIECES.length)] : ["\n", " ", ""][below(3)];
      text = text.slice(0, at) + piece + text.slice(at + below(4));
    }
    try {
      const parsed = parseDockerfile(text);
      // An escape alone on the last line is an instruction without a word: it is refused, and cannot be printed.
      if (parsed.nodes.some(({ keyword }) => keyword === "")) continue;
      const again = parseDockerfile(printDockerfile(parsed));
      const bare = (nodes: typeof parsed.nodes) =>
        nodes.map(({ keyword, flags, args, json, heredocs }) => ({ keyword, flags, args, json, heredocs }));
      expect(bare(again.nodes), text).toEqual(bare(parsed.nodes));
      readStages(parsed);
      read++;
    } catch (error) {
      expect(error, text).toBeInstanceOf(CoreError);
    }
  }
  expect(read).toBeGreaterThan(500);
});
