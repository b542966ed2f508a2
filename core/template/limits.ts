/** What a template may cost; an excess is a CoreError `template/limit`. */
export interface TemplateLimits {
  /** Length of the template's text, in UTF-16 units. */
  readonly text: number;
  /** Blocks and parentheses inside one another, in the text and, through `template`, while it runs. */
  readonly depth: number;
  /** Nodes walked and values visited in one execution. */
  readonly steps: number;
  /** Length of what one execution writes, and of any one string made by it, in UTF-16 units. */
  readonly output: number;
}

/**
 * The defaults. Depth is bounded by the stack of a browser's worker (about 1 MB): one level costs up to six frames. Steps take
 * 0.3 s on Node 20 when they are empty rounds of a range.
 */
export const TEMPLATE_LIMITS: TemplateLimits = {
  text: 1_048_576,
  depth: 200,
  steps: 5_000_000,
  output: 16_777_216,
};
