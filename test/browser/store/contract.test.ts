import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storeContract } from "../../contract/store.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
let page: Page;
beforeAll(async () => {
  site = await openSite();
  page = await site.tab();
});
afterAll(() => site.close());

/** Every write a piece, a few pieces, and all in one. */
describe.each([100, 1024, 8 * 1024 * 1024])("the browser's store with pieces of %i bytes", (pieceBytes) => {
  it.each(storeContract)("$title", async ({ title }) => {
    const outcome = await page.evaluate(
      ([title, pieceBytes]) => storePage.runCase(title, pieceBytes).then(() => "passed", String),
      [title, pieceBytes] as const,
    );
    expect(outcome).toBe("passed");
  });
});
