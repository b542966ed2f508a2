import type { Page } from "playwright-core";

/** Opens the console, and waits for its prompt. */
export async function openConsole(page: Page): Promise<void> {
  await page
    .getByRole("banner")
    .getByRole("button", { name: /^(?:Console|控制台)$/ })
    .click();
  await page.locator(".console .xterm-helper-textarea").waitFor({ state: "attached" });
  await atPrompt(page);
}

/** What the rows in sight say, those below the last one that says something left out. */
export async function rows(page: Page): Promise<readonly string[]> {
  const all = await page
    .locator(".console .xterm-rows > div")
    .evaluateAll((divs) => divs.map((div) => (div.textContent ?? "").replaceAll("\u00a0", " ").trimEnd()));
  const last = all.findLastIndex((row) => row !== "");
  return all.slice(0, last + 1);
}

/** Waits until the last row is a prompt with nothing behind it. */
export async function atPrompt(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const all = [...document.querySelectorAll(".console .xterm-rows > div")];
    const texts = all.map((div) => (div.textContent ?? "").replaceAll("\u00a0", " ").trimEnd());
    return texts.findLast((text) => text !== "") === "$";
  });
}

/** Types a line, runs it, and gives what it printed, as far as it is in sight. */
export async function runLine(page: Page, line: string): Promise<readonly string[]> {
  await enter(page, line);
  await atPrompt(page);
  return printedBy(page, line);
}

/** Types a line and runs it, without waiting for its end. */
export async function enter(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line);
  await promptIs(page, `$ ${line}`);
  await page.keyboard.press("Enter");
}

/** What stands between the last prompt with `line` and the one after it. */
export async function printedBy(page: Page, line: string): Promise<readonly string[]> {
  const all = await rows(page);
  const from = all.findLastIndex((row) => row === `$ ${line}`);
  return all.slice(from + 1, -1);
}

/** Waits until the prompt holds `line`. */
export async function promptIs(page: Page, line: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const all = [...document.querySelectorAll(".console .xterm-rows > div")];
    const texts = all.map((div) => (div.textContent ?? "").replaceAll("\u00a0", " ").trimEnd());
    return texts.findLast((text) => text !== "") === expected;
  }, line);
}
