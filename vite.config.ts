import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

// Vitest 5 prints failures with Map.groupBy, which Node 20 lacks; without it a failing run hides what failed.
if (!("groupBy" in Map)) {
  Object.defineProperty(Map, "groupBy", {
    value: <K, V>(items: Iterable<V>, keyOf: (item: V, index: number) => K): Map<K, V[]> => {
      const groups = new Map<K, V[]>();
      let index = 0;
      for (const item of items) {
        const key = keyOf(item, index++);
        groups.set(key, [...(groups.get(key) ?? []), item]);
      }
      return groups;
    },
  });
}

/** Chromium from the operating system's packages; CHROMIUM names another one. */
const chromium =
  process.env["CHROMIUM"] ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

/** Keeps headless Chromium off the network and able to run as root in a container. */
const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** `vite build` makes the page in dist/web, `vite build --ssr edge/node.ts` (or deno.ts, workers.ts) a server in dist/edge. */
export default defineConfig(({ isSsrBuild }) => ({
  root: isSsrBuild || process.env["VITEST"] ? "." : "web",
  base: "./",
  publicDir: isSsrBuild ? false : "public",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  // Each host is one file that runs without node_modules beside it. Not under Vitest: it would take Vite itself in, whose pages then break.
  ...(isSsrBuild === true && { ssr: { noExternal: true as const } }),
  build: {
    target: "es2023",
    outDir: resolve(import.meta.dirname, isSsrBuild ? "dist/edge" : "dist/web"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: ["test/browser/**"],
          testTimeout: 120_000,
          env: { RUNTIME: "node" },
        },
      },
      {
        extends: true,
        test: {
          name: "deno",
          environment: "node",
          include: ["test/core/**/*.test.ts", "test/runtime/**/*.test.ts"],
          // Deno's worker_threads lacks what Vitest's teardown calls; child processes work.
          pool: "forks",
          testTimeout: 120_000,
          env: { RUNTIME: "deno" },
        },
      },
      {
        extends: true,
        test: {
          name: "page",
          environment: "node",
          include: ["test/browser/**/*.test.ts"],
          fileParallelism: false,
          globalSetup: resolve(import.meta.dirname, "test/support/build-page.ts"),
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "chromium",
          env: { RUNTIME: "chromium" },
          include: ["test/core/**/*.test.ts", "test/runtime/**/*.test.ts"],
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(chromium === undefined ? {} : { executablePath: chromium }),
                args: CHROMIUM_FLAGS,
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
}));
