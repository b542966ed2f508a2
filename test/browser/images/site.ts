import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { launchChromium } from "../../support/chromium.ts";
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

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

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
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "");
    readFile(join(built, path)).then(
      (bytes) => response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "" }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const profile = join(folder, "profile");
  let origins = 0;
  const site: ImagesSite = {
    profile,
    context: await launchChromium(profile),
    async tab(host = "127.0.0.1") {
      const page = await site.context.newPage();
      await page.goto(`http://${host}:${port}/`);
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
