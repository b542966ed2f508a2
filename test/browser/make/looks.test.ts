import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageFile } from "../view/archives.ts";
import { faintTexts } from "../view/contrast.ts";
import { inLibrary, keep } from "../view/kept-page.ts";
import { listed, openSite, type Site } from "../view/site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** Whether anything in the panel is wider than it. */
const overflows = (page: Page) =>
  page.evaluate(() => {
    const body = document.querySelector(".panel-body");
    return body === null || body.scrollWidth > body.clientWidth;
  });

describe.each([
  { look: "dark", options: { colorScheme: "dark", viewport: { width: 390, height: 844 } } },
  { look: "light", options: { colorScheme: "light", viewport: { width: 390, height: 844 } } },
  { look: "wide dark", options: { colorScheme: "dark", viewport: { width: 1440, height: 900 } } },
] as const)("the panels, $look", ({ look, options }) => {
  it("fit their width, and every text in them can be read", async () => {
    const visit = await site.visit(options);
    const { page, wrong, shot } = visit;
    await keep(visit, await imageFile("app.tar", "app:1"));
    const back = page.getByRole("button", { name: "Back" });
    if (await back.isVisible()) await back.click();
    await inLibrary(page, "app:1").click();
    await listed(page);
    await page.getByRole("button", { name: "Change…" }).click();
    const panel = page.locator(".panel");
    for (const kind of ["Settings", "Layers", "Strip paths", "Base", "Format"]) {
      await panel.getByRole("radio", { name: kind, exact: true }).check();
      if (kind === "Strip paths") {
        await panel.getByLabel("Paths, one a line").fill("/srv/many");
        await panel.getByText("400 entries").waitFor();
      }
      expect(await overflows(page), kind).toBe(false);
      expect(await faintTexts(page), kind).toEqual([]);
      await shot(`${look}-${kind}`);
    }
    await panel.getByLabel("Compression of the layers").selectOption("none");
    await panel.getByLabel("Media types").selectOption("docker");
    await panel.getByRole("button", { name: "Show what changes" }).click();
    await panel.getByRole("heading", { name: "What changes" }).waitFor();
    expect(await overflows(page)).toBe(false);
    await shot(`${look}-plan`);
    await page.keyboard.press("Escape");
    if (look.startsWith("wide")) await page.getByRole("button", { name: "Build…" }).click();
    else {
      await page.getByRole("button", { name: "Back" }).click();
      await page.getByRole("button", { name: "Kept images" }).click();
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Build…" }).click();
    }
    await panel.getByRole("textbox", { name: "Text of the Dockerfile" }).waitFor();
    await panel.locator(".build-more > summary").click();
    expect(await overflows(page)).toBe(false);
    expect(await faintTexts(page)).toEqual([]);
    await shot(`${look}-build`);
    expect(wrong).toEqual([]);
  });
});
