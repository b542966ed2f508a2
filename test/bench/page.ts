import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { launchChromium } from "../support/chromium.ts";
import { serveFolder } from "../support/serve-folder.ts";
import { largeArchive } from "./archives.ts";
import { benchEngine } from "./engine.ts";
import { memoryOf, watchMemory } from "./memory.ts";

/** Prints what the built page reaches in Chromium with an archive of 2 GB and 200,000 files; then the engine alone. */
export async function benchPage(): Promise<void> {
  const path = await largeArchive();
  await build({ logLevel: "warn" });
  const built = resolve("dist/web");
  const server = await serveFolder(built);
  const folder = await mkdtemp(join(tmpdir(), "breakbulk-page-"));
  const context = await launchChromium(folder, { viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await reportPage(page, path);
  } finally {
    await context.close();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
  await benchEngine();
}

async function reportPage(page: Page, path: string): Promise<void> {
  const peak = await watchMemory(page);
  const target = page.locator(".target");
  await target.waitFor();
  const waiting = page.waitForEvent("filechooser");
  await target.click();
  const chooser = await waiting;
  await page.evaluate(installClock);
  await chooser.setFiles(path);
  await page.waitForFunction(() => "verified" in window.times, undefined, { timeout: 60_000 });
  const times = await page.evaluate(() => window.times);
  console.log("\nThe page in Chromium, 2 GB with 200,000 files (from the moment the file is chosen)");
  console.log(
    `  layers on screen ${times.layers} ms, first rows ${times.rows} ms, tree complete ${times.tree} ms, verified ${times.verified} ms`,
  );
  console.log(`  longest task while opening ${times.longest} ms`);
  for (const filter of ["file-1", "*77.txt", "/file-1.*9/", ".txt"]) {
    console.log(
      `  filter ${filter}: ${await page.evaluate(filterFor, filter)} ms until its matches are counted`,
    );
  }
  const frames = await page.evaluate(scroll);
  console.log(
    `  scrolling 200,000 rows for 3 s: ${frames.count} frames, median ${frames.median} ms, 95th ${frames.late} ms, worst ${frames.worst} ms`,
  );
  console.log(`  longest task of all ${await page.evaluate(() => window.times.longest)} ms`);
  console.log(`  ${await memoryOf(page)}; peak of the renderer ${peak().toFixed(0)} MB`);
}

/** Notes when things appear, seen from the page; runs there. */
function installClock(): void {
  const times: Times = { longest: 0 };
  window.times = times;
  const start = performance.now();
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries())
      times.longest = Math.max(times.longest, Math.round(duration));
  }).observe({ type: "longtask" });
  const look = (): void => {
    const since = Math.round(performance.now() - start);
    const find = (selector: string): Element | null => document.querySelector(selector);
    if (find(".layer-entry") !== null) times.layers ??= since;
    if (find(".tree-body [role=row]:not(.row-skeleton)") !== null) times.rows ??= since;
    const whole = find(".file-status") !== null && find(".file-status .in-motion") === null;
    if (times.rows !== undefined && whole) times.tree ??= since;
    const checks = document.querySelectorAll(".layer-entry .verdict-verified");
    const entries = document.querySelectorAll(".layer-entry").length;
    if (times.tree !== undefined && entries > 0 && checks.length === entries) times.verified ??= since;
  };
  const frame = (): void => {
    look();
    requestAnimationFrame(frame);
  };
  frame();
}

/** Types a filter and gives the milliseconds until the number of matches has changed; runs in the page. */
async function filterFor(text: string): Promise<number> {
  const field = document.querySelector<HTMLInputElement>('.filter input[type="search"]');
  const status = document.querySelector(".file-status");
  if (field === null || status === null) throw new Error("no filter field");
  const before = status.textContent;
  const start = performance.now();
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  while (status.textContent === before && performance.now() - start < 10_000) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return Math.round(performance.now() - start);
}

/** Scrolls the list from top to bottom, a bit each frame; runs in the page. */
async function scroll(): Promise<{ count: number; median: number; late: number; worst: number }> {
  const box = document.querySelector(".tree");
  if (box === null) throw new Error("no list");
  const frames: number[] = [];
  const start = performance.now();
  let last = start;
  while (last - start < 3000) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const now = performance.now();
    frames.push(now - last);
    last = now;
    box.scrollTop = ((box.scrollHeight - box.clientHeight) * (now - start)) / 3000;
  }
  frames.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((frames[Math.floor((frames.length - 1) * share)] ?? 0) * 10) / 10;
  return { count: frames.length, median: at(0.5), late: at(0.95), worst: at(1) };
}

/** Milliseconds from the choice of the file to what can be seen. */
interface Times {
  layers?: number;
  rows?: number;
  tree?: number;
  verified?: number;
  longest: number;
}

declare global {
  interface Window {
    times: Times;
  }
}
