import { describe, expect, it } from "vitest";
import { matchGlob, parseGlob } from "../../../core/build/mod.ts";
import { pickImages } from "../../../core/command/image-filter.ts";
import { IMAGE_HEADERS, imageRows } from "../../../core/command/image-rows.ts";
import { formatRows } from "../../../core/command/rows.ts";
import { tabulate } from "../../../core/command/tabulate.ts";
import type { ListedImage } from "../../../core/image/mod.ts";
import { EMPTY_TABLE } from "../../../core/store/mod.ts";
import { imageOf, loaded, NOW, newBench } from "./bench.ts";

const id = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** An image as it would be listed, made so many seconds ago. */
function listed(letter: string, ago: number, more: Partial<ListedImage>): ListedImage {
  const target = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: id(letter), size: 1 };
  return {
    record: { id: id(letter), target },
    config: undefined,
    tags: [],
    digests: [],
    created: NOW / 1000 - ago,
    size: 0,
    sharedSize: undefined,
    stored: undefined,
    users: 0,
    dangling: (more.tags ?? []).length === 0,
    children: 0,
    ...more,
  };
}

const A = listed("a", 0, { tags: ["app:1", "app:2"], digests: [`app@${digest("1")}`] });
const B = listed("b", 59, { tags: ["nginx:1"], size: 999 });
const C = listed("c", 60, { digests: [`redis@${digest("2")}`], size: 1000 });
const D = listed("d", 3599, { size: 1_049_000 });
const E = listed("e", 3600, { tags: ["reg.io:5000/x/y:v1"], size: 1_234_567 });
const F = listed("f", 47 * 3600, { tags: ["m:1"], size: 999_999 });
const ALL = [A, B, C, D, E, F];

const TABLE = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
const shown = (images: readonly ListedImage[], format: string, digests = false): string =>
  formatRows(
    images.flatMap((image) => imageRows({ ...image, id: image.record.id }, { nowMs: NOW, digests })),
    { format, headers: IMAGE_HEADERS, type: "formatter.imageContext" },
  );

describe("the rows of images", () => {
  it("are a table", () => {
    expect(shown(ALL, TABLE)).toBe(`REPOSITORY        TAG       IMAGE ID       CREATED                  SIZE
app               1         aaaaaaaaaaaa   Less than a second ago   0B
app               2         aaaaaaaaaaaa   Less than a second ago   0B
nginx             1         bbbbbbbbbbbb   59 seconds ago           999B
redis             <none>    cccccccccccc   About a minute ago       1kB
<none>            <none>    dddddddddddd   59 minutes ago           1.05MB
reg.io:5000/x/y   v1        eeeeeeeeeeee   About an hour ago        1.23MB
m                 1         ffffffffffff   47 hours ago             1e+03kB
`);
  });

  it("have no digest unless one is asked for, and then one row for each", () => {
    expect(shown([C, D], "{{.Repository}}|{{.Tag}}|{{.Digest}}")).toBe(
      "redis|<none>|\n<none>|<none>|<none>\n",
    );
    const two = { ...A, digests: [...A.digests, `app@${digest("3")}`] };
    expect(shown([two, D], "{{.Tag}} {{truncate .Digest 8}}", true)).toBe(
      "1 sha256:1\n1 sha256:3\n2 sha256:1\n2 sha256:3\n<none> <none>\n",
    );
  });

  it("are JSON with sorted keys, escaped as Go does", () => {
    expect(shown([A], "json").split("\n")[0]).toBe(
      '{"Containers":"0","CreatedAt":"2026-11-20 19:15:10 +0000 UTC","CreatedSince":"Less than a second ago","Digest":"\\u003cnone\\u003e","ID":"aaaaaaaaaaaa","Repository":"app","SharedSize":"N/A","Size":"0B","Tag":"1","UniqueSize":"N/A","VirtualSize":"0B"}',
    );
  });

  it("go through templates, headings too", () => {
    expect(
      shown([A], "table {{.ID}}\\t{{.Repository}}:{{.Tag}}\\t{{.Size}}").split("\n").slice(0, 2),
    ).toEqual(["IMAGE ID       REPOSITORY:TAG   SIZE", "aaaaaaaaaaaa   app:1            0B"]);
    expect(
      shown([A], "table {{upper .Repository}}\\t{{truncate .ID 3}}\\t{{pad .Tag 1 2}}")
        .split("\n")
        .slice(0, 2),
    ).toEqual(["REPOSITORY   IMAGE ID    TAG  ", "APP          aaa         1  "]);
    expect(shown([B], "tablet")).toBe("t\nt\n");
    expect(shown([B], " table {{.ID}}")).toBe("table bbbbbbbbbbbb\n");
    expect(shown([], TABLE)).toBe("REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n");
  });

  it("tell what a template cannot do", () => {
    expect(() => shown([A], "{{.Labels}}")).toThrow(
      `template parsing error: template: :1:2: executing "" at <.Labels>: can't evaluate field Labels in type *formatter.imageContext`,
    );
    expect(() => shown([A], "{{.ID")).toThrow("template parsing error: template: :1: unclosed action");
  });

  it("of no date are of the epoch, of the zero date of none", () => {
    expect(shown([{ ...B, created: undefined }], "{{.CreatedSince}}|{{.CreatedAt}}")).toBe(
      "56 years ago|1970-01-01 00:00:00 +0000 UTC\n",
    );
    expect(shown([{ ...B, created: -62_135_596_800 }], "{{.CreatedSince}}|")).toBe("|\n");
  });
});

describe("tabulate", () => {
  it("pads cells that end in a tab to the widest of their run and three, ten at least, wide characters as two", () => {
    expect(tabulate("a\tb\nlonger than ten\tc\n")).toBe("a                 b\nlonger than ten   c\n");
    expect(tabulate("日本\tx\n")).toBe("日本      x\n");
    expect(tabulate("a\tb\nnone\na2\tb2\n")).toBe("a         b\nnone\na2        b2\n");
    expect(tabulate("a\t\n")).toBe("a         \n");
    expect(tabulate("")).toBe("");
  });
});

describe("patterns", () => {
  it.each([
    ["foo*", "foobar", true],
    ["foo*", "foo/bar", false],
    ["*/*", "foo/bar", true],
    ["*/*", "foo.com/bar/baz", false],
    ["f?o", "foo", true],
    ["f?o", "f/o", false],
    ["[a-c]x", "bx", true],
    ["[^a-c]x", "bx", false],
    ["\\*", "*", true],
    ["[\\]]", "]", true],
    ["**", "abc", true],
    ["a.c", "abc", false],
    ["", "", true],
    ["日?語", "日本語", true],
  ])("%s on %s: %s", (pattern, name, expected) => {
    expect(matchGlob(parseGlob(pattern, false), name)).toBe(expected);
  });

  it.each(["[", "[]", "[a", "[a-", "\\", "[-x]", "[a-]"])("%s is refused as Docker does", (pattern) => {
    expect(() => parseGlob(pattern, false)).toThrow("syntax error in pattern");
  });

  it("of many stars take no longer than their length", () => {
    const matches = (pattern: string, name: string): boolean => matchGlob(parseGlob(pattern, false), name);
    expect(matches(`${"*".repeat(5000)}b`, "a".repeat(200))).toBe(false);
    expect(matches(`${"*a".repeat(20)}b`, "a".repeat(200))).toBe(false);
    expect(matches("[z-a]", "m")).toBe(false);
  });
});

describe("pickImages", () => {
  const pick = (...texts: readonly string[]): string =>
    pickImages({
      images: ALL,
      table: EMPTY_TABLE,
      filters: texts.map((text) => ({
        name: text.slice(0, text.indexOf("=")),
        value: text.slice(text.indexOf("=") + 1),
      })),
      all: false,
      now: NOW / 1000,
    })
      .map(({ record }) => record.id[7])
      .join("");

  it.each([
    ["all without a filter", [], "abcdef"],
    ["those without a tag", ["dangling=true"], "cd"],
    ["those with a name", ["dangling=false"], "abcef"],
    ["those older than a duration", ["until=1h"], "f"],
    ["those that a pattern names", ["reference=*:1"], "abf"],
    ["those of several patterns", ["reference=app", "reference=m"], "af"],
    ["none by a name that is not familiar", ["reference=docker.io/library/app"], ""],
    ["those that all filters leave", ["reference=*:1", "until=30s"], "bf"],
  ] as const)("keeps %s", (_, filters, expected) => {
    expect(pick(...filters)).toBe(expected);
  });
});

describe("docker images", () => {
  it("lists what is loaded, by name, pattern, label and age", async () => {
    const bench = newBench();
    await loaded(bench, [
      await imageOf("hello", ["app:1", "app:2"], {
        created: "2026-11-20T18:15:10Z",
        config: { Labels: { k: "v" } },
      }),
      await imageOf("more", ["x/y:1"], { created: "2026-11-18T19:15:10Z" }),
    ]);
    const names = async (line: string): Promise<string> =>
      (await bench([...line.split(" "), "--format", "{{.Repository}}:{{.Tag}} {{.Size}}"])).stdout;
    expect(await names("images")).toBe("app:1 5B\napp:2 5B\nx/y:1 4B\n");
    expect(await names("images app:2")).toBe("app:2 5B\n");
    expect(await names("images -f label=k=v -f before=x/y:1")).toBe("");
    expect(await names("images -f since=x/y:1")).toBe("app:1 5B\napp:2 5B\n");
    expect(await names("images -f label=k")).toBe("app:1 5B\napp:2 5B\n");
    expect((await bench("images -q")).stdout.split("\n")).toHaveLength(4);
    expect((await bench(["images", "-q", "--format", "{{.Tag}}"])).stdout).toBe("1\n2\n1\n");
    expect((await bench("images ls")).stderr).toBe(
      '\nNo images found matching "ls": did you mean "docker image ls"?\n',
    );
    expect((await bench("image ls ls")).stderr).toBe("");
  });

  it("answers at once with 500 images", async () => {
    const bench = newBench();
    const images = await Promise.all(
      Array.from({ length: 500 }, (_, n) => imageOf(`content ${n}`, [`app:${n}`])),
    );
    await loaded(bench, images);
    expect((await bench("images -q")).stdout.split("\n")).toHaveLength(501);
  });
});
