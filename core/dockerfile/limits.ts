/** What reading a Dockerfile puts up with. */
export const DOCKERFILE_LIMITS = {
  /** Bytes of a line: BuildKit's own limit. */
  line: 65_535,
  /** Characters of a whole file. */
  text: 16_777_216,
  /** Characters that substitution makes of one word: doubling a variable line by line soon makes gigabytes. */
  expanded: 4_194_304,
  /** Substitutions inside each other. */
  depth: 100,
  /** Comparisons that matching one pattern may take. */
  steps: 50_000_000,
} as const;
