import { expect, it } from "vitest";
import { consoleOffer } from "../../../web/model/console-offer.ts";
import {
  exportLine,
  imagesLine,
  keptImageLines,
  pruneLine,
  removeLine,
  saveLines,
  tagLines,
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
  expect(exportLine("all.tar").line).toBe(
    "docker save -o all.tar $(docker images --format '{{.Repository}}:{{.Tag}}')",
  );
  expect(removeLine({ refs: ["a:1"], force: true }).line).toBe("docker rmi -f a:1");
  expect(pruneLine({ all: true, filters: ["until=24h", "label=it's"] }).line).toBe(
    `docker image prune -f -a --filter until=24h --filter 'label=it'\\''s'`,
  );
});

const text = (lines: readonly { readonly line: string }[]): readonly string[] =>
  lines.map(({ line }) => line);

it("saving has its twins, by what each of them can", () => {
  const plain = { layout: "docker", platforms: "all" } as const;
  expect(text(saveLines(["a:1", "b:2"], "a b.tar", plain))).toEqual([
    "docker save -o 'a b.tar' a:1 b:2",
    "crane pull a:1 b:2 'a b.tar'",
  ]);
  expect(text(saveLines(["a:1"], "a.tar", { ...plain, platforms: "linux/arm64" }))).toEqual([
    "docker save --platform linux/arm64 -o a.tar a:1",
    "crane pull --platform linux/arm64 a:1 a.tar",
    "skopeo copy docker-daemon:a:1 docker-archive:a.tar:a:1",
  ]);
  expect(text(saveLines(["sha256:00"], "a.tar", plain))).toEqual(["docker save -o a.tar sha256:00"]);
  expect(text(saveLines(["a:1"], "a.tar", { ...plain, layout: "oci" }))).toEqual([
    "skopeo copy docker-daemon:a:1 oci-archive:a.tar:a:1",
  ]);
});

it("tagging is a copy for tools that know only registries", () => {
  expect(text(tagLines("a:1", "b:2"))).toEqual([
    "docker tag a:1 b:2",
    "crane copy a:1 b:2",
    "skopeo copy docker-daemon:a:1 docker-daemon:b:2",
  ]);
  expect(text(tagLines("0123456789ab", "b:2"))).toEqual(["docker tag 0123456789ab b:2"]);
});

it("every tab of a named image has twins, one without a name none", () => {
  for (const tab of TABS) {
    expect(keptImageLines("app:1", tab).map(({ tool }) => tool)).toEqual(["docker", "crane", "skopeo"]);
    expect(keptImageLines("sha256:00", tab).map(({ tool }) => tool)).toEqual(["docker"]);
  }
});

it("Docker's lines can be run in the console; those that remove wait for Enter", () => {
  expect(consoleOffer(imagesLine(""))).toBe("run");
  expect(consoleOffer(removeLine({ refs: ["a:1"] }))).toBe("put");
  expect(consoleOffer(pruneLine({}))).toBe("put");
  expect(consoleOffer({ tool: "tar", line: "tar -tvf a.tar" })).toBe("run");
  expect(consoleOffer({ tool: "crane", line: "crane config a" })).toBeUndefined();
});
