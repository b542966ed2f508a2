import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

/** Process numbers of the browser's renderers; the page's workers live in its renderer. */
async function renderersOf(page: Page): Promise<number[]> {
  const browser = await page.context().browser()?.newBrowserCDPSession();
  if (browser === undefined) return [];
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  await browser.detach();
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

/** Megabytes of the largest of these processes that are its own, not shared with files. */
function ownMemory(processes: readonly number[]): number {
  const sizes = processes.map((id) => {
    try {
      return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return Math.max(0, ...sizes) / 1000;
}

/** Heap of the page's own thread, and what the renderer with its workers has of memory of its own. */
export async function memoryOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const own = ownMemory(await renderersOf(page));
  return `heap of the page ${(usedSize / 1e6).toFixed(1)} MB, renderer ${own.toFixed(0)} MB (RssAnon)`;
}

/** Looks at the renderer's memory ten times a second from now on; gives the most there has been. */
export async function watchMemory(page: Page): Promise<() => number> {
  const processes = await renderersOf(page);
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, ownMemory(processes));
  }, 100);
  timer.unref();
  return () => most;
}
