import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { rolldown } from "rolldown";
import { launchChromium } from "../../support/chromium.ts";
import type { DraftNote } from "./draft-work.ts";
import type { KillNote } from "./kill-work.ts";
import type { StorePage } from "./page.ts";

/** The test page, served over loopback, and a Chromium that keeps its profile. */
export interface Site {
  readonly address: string;
  readonly profile: string;
  context: BrowserContext;
  /** A new tab with `storePage` in it; under another host it is another origin, with storage of its own. */
  tab(host?: "127.0.0.1" | "localhost"): Promise<Page>;
  /** Ends the browser and starts it again with the same profile. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Bundles and serves the page, and starts a browser for it. */
export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "breakbulk-store-"));
  const bundle = await rolldown({ input: join(import.meta.dirname, "page.ts"), logLevel: "warn" });
  await bundle.write({ file: join(folder, "page.js"), format: "esm", codeSplitting: false });
  await bundle.close();
  const server = createServer((request, response) => {
    void (async () => {
      const script = request.url === "/page.js";
      response.setHeader("content-type", script ? "text/javascript" : "text/html");
      response.end(
        script
          ? await readFile(join(folder, "page.js"))
          : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
      );
    })();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server has no port");
  const address = `http://127.0.0.1:${bound.port}/`;
  const profile = join(folder, "profile");
  const site: Site = {
    address,
    profile,
    context: await launchChromium(profile),
    async tab(host = "127.0.0.1") {
      const page = await site.context.newPage();
      await page.goto(address.replace("127.0.0.1", host));
      await page.waitForFunction(() => "storePage" in globalThis);
      return page;
    },
    async restart() {
      await site.context.close();
      site.context = await launchChromium(profile);
    },
    async close() {
      await site.context.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return site;
}

declare global {
  /** What page.ts puts there. */
  var storePage: StorePage;
  /** Calls the kill test, which runs on Node. */
  var killNote: (note: KillNote) => Promise<void>;
  /** The same of the test of drafts. */
  var draftNote: (note: DraftNote) => Promise<void>;
  /** What a watching page was told. */
  var heard: string[];
}
