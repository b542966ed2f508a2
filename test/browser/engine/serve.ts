import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { launchChromium } from "../../support/chromium.ts";
import { serveFolder } from "../../support/serve-folder.ts";
import type { Handle } from "./page.ts";

/** The engine's page, open in Chromium. */
export interface EnginePage {
  readonly page: Page;
  close(): Promise<void>;
}

/** Builds the engine's page, serves it and opens it in Chromium, or in what `launch` starts. */
export async function openEnginePage(
  launch: (profile: string) => Promise<BrowserContext> = launchChromium,
): Promise<EnginePage> {
  const folder = await mkdtemp(join(tmpdir(), "breakbulk-engine-"));
  const built = join(folder, "built");
  await build({
    configFile: false,
    root: resolve("test/browser/engine"),
    base: "./",
    logLevel: "warn",
    worker: { format: "es" },
    build: { outDir: built, emptyOutDir: true, target: "es2023", assetsInlineLimit: 0 },
  });
  const server = await serveFolder(built);
  const context = await launch(join(folder, "profile"));
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await page.waitForFunction(() => "hold" in globalThis);
  return {
    page,
    async close() {
      await context.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

declare global {
  interface Window {
    /** What page.ts puts there. */
    hold: Handle;
  }
}
