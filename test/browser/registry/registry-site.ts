import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { serve } from "@hono/node-server";
import type { BrowserContext, Page } from "playwright-core";
import { MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { createApp } from "../../../edge/app.ts";
import { nodeHost } from "../../../edge/node-host.ts";
import { parsePolicy } from "../../../edge/parse-policy.ts";
import { launchChromium } from "../../support/chromium.ts";
import { FakeRegistry } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";
import { randomBytes } from "../../support/random.ts";
import { renderersOf } from "../../support/renderers.ts";
import { cat, END, member } from "../../support/tar.ts";

/** The built page at its own proxy, which leads to one fake registry, and a Chromium that keeps its profile. */
export interface RegistrySite {
  readonly registry: FakeRegistry;
  readonly url: string;
  context: BrowserContext;
  /** Opens the page; what goes wrong in it is gathered in `wrong`. */
  visit(options?: { readonly hash?: string; readonly fresh?: boolean }): Promise<Visit>;
  /** Ends every tab at once, as when the browser dies. */
  kill(): void;
  restart(): Promise<void>;
  /** Breaks every connection to the proxy, as when it is started again. */
  cut(): void;
  close(): Promise<void>;
}

/** A page that is open. */
export interface Visit {
  readonly page: Page;
  readonly wrong: readonly string[];
}

/** The name that the registry goes by. */
export const REGISTRY = "registry.fake.dev";

/** Serves the built page and its proxy over a fake registry. */
export async function openRegistrySite(): Promise<RegistrySite> {
  const folder = await mkdtemp(join(tmpdir(), "breakbulk-registry-"));
  // Another build may empty the folder while the tests run.
  await cp(resolve("dist/web"), join(folder, "web"), { recursive: true });
  const registry = new FakeRegistry({}, REGISTRY);
  const row = { key: REGISTRY, base: `https://${REGISTRY}`, write: true, insecure: false };
  const policy = parsePolicy({ EDGE_WRITE: "1", EDGE_REGISTRIES: JSON.stringify(["docker.io", row]) });
  const host = nodeHost(policy, join(folder, "web"));
  const app = createApp(policy, {
    ...host,
    fetch: (input, init) => registry.fetch(new Request(input, init)),
    cache: undefined,
    log: () => {},
  });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise<void>((done) => server.once("listening", () => done()));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const { port } = address;
  const profile = join(folder, "profile");
  let origins = 0;
  const site: RegistrySite = {
    registry,
    url: `http://127.0.0.1:${port}/`,
    context: await launchChromium(profile, { viewport: { width: 1440, height: 900 } }),
    async visit({ hash = "", fresh = true } = {}) {
      const page = await site.context.newPage();
      page.setDefaultTimeout(20_000);
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(String(error)));
      page.on("console", (message) => {
        // What a registry refuses is an answer, though the browser calls it an error.
        if (message.type() === "error" && !message.text().includes("Failed to load resource"))
          wrong.push(message.text());
      });
      const name = fresh ? `case${++origins}.localhost` : "127.0.0.1";
      await page.goto(`http://${name}:${port}/${hash}`);
      return { page, wrong };
    },
    kill() {
      for (const pid of renderersOf(profile)) process.kill(pid, "SIGKILL");
    },
    async restart() {
      await site.context.close();
      site.context = await launchChromium(profile, { viewport: { width: 1440, height: 900 } });
    },
    cut() {
      if ("closeAllConnections" in server) server.closeAllConnections();
    },
    async close() {
      await site.context.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return site;
}

/** Puts an image of one platform or several into the registry; its first layer has `size` random bytes. Gives the digest of the root. */
export function putImage(
  registry: FakeRegistry,
  name: string,
  options: {
    readonly tags: readonly string[];
    readonly size?: number;
    readonly platforms?: readonly string[];
  },
): { readonly digest: string; readonly size: number } {
  const { tags, size = 20_000, platforms = ["amd64"] } = options;
  const set = new BlobSet();
  const layers = [
    cat(member({ name: "data.bin" }, randomBytes(size, size + 1)), END),
    cat(member({ name: "motd" }, `hello from ${name}\n`), END),
  ].map((bytes) => set.put(bytes, MEDIA_TYPES.ociLayer));
  const manifests = platforms.map((architecture) => {
    const config = set.json(
      {
        os: "linux",
        architecture,
        created: "2026-05-01T12:00:00Z",
        rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
        history: layers.map((_, at) => ({ created: "2026-05-01T12:00:00Z", created_by: `RUN step ${at}` })),
      },
      MEDIA_TYPES.ociConfig,
    );
    const manifest = set.json(
      { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers },
      MEDIA_TYPES.ociManifest,
    );
    return { ...manifest, platform: { os: "linux", architecture } };
  });
  const [only] = manifests;
  if (only === undefined) throw new RangeError("an image has a platform");
  const root = manifests.length === 1 ? only : set.index(manifests);
  registry.add(name, set, root, ...tags);
  return { digest: root.digest, size: layers.reduce((sum, layer) => sum + layer.size, 0) };
}

/** Types a name into the field and presses Enter. */
export async function pull(page: Page, name: string): Promise<void> {
  const field = page.getByRole("combobox", { name: "Image to pull" });
  await field.fill(name);
  await field.press("Enter");
}

/** Waits until the files of the image in sight are listed, and gives the image's names. */
export async function shown(page: Page): Promise<string> {
  await page.locator("[role=row][aria-level]").first().waitFor();
  return page.locator(".image-header h1").innerText();
}

/** Opens one of the panels that stand behind the arrow of the field. */
export async function openFromField(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: "How to pull" }).click();
  await page.getByRole("button", { name: button }).click();
}
