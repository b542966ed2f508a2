/** Which file system of a tree is meant. */
export interface View {
  /** The last layer that counts, from 0. */
  readonly upTo: number;
  /** `merged`: the whole file system as of layer `upTo`. `layer`: what that layer alone added, changed and removed, and the directories above. */
  readonly scope: "merged" | "layer";
  /** First of the layers whose changes in all are marked, and are what a layer view shows; default: `upTo` alone. */
  readonly since?: number | undefined;
  /** Whether a merged view also has the paths that layer `upTo` removed; a layer view always does. */
  readonly removed?: boolean | undefined;
}
