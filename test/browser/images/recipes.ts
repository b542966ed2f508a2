import type { ImageRecipe } from "./page.ts";

/** An image of two layers, one of them compressed. */
export const ONE: ImageRecipe = {
  tags: ["app:1"],
  created: "2026-01-01T00:00:00Z",
  layers: [
    { path: "base", bytes: 300_000, seed: 1 },
    { path: "top", bytes: 200_000, seed: 2, gzip: true },
  ],
};

/** A younger one on the same base. */
export const TWO: ImageRecipe = {
  tags: ["app:2", "other:1"],
  created: "2026-01-02T00:00:00Z",
  labels: { keep: "yes" },
  layers: [
    { path: "base", bytes: 300_000, seed: 1 },
    { path: "new", bytes: 100_000, seed: 3 },
  ],
};
