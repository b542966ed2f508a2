import type { Locator, Page } from "playwright-core";
import type { Picked } from "../view/archives.ts";
import { keep } from "../view/kept-page.ts";
import { rowOf, type Site, type Visit } from "../view/site.ts";

/** A page that keeps an image and has a draft of it open. */
export async function drafting(site: Site, file: Picked): Promise<Visit> {
  const visit = await site.visit();
  await keep(visit, file);
  const { page } = visit;
  await page.locator(".kept-actions").getByRole("button", { name: "Kept" }).click();
  await page.locator(".kept-actions").getByRole("button", { name: "Edit" }).click();
  await page.locator(".draft [role=row][aria-level]").first().waitFor();
  return visit;
}

/** Unfolds a folder by its row. */
export async function unfold(page: Page, name: string): Promise<void> {
  await rowOf(page, name).locator(".twist").click();
}

/** Makes something new in the folder under the cursor. */
export async function make(page: Page, kind: "File…" | "Folder…", name: string): Promise<void> {
  await page.getByRole("toolbar").getByRole("button", { name: "New" }).click();
  await page.getByRole("menuitem", { name: kind }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.keyboard.press("Enter");
}

/** A button of the tools above the files. */
export function tool(page: Page, name: string): Locator {
  return page.getByRole("toolbar").getByRole("button", { name });
}

/** The lines of the list of changes: `A /etc/x`. */
export function changedPaths(page: Page): Promise<readonly string[]> {
  return page
    .locator(".changes-pane li")
    .evaluateAll((lines) =>
      lines.map((line) =>
        [".mark", ".change-path"].map((part) => line.querySelector(part)?.textContent).join(" "),
      ),
    );
}

/** Waits until the list of changes is this. */
export async function changed(page: Page, wanted: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (text) =>
      [...document.querySelectorAll(".changes-pane li")]
        .map(
          (line) =>
            `${line.querySelector(".mark")?.textContent} ${line.querySelector(".change-path")?.textContent}`,
        )
        .join("\n") === text,
    wanted.join("\n"),
  );
}
