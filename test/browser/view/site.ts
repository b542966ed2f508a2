import { mkdirSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, relative, resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { CHROMIUM_FLAGS, chromiumPath } from "../../support/chromium.ts";
import type { Picked } from "./archives.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** The built page behind a loopback server, and a browser to see it with. */
export interface Site {
  readonly url: string;
  /** Opens the page in a context of its own; what goes wrong in it is gathered in `wrong`. */
  readonly visit: (options?: BrowserContextOptions & { readonly hash?: string }) => Promise<Visit>;
  close(): Promise<void>;
}

/** A page that is open. */
export interface Visit {
  readonly page: Page;
  /** Errors of the page and of its console, among them every breach of the content security policy. */
  readonly wrong: readonly string[];
  /** Opens archives by the file chooser. */
  readonly open: (...files: readonly Picked[]) => Promise<void>;
  /** A picture in the folder that SHOTS names; none without it. */
  readonly shot: (name: string) => Promise<void>;
}

async function readFolder(root: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(root, path).replaceAll("\\", "/")}`, await readFile(path));
  }
  return files;
}

/** Serves dist/web and starts Chromium. */
export async function openSite(): Promise<Site> {
  // Held in memory: another build may empty the folder while the tests run.
  const files = await readFolder(resolve("dist/web"));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const bytes = files.get(path === "/" ? "/index.html" : path);
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": TYPES[extname(path) || ".html"] ?? "" }).end(bytes);
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const url = `http://127.0.0.1:${address.port}/`;
  const downloads = await mkdtemp(join(tmpdir(), "breakbulk-view-"));
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...CHROMIUM_FLAGS],
    downloadsPath: downloads,
  });
  return {
    url,
    visit: (options = {}) => visit(browser, url, options),
    async close() {
      await browser.close();
      server.close();
      await rm(downloads, { recursive: true, force: true });
    },
  };
}

async function visit(
  browser: Browser,
  url: string,
  { hash = "", ...options }: BrowserContextOptions & { readonly hash?: string },
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
  });
  await page.goto(url + hash);
  return {
    page,
    wrong,
    async open(...files) {
      const button = page.locator(".target, .bar > .button").first();
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button.click()]);
      await chooser.setFiles([...files]);
    },
    async shot(name) {
      const folder = process.env["SHOTS"];
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
  };
}

/** Waits until all files of the image in sight are listed. */
export async function listed(page: Page): Promise<void> {
  await page.locator("[role=row][aria-level]").first().waitFor();
  await page.waitForFunction(() => document.querySelector(".file-status .in-motion") === null);
}

/** The row of the file list that shows `name`. */
export function rowOf(page: Page, name: string) {
  return page.locator("[role=row][aria-level]").filter({ has: page.getByText(name, { exact: true }) });
}

/** Filters the list by `path`, a whole one, and puts the cursor on it. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.getByRole("searchbox").fill(path);
  await page.getByText("1 match", { exact: true }).waitFor();
  await rowOf(page, path.slice(path.lastIndexOf("/") + 1)).click();
}
