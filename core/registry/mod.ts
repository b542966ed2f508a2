export type { BlobReadOptions } from "./blob-stream.ts";
export * from "./challenge.ts";
export * from "./clock.ts";
export * from "./credentials.ts";
export { DOCKER_HUB, directEndpoint, type Endpoint, proxyEndpoint } from "./endpoint.ts";
export type { Fetch } from "./fetch.ts";
export { type CompressLayer, gzipLayer } from "./gzip-layer.ts";
export * from "./limits.ts";
export { type CosignTags, cosignTags } from "./list.ts";
export * from "./login.ts";
export type { PutManifest, ReceivedManifest } from "./manifest.ts";
export * from "./pull.ts";
export * from "./pull-event.ts";
export * from "./push.ts";
export * from "./push-event.ts";
export { type PushOptions, type PushPart, type PushPlan, planPush } from "./push-plan.ts";
export { openRegistry, type Registry, type RegistryOptions } from "./registry.ts";
export {
  DEFAULT_PLATFORM,
  layerSource,
  openRemoteImage,
  type RemoteImage,
  type RemoteImageOptions,
  type RemoteVariant,
} from "./remote-image.ts";
export type { Repository, UploadOptions } from "./repository.ts";
export * from "./scope.ts";
export { type FoundRepository, type SearchOptions, searchRepositories, searchTerm } from "./search.ts";
export { type ListedLayer, listStargz } from "./stargz.ts";
export type { Wait } from "./transport.ts";
export * from "./wording.ts";
