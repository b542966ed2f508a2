import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../../support/chromium.ts";
import { seeded } from "../../support/random.ts";
import { renderersOf } from "../../support/renderers.ts";
import { type ServedFolder, serveFolder } from "../../support/serve-folder.ts";
import { imageFile } from "../view/archives.ts";
import { listed } from "../view/site.ts";
import { changedPaths, make, tool } from "./draft-page.ts";

/** More for a longer run: `KILLS=100`. */
const KILLS = Number(process.env["KILLS"] ?? 6);

/** Bytes of the file whose upload is under way when a tab is killed. */
const LARGE = 24_000_000;

let folder: string;
let server: ServedFolder;
let context: BrowserContext;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakbulk-draft-"));
  server = await serveFolder("dist/web");
  context = await launchChromium(join(folder, "profile"));
});
afterAll(async () => {
  await context.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const address = (): string => `http://127.0.0.1:${server.port}/`;

/** A tab; another one when the process kept ready for it was among those that were killed. */
async function tab(hash: string): Promise<Page> {
  for (let tries = 3; ; tries--) {
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await page.goto(address() + hash);
      return page;
    } catch (error) {
      if (tries === 0) throw error;
    }
  }
}

/** Kills the page's process and waits until it is gone. */
async function kill(page: Page): Promise<void> {
  const crashed = new Promise<void>((resolve) => page.once("crash", () => resolve()));
  // All of this browser: the tab at work is the only one there is.
  for (const pid of renderersOf(join(folder, "profile"))) process.kill(pid, "SIGKILL");
  await crashed;
  await page.close();
}

describe("a draft whose tab is killed", () => {
  it(
    `has every finished change, and of the one under way all or nothing (${KILLS} kills)`,
    async () => {
      const random = seeded(41);
      let page = await tab("");
      const file = await imageFile("app.tar", "app:1");
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        page.locator(".target, .bar > .button").first().click(),
      ]);
      await chooser.setFiles(file);
      await listed(page);
      // Kept first, and then made a draft of.
      await page.locator(".kept-actions").getByRole("button", { name: "Edit" }).click();
      await page.locator(".draft [role=row][aria-level]").first().waitFor();
      const hash = new URL(page.url()).hash;
      let certain: readonly string[] = [];
      for (let round = 0; round < KILLS; round++) {
        const small = `small${round}`;
        const large = `large${round}`;
        await make(page, "File…", small);
        await page.locator(".changes-pane").getByText(`/${small}`).waitFor();
        certain = [...certain, `A /${small}`];
        const during = round % 2 === 1;
        if (during) {
          await tool(page, "Upload").click();
          const [upload] = await Promise.all([
            page.waitForEvent("filechooser"),
            page.getByRole("menuitem", { name: "Files…" }).click(),
          ]);
          await upload.setFiles({
            name: large,
            mimeType: "application/octet-stream",
            buffer: Buffer.alloc(LARGE, round),
          });
          await page.waitForTimeout(Math.floor(random() * 300));
        }
        await kill(page);
        page = await tab(hash);
        await page.locator(".draft [role=row][aria-level]").first().waitFor();
        await page.locator(".changes-pane").getByText(`/${small}`).waitFor();
        const found = await changedPaths(page);
        const open = found.filter((line) => line === `A /${large}`);
        expect(
          found.filter((line) => line !== `A /${large}`),
          `round ${round}`,
        ).toEqual([...certain].sort());
        // What came through is a finished change from now on.
        certain = [...certain, ...open].sort();
      }
      await page.goto(address());
      await page.getByRole("button", { name: "Kept images" }).click();
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Check the store…" }).click();
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await page.getByText(/^All is well: /).waitFor();
    },
    60_000 + 20_000 * KILLS,
  );
});
