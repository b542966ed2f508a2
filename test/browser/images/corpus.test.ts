import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadArchive } from "../../../core/archive/mod.ts";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { createMemoryStore, type LocalStore } from "../../../core/store/mod.ts";
import { nativeHasher } from "../../support/native-hash.ts";
import { type ImagesSite, openImagesSite } from "./site.ts";

/** Archives written by real engines, and broken ones. */
const FOLDER = "../shared/oracle/mini";

let site: ImagesSite;
beforeAll(async () => {
  site = await openImagesSite();
});
afterAll(() => site.close());

const newStore = (): LocalStore => createMemoryStore({ now: () => 0, newHasher: nativeHasher });

/** What loading prints, or the error that it ends with. */
async function linesOf(store: LocalStore, bytes: Uint8Array<ArrayBuffer>): Promise<readonly string[]> {
  try {
    return (await loadArchive(sourceOf(bytes), store, { newHasher: nativeHasher })).lines;
  } catch (error) {
    return [String(error)];
  }
}

/** Names with their images and roots, then images with theirs. */
async function tableOf(store: LocalStore): Promise<readonly string[]> {
  const { names, images } = await store.table.snapshot();
  return [
    ...[...names.values()].map(({ name, image, target }) => `${name} ${image} ${target.digest}`),
    ...[...images.values()].map(({ id, target, parent }) => `${id} ${target.digest} ${parent ?? ""}`),
  ];
}

// Without the folder beside the project there is nothing to compare with.
describe.skipIf(!existsSync(FOLDER))(
  "archives of real engines, loaded one after the other into one store",
  () => {
    it("give the same lines, errors and table as in memory, and are all there again after an export", async () => {
      const page = await site.freshTab();
      const memory = newStore();
      const files = readdirSync(FOLDER).filter((name) => name.includes(".tar"));
      for (const name of files) {
        const path = join(FOLDER, name);
        const bytes = new Uint8Array(readFileSync(path));
        await page.setInputFiles("input", path);
        const lines = await page.evaluate(async () => {
          const [file] = window.shelf.files();
          return window.shelf.images.load(file, file.name).then(
            ({ lines }) => lines,
            (error: unknown) => [String(error)],
          );
        });
        expect(lines, name).toEqual(await linesOf(memory, bytes));
      }
      const found = await page.evaluate(async () => {
        const { findings } = await window.shelf.images.check();
        const trees: string[] = [];
        for (const { id } of (await window.shelf.until(() => true)).images) {
          const { archive } = await window.shelf.opened((listen) => window.shelf.images.open(id, {}, listen));
          archive.close();
          trees.push(id);
        }
        const all = await window.shelf.images.exportAll();
        const bytes = await window.shelf.drained(await all.feed());
        const text = await bytes.arrayBuffer();
        let binary = "";
        for (const byte of new Uint8Array(text)) binary += String.fromCharCode(byte);
        return {
          findings,
          trees,
          problems: all.problems,
          names: await window.shelf.table(),
          base64: btoa(binary),
        };
      });
      const expected = await tableOf(memory);
      expect(found.findings).toEqual([]);
      expect(found.problems).toEqual([]);
      expect(found.names).toEqual(expected);
      expect(found.trees.length).toBeGreaterThan(10);
      const again = newStore();
      await linesOf(again, new Uint8Array(Buffer.from(found.base64, "base64")));
      // A layout does not say which image was built on which.
      const childless = (table: readonly string[]) =>
        table.map((line) => line.replace(/^(sha256:\S+ \S+).*/, "$1"));
      expect(childless(await tableOf(again))).toEqual(childless(expected));
      await page.close();
    });
  },
);
