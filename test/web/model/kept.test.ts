import { describe, expect, it } from "vitest";
import type { StoredImage } from "../../../web/model/images.ts";
import {
  isKeptKey,
  type KeptOrder,
  keptRows,
  nextKept,
  OPENING_KEPT,
  orderRows,
  repositories,
  roomShare,
  splitName,
} from "../../../web/model/kept.ts";

function stored(over: Partial<StoredImage> = {}): StoredImage {
  return {
    id: `sha256:${"a".repeat(64)}`,
    tags: ["app:1"],
    repoDigests: [],
    root: `sha256:${"b".repeat(64)}`,
    platforms: ["linux/amd64"],
    dangling: false,
    children: 0,
    users: 0,
    damaged: false,
    ...over,
  };
}

const idOf = (letter: string) => `sha256:${letter.repeat(64)}`;

describe("what is known of the kept images", () => {
  const room = { persistent: true, unfinished: 0 };

  it("is ready with the first list, and keeps it in sight when the store fails later", () => {
    const ready = nextKept(OPENING_KEPT, { type: "state", images: [stored()], drafts: [], room, total: 5 });
    expect(ready).toMatchObject({ phase: "ready", total: 5, room });
    const error = { code: "store/closed", message: "gone", detail: {} } as const;
    const failed = nextKept(ready, { type: "failed", error });
    expect(failed).toMatchObject({ phase: "failed", error });
    expect(failed.images).toHaveLength(1);
  });

  it("goes on by itself once what blocked it is gone, and stays outdated for good", () => {
    const blocked = nextKept(OPENING_KEPT, { type: "blocked" });
    expect(blocked.phase).toBe("blocked");
    expect(nextKept(blocked, { type: "state", images: [], drafts: [], room, total: 0 }).phase).toBe("ready");
    const outdated = nextKept(OPENING_KEPT, { type: "outdated" });
    expect(nextKept(outdated, { type: "state", images: [], drafts: [], room, total: 0 }).outdated).toBe(true);
  });
});

describe("a familiar name", () => {
  it.each([
    ["app:1", "app", "1"],
    ["localhost:5000/x:2", "localhost:5000/x", "2"],
    ["localhost:5000/x", "localhost:5000/x", undefined],
    [`app@${idOf("c")}`, "app", undefined],
    [`app:1@${idOf("c")}`, "app", "1"],
  ])("%s falls into repository and tag", (name, repository, tag) => {
    expect(splitName(name)).toEqual({ repository, tag });
  });
});

describe("rows", () => {
  it("are one for each tag, one for a repository with digests only, one for an image without names", () => {
    const rows = keptRows([
      stored({ tags: ["app:1", "app:2"], repoDigests: [`app@${idOf("d")}`] }),
      stored({ id: idOf("e"), tags: [], repoDigests: [`web@${idOf("d")}`, `web@${idOf("f")}`] }),
      stored({ id: idOf("f"), tags: [], dangling: true }),
    ]);
    expect(rows.map(({ repository, tag, ref }) => [repository, tag, ref])).toEqual([
      ["app", "1", "app:1"],
      ["app", "2", "app:2"],
      ["web", undefined, `web@${idOf("d")}`],
      [undefined, undefined, idOf("f")],
    ]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(4);
  });

  it("gather under their repositories by name; those without one are apart", () => {
    const rows = keptRows([
      stored({ tags: ["web:1"] }),
      stored({ id: idOf("b"), tags: ["app:1"] }),
      stored({ id: idOf("c"), tags: ["web:0"] }),
      stored({ id: idOf("d"), tags: [] }),
    ]);
    const { named, nameless } = repositories(rows);
    expect(named.map(({ name, rows: of }) => [name, of.map(({ tag }) => tag)])).toEqual([
      ["app", ["1"]],
      ["web", ["1", "0"]],
    ]);
    expect(nameless.map(({ ref }) => ref)).toEqual([idOf("d")]);
  });

  it("sort by any column, with what is not known last in both directions", () => {
    const rows = keptRows([
      stored({ id: idOf("1"), tags: ["a:1"], size: 5 }),
      stored({ id: idOf("2"), tags: ["b:1"], size: undefined }),
      stored({ id: idOf("3"), tags: ["c:1"], size: 9 }),
    ]);
    const by = (order: Partial<KeptOrder>) =>
      orderRows(rows, { column: "size", descending: false, filter: "", ...order }).map(({ ref }) => ref);
    expect(by({})).toEqual(["a:1", "c:1", "b:1"]);
    expect(by({ descending: true })).toEqual(["c:1", "a:1", "b:1"]);
    expect(by({ column: "repository", descending: true })).toEqual(["c:1", "b:1", "a:1"]);
  });

  it("are filtered by every term, in names, IDs and platforms", () => {
    const rows = keptRows([
      stored({ id: idOf("1"), tags: ["team/web:1"] }),
      stored({ id: idOf("2"), tags: ["team/api:1"], platforms: ["linux/arm64"] }),
    ]);
    const by = (filter: string) =>
      orderRows(rows, { column: "created", descending: true, filter }).map(({ ref }) => ref);
    expect(by("TEAM")).toHaveLength(2);
    expect(by("team arm64")).toEqual(["team/api:1"]);
    expect(by("111111")).toEqual(["team/web:1"]);
    expect(by("nothing")).toEqual([]);
  });
});

it("a key is a kept image's only when it is a whole ID", () => {
  expect(isKeptKey(idOf("a"))).toBe(true);
  expect(isKeptKey("sha256:abc")).toBe(false);
  expect(isKeptKey("app.tar")).toBe(false);
});

it("the room's share is known only where the browser names both numbers", () => {
  expect(roomShare({ used: 1, quota: 4, persistent: false, unfinished: 0 })).toBe(0.25);
  expect(roomShare({ used: 9, quota: 4, persistent: false, unfinished: 0 })).toBe(1);
  expect(roomShare({ used: 1, persistent: false, unfinished: 0 })).toBeUndefined();
  expect(roomShare({ used: 1, quota: 0, persistent: false, unfinished: 0 })).toBeUndefined();
});
