/** A layer to be made: one file of bytes that are as random as the seed says. */
export interface LayerRecipe {
  readonly path: string;
  readonly bytes: number;
  readonly seed: number;
  readonly gzip?: boolean;
}

/** An image to be made. */
export interface ImageRecipe {
  readonly tags: readonly string[];
  readonly layers: readonly LayerRecipe[];
  readonly created?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

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
