import { resolve } from "node:path";
import { defineConfig } from "vite";

/** `vite build` makes the page in dist/web, `vite build --ssr edge/node.ts` the server in dist/edge. */
export default defineConfig(({ isSsrBuild }) => ({
  root: isSsrBuild ? "." : "web",
  base: "./",
  publicDir: isSsrBuild ? false : "public",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    target: "es2023",
    outDir: resolve(import.meta.dirname, isSsrBuild ? "dist/edge" : "dist/web"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    sourcemap: false,
  },
}));
