import { existsSync } from "node:fs";
import { type BrowserContext, chromium } from "playwright-core";

/** Flags that keep headless Chromium off the network and let it run as root in a container. */
export const CHROMIUM_FLAGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-precise-memory-info",
];

/** The Chromium of the system's packages, or the one that CHROMIUM names. */
export function chromiumPath(): string {
  const path = process.env["CHROMIUM"] ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
  if (path === undefined)
    throw new Error("no Chromium found: install one, or name its executable in CHROMIUM");
  return path;
}

/** Starts Chromium with a profile in `folder`: large Blobs fail in an incognito context, a kept profile takes them. */
export function launchChromium(
  folder: string,
  options: { readonly args?: readonly string[]; readonly viewport?: { width: number; height: number } } = {},
): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(),
    headless: true,
    args: [...CHROMIUM_FLAGS, ...(options.args ?? [])],
    ...(options.viewport === undefined ? {} : { viewport: options.viewport }),
  });
}
