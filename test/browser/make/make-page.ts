import type { Locator, Page } from "playwright-core";
import { inLibrary } from "../view/kept-page.ts";
import { listed } from "../view/site.ts";

/** Opens the panel that changes the kept image `name`, at one kind of change. */
export async function changing(page: Page, name: string, kind: string): Promise<Locator> {
  await inLibrary(page, name).click();
  await listed(page);
  await page.getByRole("button", { name: "Change…" }).click();
  const panel = page.getByRole("dialog", { name: `Change ${name}` });
  await panel.getByRole("radio", { name: kind, exact: true }).check();
  return panel;
}

/** Lets the changes that wait be made, and waits for what they come to. */
export async function planned(panel: Locator): Promise<void> {
  await panel.getByRole("button", { name: "Show what changes" }).click();
  await panel.getByRole("heading", { name: "What changes" }).waitFor();
}

/** Keeps the plan as `name`, and waits until the image is open. */
export async function kept(page: Page, panel: Locator, name: string): Promise<void> {
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await panel.getByRole("button", { name: "Keep", exact: true }).click();
  await panel.waitFor({ state: "detached" });
  await page.getByRole("heading", { name: new RegExp(name) }).waitFor();
  await listed(page);
}

/** What becomes of each layer in a plan, from the base up. */
export function layerKinds(panel: Locator): Promise<readonly (string | null)[]> {
  return panel
    .locator(".plan-layers tbody tr")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-kind")));
}

/** Replaces the text of the Dockerfile. */
export async function typeDockerfile(page: Page, text: string): Promise<void> {
  const editor = page.getByRole("textbox", { name: "Text of the Dockerfile" });
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}
