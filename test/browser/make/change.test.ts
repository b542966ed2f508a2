import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { file, imageFile } from "../view/archives.ts";
import { faintTexts } from "../view/contrast.ts";
import { inLibrary, keeping } from "../view/kept-page.ts";
import { listed, openSite, type Site } from "../view/site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** What must not be in the result: it stands once in a layer, and is deleted by a later one. */
const SECRET = "AKIA-the-key-that-must-not-leak-0123456789";

const leaky = (name: string, tag: string) =>
  imageFile(name, tag, {
    more: [file("root/.ssh/id_rsa", `${SECRET}\n`.repeat(50), 0o600), file("root/.ssh/.wh.id_rsa", "")],
  });

/** Opens the panel that changes the kept image `name`. */
async function changing(page: Page, name: string) {
  await inLibrary(page, name).click();
  await listed(page);
  await page.getByRole("button", { name: "Change…" }).click();
  const panel = page.getByRole("dialog", { name: `Change ${name}` });
  await panel.getByRole("radiogroup", { name: "What to change" }).waitFor();
  return panel;
}

describe("an image that is changed", () => {
  it("has a stripped secret in no byte of what is saved of it", async () => {
    const visit = await keeping(site, await leaky("app.tar", "app:1"));
    const { page, wrong, shot } = visit;
    const panel = await changing(page, "app:1");
    await panel.getByRole("radio", { name: "Strip paths" }).check();
    await panel.getByLabel("Paths, one a line").fill("/root/.ssh/id_*");
    await panel.getByText("2 entries, 2.15 kB, in 2 layers").waitFor();
    await shot("change-strip");
    await panel.getByRole("button", { name: "Strip", exact: true }).click();
    await panel.getByText("Strip /root/.ssh/id_*").waitFor();
    await panel.getByRole("button", { name: "Show what changes" }).click();
    await panel.getByRole("heading", { name: "What changes" }).waitFor();
    await panel.getByText("2 entries stripped").waitFor();
    expect(
      await panel
        .locator(".plan-layers tbody tr")
        .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-kind"))),
    ).toEqual(["kept", "kept", "kept", "gone", "gone"]);
    expect(await faintTexts(page)).toEqual([]);
    await shot("change-plan");
    await panel.getByLabel("Name", { exact: true }).fill("app:clean");
    await panel.getByRole("button", { name: "Keep", exact: true }).click();
    await page.getByRole("heading", { name: /app:clean/ }).waitFor();
    await listed(page);
    await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }));
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      (async () => {
        await page.getByRole("button", { name: "Save…" }).click();
        await page
          .locator(".panel")
          .getByRole("button", { name: /^Save app/ })
          .click();
      })(),
    ]);
    const saved = await readFile(await download.path());
    expect(saved.length).toBeGreaterThan(300_000);
    expect(saved.includes(SECRET)).toBe(false);
    expect(wrong).toEqual([]);
  });
});
