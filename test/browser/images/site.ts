import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { launchChromium } from "../../support/chromium.ts";
import { serveFolder } from "../../support/serve-folder.ts";
import type { ShelfPage } from "./page.ts";

/** The kept images' page, served over loopback, and a Chromium that keeps its profile. */
export interface ImagesSite {
  readonly profile: string;
  context: BrowserContext;
  /** A new tab; under another host it is another origin, with a store of its own. */
  tab(host?: string): Promise<Page>;
  /** A tab of an origin that has nothing stored. */
  freshTab(): Promise<Page>;
  /** Ends the browser and starts it again with the same profile. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Builds and serves the page, and starts a browser for it. */
export async function openImagesSite(): Promise<ImagesSite> {
  const folder = await mkdtemp(join(tmpdir(), "breakbulk-images-"));
  const built = join(folder, "built");
  await build({
    configFile: false,
    root: resolve("test/browser/images"),
    base: "./",
    logLevel: "warn",
    worker: { format: "es" },
    build: { outDir: built, emptyOutDir: true, target: "es2023", assetsInlineLimit: 0 },
  });
  const server = await serveFolder(built);
  const profile = join(folder, "profile");
  let origins = 0;
  const site: ImagesSite = {
    profile,
    context: await launchChromium(profile),
    async tab(host = "127.0.0.1") {
      const page = await site.context.newPage();
      await page.goto(`http://${host}:${server.port}/`);
      await page.waitForFunction(() => "shelf" in globalThis);
      return page;
    },
    freshTab: () => site.tab(`case${++origins}.localhost`),
    async restart() {
      await site.context.close();
      site.context = await launchChromium(profile);
    },
    async close() {
      await site.context.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return site;
}

declare global {
  interface Window {
    /** What page.ts puts there. */
    shelf: ShelfPage;
  }
}
