export { type ComposedImage, composeDockerArchive } from "./compose.ts";
export { legacyConfig } from "./legacy-config.ts";
export { ARCHIVE_LIMITS, type ArchiveLimits } from "./limits.ts";
export { openArchive } from "./open.ts";
export type { OpenArchiveOptions, OpenProgress } from "./options.ts";
export { errorOf } from "./problem.ts";
export type * from "./types.ts";
export { type LayerVerdict, verifyLayer } from "./verify.ts";
