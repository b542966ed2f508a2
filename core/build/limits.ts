/** What a build puts up with. */
export interface BuildLimits {
  /** Entries of a context, of a base image, or of what one instruction copies. */
  readonly entries: number;
  /** Directories above an entry. */
  readonly depth: number;
  /** Stages of a Dockerfile, ONBUILDs of one image, layers of the result. */
  readonly stages: number;
  readonly triggers: number;
  readonly layers: number;
  /** Bytes of the Dockerfile, of a list of ignored paths, of a list of users. */
  readonly text: number;
  /** Bytes of what is fetched from a URL. */
  readonly download: number;
  /** Bytes that an archive of ADD, or a context, may decompress to. */
  readonly unpacked: number;
}

/** The defaults. */
export const BUILD_LIMITS: BuildLimits = {
  entries: 5_000_000,
  depth: 2048,
  stages: 1000,
  triggers: 1000,
  layers: 1000,
  text: 16_777_216,
  download: 17_179_869_184,
  unpacked: 274_877_906_944,
};
