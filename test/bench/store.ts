import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { type ImagesSite, openImagesSite } from "../browser/images/site.ts";
import { processesOf } from "../support/renderers.ts";
import { gzipArchive, largeArchive } from "./archives.ts";
import { memoryOf } from "./memory.ts";

/**
 * Prints what the kept images reach in Chromium: loading into IndexedDB beside `skopeo copy` of the same archive (and `docker load`, where
 * DOCKER_HOST names an engine), saving an image of gigabytes, and opening a store with 500 images.
 */
export async function benchStore(): Promise<void> {
  console.log("\nThe store in Chromium");
  const gzip = await gzipArchive();
  for (const path of [await largeArchive(), ...(gzip === undefined ? [] : [gzip])]) await reportLoad(path);
  await reportMany(500);
}

async function reportLoad(path: string): Promise<void> {
  const size = statSync(path).size;
  const site = await openImagesSite();
  try {
    const page = await site.tab();
    await page.setInputFiles("input", path);
    // Starts what is started once, before the clock does.
    await page.evaluate(() => window.shelf.until(() => true));
    const peak = watchAll(site);
    const found = await page.evaluate(async () => {
      const tasks: number[] = [];
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({
        type: "longtask",
      });
      const start = performance.now();
      const { outcome } = await window.shelf.load(window.shelf.files()[0]);
      const loaded = performance.now() - start;
      const again = performance.now();
      await window.shelf.load(window.shelf.files()[0]);
      return {
        ms: loaded,
        againMs: performance.now() - again,
        moved: outcome.moved,
        longest: Math.max(0, ...tasks),
      };
    });
    const memory = peak();
    console.log(`  ${path.split("/").at(-1)}, ${(size / 1e6).toFixed(0)} MB`);
    line("load into IndexedDB, digests, tables", found.ms, size);
    console.log(
      `    ${(found.moved / 1e6).toFixed(0)} MB stored; the same again ${found.againMs.toFixed(0)} ms; longest task of the page ${found.longest.toFixed(0)} ms; ` +
        memory,
    );
    peers(path, size, found.ms);
    await reportSave(page);
    await reportOpen(page);
  } finally {
    await site.close();
  }
}

function line(what: string, ms: number, size: number, base?: number): void {
  const ratio = base === undefined ? "" : `${(base / ms).toFixed(2)} × (ours : theirs)`;
  const speed = (size / 1e3 / ms).toFixed(0);
  console.log(`    ${what.padEnd(40)} ${ms.toFixed(0).padStart(7)} ms ${speed.padStart(6)} MB/s ${ratio}`);
}

/** Others on the same archive, right after. */
function peers(path: string, size: number, ours: number): void {
  const timed = (label: string, program: string, args: readonly string[]): void => {
    try {
      const start = performance.now();
      execFileSync(program, args, { stdio: "ignore" });
      line(label, performance.now() - start, size, ours);
    } catch (error) {
      console.log(
        `    ${label}: skipped (${error instanceof Error ? error.message.split("\n")[0] : "failed"})`,
      );
    }
  };
  const folder = join(tmpdir(), `breakbulk-bench-${process.pid}`);
  timed("skopeo copy to dir:", "skopeo", [
    "--insecure-policy",
    "copy",
    "--quiet",
    `docker-archive:${path}`,
    `dir:${folder}`,
  ]);
  execFileSync("rm", ["-rf", folder]);
  if (process.env["DOCKER_HOST"] === undefined)
    console.log("    docker load: skipped, DOCKER_HOST names no engine");
  else timed("docker load", "docker", ["load", "--quiet", "--input", path]);
}

async function reportSave(page: Page): Promise<void> {
  const before = await memoryOf(page);
  const found = await page.evaluate(async () => {
    const { images } = await window.shelf.until(({ images }) => images.length > 0);
    const shown: string[] = [];
    for (const layout of ["docker", "oci", "docker-classic"] as const) {
      const start = performance.now();
      const saved = await window.shelf.images.save([images[0].id], { layout, platforms: "all" });
      const kind = saved.blob === undefined ? "as a feed" : "as a Blob";
      shown.push(
        `${layout} ${(saved.size / 1e6).toFixed(0)} MB ${kind} in ${(performance.now() - start).toFixed(0)} ms`,
      );
    }
    return shown;
  });
  console.log(`    save: ${found.join(", ")}`);
  console.log(`    before: ${before}; after: ${await memoryOf(page)}`);
}

async function reportOpen(page: Page): Promise<void> {
  const ms = await page.evaluate(async () => {
    const { images } = await window.shelf.until(() => true);
    const start = performance.now();
    const { archive } = await window.shelf.opened((listen) =>
      window.shelf.images.open(images[0].id, {}, listen),
    );
    const took = performance.now() - start;
    archive.close();
    return took;
  });
  console.log(`    open the kept image: whole tree after ${ms.toFixed(0)} ms`);
}

async function reportMany(many: number): Promise<void> {
  const site = await openImagesSite();
  try {
    const page = await site.tab();
    const loaded = await page.evaluate(async (count) => {
      const file = await window.shelf.archive(
        Array.from({ length: count }, (_, at) => ({
          tags: [`repository-${at % 50}:${at}`],
          created: new Date(1_700_000_000_000 + at * 1000).toISOString(),
          layers: [0, 1, 2, 3].map((layer) => ({
            path: `file-${layer}`,
            bytes: 2000,
            seed: layer === 0 ? at % 10 : at * 10 + layer,
          })),
        })),
      );
      const start = performance.now();
      await window.shelf.load(file);
      return performance.now() - start;
    }, many);
    await page.reload();
    await page.waitForFunction(() => "shelf" in globalThis);
    const found = await page.evaluate(async () => {
      const start = performance.now();
      const { images } = await window.shelf.until(() => true);
      const first = performance.now() - start;
      const tagging = performance.now();
      await window.shelf.images.tag(images[7].id, "new:name");
      const tagged = performance.now() - tagging;
      await window.shelf.until((state) => state.images[7].tags.includes("new:name"));
      const shown = performance.now() - tagging;
      const previewing = performance.now();
      await window.shelf.images.previewRemove({ refs: [images[8].tags[0]] });
      return { first, tagged, shown, preview: performance.now() - previewing, images: images.length };
    });
    console.log(
      `  ${found.images} images of 4 layers: loaded in ${loaded.toFixed(0)} ms; listed ${found.first.toFixed(0)} ms after the store is asked for; ` +
        `tagged in ${found.tagged.toFixed(0)} ms, shown after ${found.shown.toFixed(0)} ms; removal previewed in ${found.preview.toFixed(0)} ms`,
    );
  } finally {
    await site.close();
  }
}

/** Looks ten times a second at what all processes of the browser have of memory of their own; gives the most, beside what there was. */
function watchAll(site: ImagesSite): () => string {
  const now = (): { all: number; renderers: number } => {
    let [all, renderers] = [0, 0];
    for (const { pid, command } of processesOf(site.profile)) {
      const own = ownMemory(pid);
      all += own;
      if (command.includes("--type=renderer")) renderers = Math.max(renderers, own);
    }
    return { all, renderers };
  };
  const before = now();
  let most = before;
  const timer = setInterval(() => {
    const { all, renderers } = now();
    most = { all: Math.max(most.all, all), renderers: Math.max(most.renderers, renderers) };
  }, 100);
  return () => {
    clearInterval(timer);
    const shown = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
    return `peak renderer ${shown(most.renderers)} (${shown(before.renderers)} before), whole browser ${shown(most.all)} (${shown(before.all)} before)`;
  };
}

function ownMemory(pid: number): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
