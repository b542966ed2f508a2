export { buildImage } from "./build.ts";
export { type BuildContext, type ContextEntry, contextFromTar, contextOf } from "./context.ts";
export { type Glob, matchGlob, parseGlob } from "./glob.ts";
export { BUILD_LIMITS, type BuildLimits } from "./limits.ts";
export { formatWarning } from "./lint.ts";
export {
  type BuildCache,
  type BuildEvent,
  type BuildOptions,
  type BuildStep,
  type BuiltImage,
  type CachedLayer,
  createBuildCache,
} from "./options.ts";
export { type DockerfileOutline, outlineDockerfile } from "./outline.ts";
export { type BuildPlatformsOptions, type BuiltPlatforms, buildPlatforms } from "./platforms.ts";
