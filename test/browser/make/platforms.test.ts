import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageFile } from "../view/archives.ts";
import { inLibrary, keeping } from "../view/kept-page.ts";
import { listed, openSite, type Site } from "../view/site.ts";
import { changing, kept, planned } from "./make-page.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe("platforms", () => {
  it("are joined to one image and taken out of it again", async () => {
    const { page, wrong, shot } = await keeping(site, await imageFile("app.tar", "app:1"));
    const change = await changing(page, "app:1", "Settings");
    await change.getByLabel("Platform").fill("linux/arm64");
    await planned(change);
    await kept(page, change, "app:arm");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Join platforms…" }).click();
    const panel = page.getByRole("dialog", { name: "Platforms of one image" });
    await panel.getByRole("checkbox", { name: /linux\/arm64/ }).waitFor();
    await panel.getByLabel("Add an image").selectOption("app:1");
    await panel.getByRole("checkbox", { name: /linux\/amd64/ }).waitFor();
    await panel.getByLabel("Name", { exact: true }).fill("app:multi");
    await panel.getByText("docker buildx imagetools create -t app:multi app:arm app:1").waitFor();
    expect(await panel.getByRole("button", { name: /^Run/ }).count()).toBe(0);
    await panel.getByLabel("Tool").selectOption("crane");
    await panel.getByText("crane index append -m app:arm -m app:1 -t app:multi").waitFor();
    await shot("index");
    await panel.getByRole("button", { name: "Make it" }).click();
    await page.getByRole("heading", { name: /app:multi/ }).waitFor();
    await listed(page);
    const platforms = page.locator(".image-header .select select");
    await platforms.locator("option").nth(1).waitFor({ state: "attached" });
    expect((await platforms.locator("option").allTextContents()).sort()).toEqual([
      "linux/amd64",
      "linux/arm64",
    ]);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Join platforms…" }).click();
    await panel.getByRole("checkbox", { name: /linux\/amd64/ }).uncheck();
    await panel.getByLabel("Name", { exact: true }).fill("app:one");
    await panel.getByText("crane index filter app:multi --platform linux/arm64 -t app:one").waitFor();
    await panel.getByRole("button", { name: "Make it" }).click();
    await inLibrary(page, "app:one").waitFor();
    expect(wrong).toEqual([]);
  });
});

describe("the merged file system of an image", () => {
  it("is exported as a tar", async () => {
    const { page, wrong, shot } = await keeping(site, await imageFile("app.tar", "app:1"));
    await inLibrary(page, "app:1").click();
    await listed(page);
    await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }));
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Export its files…" }).click();
    const panel = page.getByRole("dialog", { name: "Export the files" });
    const save = panel.getByRole("button", { name: /^Save app_1/ });
    await panel.getByText("docker export -o").waitFor();
    await shot("export");
    const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
    const bytes = await readFile(await download.path());
    expect(bytes.includes("Welcome aboard.")).toBe(true);
    expect(bytes.includes("old = true")).toBe(false);
    expect(wrong).toEqual([]);
  });
});
