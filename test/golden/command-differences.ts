/** A step that does not print what Docker printed, and why it never will; or one that is not played at all. */
export interface Difference {
  readonly scenario: string;
  /** Numbers of steps, or the words that their command lines begin with. */
  readonly steps: readonly number[] | string;
  readonly reason: string;
  /** It would leave the store other than Docker left it, and steps after it with it. */
  readonly unplayed?: boolean;
}

/** All of them. */
export const DIFFERENCES: readonly Difference[] = [];
