import { describe, expect, it } from "vitest";
import { editImage, lookForStrip } from "../../../core/edit/mod.ts";
import { EDITING, emptyStore, looked, putImage, resolved } from "../../support/edit-images.ts";

/** An image with a secret in two layers, a whiteout of it, and a hard link to it. */
async function leaky() {
  const store = emptyStore();
  await putImage(store, "a:1", {
    layers: [
      { "etc/": "", "etc/secret": "12345", "etc/other": { type: "link", link: "etc/secret" } },
      { "etc/secret": "123" },
      { "usr/": "", "usr/fine": "x" },
      { "etc/.wh.secret": "" },
    ],
  });
  const image = await resolved(store, "a:1");
  return { store, image, tables: (await looked(store, image)).layers.map(({ table }) => table) };
}

describe("a look for a strip", () => {
  it("finds entries, whiteouts and what would keep the content", async () => {
    const { tables } = await leaky();
    expect(lookForStrip(tables, ["/etc/secret"])).toEqual({
      entries: 3,
      bytes: 8,
      layers: [0, 1, 3],
      paths: ["/etc/secret"],
      remaining: ["/etc/other"],
    });
    expect(lookForStrip(tables, ["/etc/secret", "etc/other"]).remaining).toEqual([]);
    expect(lookForStrip(tables, ["nothing"]).entries).toBe(0);
    expect(lookForStrip(tables, ["**"], 2).paths).toHaveLength(2);
  });

  it("counts what the strip then takes", async () => {
    const { store, image, tables } = await leaky();
    for (const paths of [["etc/secret"], ["etc"], ["usr/*", "etc/o*"], ["**"]]) {
      const made = await editImage(store, image, { ...EDITING, edits: [{ kind: "strip", paths }] });
      const { entries, bytes, remaining } = lookForStrip(tables, paths);
      expect([entries, bytes, remaining], paths.join()).toEqual([
        made.strippedEntries,
        made.strippedBytes,
        made.remaining,
      ]);
      await made.discard();
    }
  });
});
