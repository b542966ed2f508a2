import type { Page } from "playwright-core";
import { openEnginePage } from "../browser/engine/serve.ts";
import { gzipArchive, largeArchive } from "./archives.ts";
import { memoryOf, watchMemory } from "./memory.ts";

/** Prints what the engine reaches in Chromium without the view: a 2 GB archive with 200,000 files, and a gzip layer of 1 GB. */
export async function benchEngine(): Promise<void> {
  const large = await largeArchive();
  const gzip = await gzipArchive();
  const engine = await openEnginePage();
  const { page } = engine;
  try {
    console.log("\nThe engine in Chromium");
    await reportLarge(page, large);
    if (gzip !== undefined) await reportGzip(page, gzip);
  } finally {
    await engine.close();
  }
}

async function reportLarge(page: Page, path: string): Promise<void> {
  const peak = await watchMemory(page);
  await page.setInputFiles("input", path);
  const times = await page.evaluate(async () => {
    const start = performance.now();
    const since = (): number => Math.round(performance.now() - start);
    const tasks: number[] = [];
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: "longtask",
    });
    const watched = window.hold.watch(window.hold.files()[0]);
    await watched.until(({ type }) => type === "opened");
    const opened = since();
    await watched.until((event) => event.type === "tree" && event.complete);
    const tree = since();
    const { archive } = watched;
    const spec = {
      image: 0,
      upTo: 2,
      scope: "merged",
      sort: "name",
      descending: false,
      filter: "",
      changedOnly: false,
      showRemoved: false,
    } as const;
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const before = performance.now();
      await work();
      return Math.round((performance.now() - before) * 10) / 10;
    };
    const first = await archive.view(spec);
    const { view } = first;
    const busy = {
      "unfold all": await timed(() => archive.fold(view, 0, { expanded: true, deep: true })),
      "100 rows in the middle": await timed(() => archive.rows(view, 100_000, 100_100)),
    };
    await watched.settled();
    const verified = since();
    const idle = {
      "sort by size": await timed(() => archive.change(view, { ...spec, sort: "size", descending: true })),
      "filter *77.txt": await timed(() => archive.change(view, { ...spec, filter: "*77.txt" })),
      "filter /file-1.*9/": await timed(() => archive.change(view, { ...spec, filter: "/file-1.*9/" })),
      "no filter": await timed(() => archive.change(view, spec)),
      "100 rows at the end": await timed(() => archive.rows(view, 199_900, 200_000)),
      usage: await timed(() => archive.usage(0)),
    };
    window.kept = watched;
    return { opened, tree, verified, entries: first.entries, busy, idle, longest: Math.max(0, ...tasks) };
  });
  console.log(
    `  2 GB, ${times.entries} entries: layers after ${times.opened} ms, whole tree ${times.tree} ms, verified ${times.verified} ms`,
  );
  console.log(`  while verifying: ${shown(times.busy)}`);
  console.log(`  afterwards: ${shown(times.idle)}`);
  console.log(
    `  longest task of the page ${times.longest} ms; ${await memoryOf(page)}, peak ${peak().toFixed(0)} MB`,
  );
  await page.evaluate(() => window.kept?.archive.close());
}

async function reportGzip(page: Page, path: string): Promise<void> {
  const peak = await watchMemory(page);
  await page.setInputFiles("input", path);
  const found = await page.evaluate(async () => {
    const start = performance.now();
    const watched = window.hold.watch(window.hold.files()[0]);
    await watched.settled();
    const scanned = performance.now() - start;
    const { archive } = watched;
    const paths = ["file-59999.txt", "file-30000.txt", "file-0.txt"];
    const reads: string[] = [];
    const spec = {
      image: 0,
      upTo: 0,
      scope: "merged",
      sort: "name",
      descending: false,
      changedOnly: false,
      showRemoved: false,
    } as const;
    for (const filter of paths) {
      const { view, rows } = await archive.view({ ...spec, filter });
      const list = await archive.rows(view, 0, rows);
      const { node } = list.find(({ match }) => match)!;
      const before = performance.now();
      const slice = await archive.read({ image: 0, node, layer: 0 }, { from: 0, to: 1e6 });
      const wall = performance.now() - before;
      reads.push(
        `${filter} ${slice.size} bytes: ${wall.toFixed(1)} ms, ${slice.read} bytes read, ${slice.inflated} inflated`,
      );
    }
    window.kept = watched;
    return { scanned, reads };
  });
  console.log(`  gzip layer of 1 GB: verified and indexed after ${Math.round(found.scanned)} ms`);
  for (const read of found.reads) console.log(`    ${read}`);
  console.log(`  ${await memoryOf(page)}, peak ${peak().toFixed(0)} MB`);
  await page.evaluate(() => window.kept?.archive.close());
}

const shown = (times: Readonly<Record<string, number>>): string =>
  Object.entries(times)
    .map(([what, ms]) => `${what} ${ms} ms`)
    .join(", ");

declare global {
  interface Window {
    /** An archive kept open while memory is measured. */
    kept?: { readonly archive: { close(): void } };
  }
}
