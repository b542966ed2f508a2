import type { Page } from "playwright-core";
import type { Picked } from "./archives.ts";
import { listed, type Site, type Visit } from "./site.ts";

/** Opens `file` and keeps it; waits until it is in the library. */
export async function keep(visit: Visit, file: Picked): Promise<void> {
  const { page } = visit;
  await visit.open(file);
  await listed(page);
  await page
    .locator(".kept-actions")
    .getByRole("button", { name: `Keep ${file.name}` })
    .click();
  await page.locator(".kept-actions").getByRole("button", { name: "Kept" }).waitFor();
}

/** A page that keeps `files`, with the list of kept images in sight. */
export async function keeping(site: Site, ...files: readonly Picked[]): Promise<Visit> {
  const visit = await site.visit();
  for (const file of files) await keep(visit, file);
  await visit.page.getByRole("button", { name: "Kept images" }).click();
  await visit.page.getByRole("grid").waitFor();
  return visit;
}

/** The entry of the library for a name of a kept image. */
export function inLibrary(page: Page, name: string) {
  return page.locator(".repositories").getByTitle(name, { exact: true });
}

/** The line of the list that shows a name in two parts. */
export function lineOf(page: Page, repository: string, tag: string) {
  return page
    .locator(".kept-rows [role=row]")
    .filter({ has: page.getByRole("button", { name: repository, exact: true }) })
    .filter({ has: page.locator(".kept-tag-cell").getByText(tag, { exact: true }) });
}

/** Repositories and tags as the list has them, from the top. */
export function lines(page: Page): Promise<readonly string[]> {
  return page
    .locator(".kept-rows [role=row]")
    .evaluateAll((rows) =>
      rows.map((row) =>
        [".kept-repository .link", ".kept-tag-cell"]
          .map((part) => row.querySelector(part)?.textContent)
          .join(":"),
      ),
    );
}
