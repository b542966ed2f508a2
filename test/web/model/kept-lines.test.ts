import { expect, it } from "vitest";
import {
  imagesLine,
  keptImageLines,
  pruneLine,
  removeLine,
  saveLine,
  tagLine,
} from "../../../web/model/kept-lines.ts";
import { TABS } from "../../../web/model/route.ts";

it("every tab of a kept image has a line of its own subject", () => {
  const lines = TABS.map((tab) => keptImageLines("app:1", tab)[0]?.line);
  expect(lines).toEqual([
    'docker export "$(docker create app:1 /)" | tar -tv',
    "docker history --no-trunc app:1",
    "docker image inspect app:1",
    "docker system df -v",
    "docker image inspect app:1",
  ]);
});

it("commands quote what a shell would read otherwise", () => {
  expect(imagesLine("").line).toBe("docker images");
  expect(imagesLine("we").line).toBe("docker images --filter 'reference=*we*'");
  expect(saveLine(["a:1", "b:2"], "a b.tar", "all").line).toBe("docker save -o 'a b.tar' a:1 b:2");
  expect(saveLine(["a:1"], "a.tar", "linux/arm64").line).toBe(
    "docker save --platform linux/arm64 -o a.tar a:1",
  );
  expect(removeLine({ refs: ["a:1"], force: true }).line).toBe("docker rmi -f a:1");
  expect(tagLine("a:1", "b:2").line).toBe("docker tag a:1 b:2");
  expect(pruneLine({ all: true, filters: ["until=24h", "label=it's"] }).line).toBe(
    `docker image prune -f -a --filter until=24h --filter 'label=it'\\''s'`,
  );
});
