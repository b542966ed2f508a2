/** How an archive is written. */
export type SaveLayout = "docker" | "docker-classic" | "oci";

/** What a layout keeps, and who takes it: facts for people to choose by. */
export interface LayoutFacts {
  readonly layout: SaveLayout;
}

/** facts */
export const SAVE_LAYOUTS: readonly LayoutFacts[] = [];
