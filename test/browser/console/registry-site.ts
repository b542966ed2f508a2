import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { serve } from "@hono/node-server";
import { type Browser, chromium, type Page } from "playwright-core";
import { createApp } from "../../../edge/app.ts";
import { DEFAULT_POLICY } from "../../../edge/policy.ts";
import { CHROMIUM_FLAGS, chromiumPath } from "../../support/chromium.ts";
import type { FakeRegistry } from "../../support/fake-registry.ts";
import { fakeNetwork, fakeRow } from "../../support/fake-upstream.ts";
import { nativeHasher } from "../../support/native-hash.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** The built page beside its proxy, which leads to registries in memory, and a browser to see it with. */
export interface RegistrySite {
  visit(): Promise<{ readonly page: Page; readonly wrong: readonly string[] }>;
  close(): Promise<void>;
}

/** Serves dist/web and the proxy on one port of the loopback interface, as `npm start` does; `registries` by their names. */
export async function openRegistrySite(
  registries: Readonly<Record<string, FakeRegistry>>,
): Promise<RegistrySite> {
  const servers = Object.fromEntries(
    Object.entries(registries).map(([name, registry]) => [
      name,
      (request: Request) => registry.fetch(request),
    ]),
  );
  const app = createApp(
    {
      ...DEFAULT_POLICY,
      mode: "passthrough",
      public: true,
      write: true,
      default: undefined,
      registries: Object.keys(registries).map((name) => fakeRow(name, { token: "auto", search: "catalog" })),
    },
    {
      fetch: fakeNetwork(servers).fetch,
      async page(path) {
        const body = await readFile(resolve("dist/web", `.${path}`)).catch(() => undefined);
        return body && { body: new Uint8Array(body), type: TYPES[extname(path)] ?? "" };
      },
      peer: () => "127.0.0.1",
      cache: undefined,
      fixedLength: undefined,
      isolated: false,
      newHasher: nativeHasher,
      nowMs: Date.now,
      log: () => {},
      later: () => {},
    },
  );
  const port = await new Promise<number>((done) => {
    server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, (address) => done(address.port));
  });
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...CHROMIUM_FLAGS],
  });
  return {
    async visit() {
      const context = await browser.newContext({ viewport: { width: 1440, height: 1200 } });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(String(error)));
      await page.goto(`http://127.0.0.1:${port}/`);
      return { page, wrong };
    },
    async close() {
      await browser.close();
      server?.close();
    },
  };
}

let server: ReturnType<typeof serve> | undefined;
