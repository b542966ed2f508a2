export { applyChanges, variable } from "./change.ts";
export { namesHost, parsePorts } from "./change-port.ts";
export * from "./change-setting.ts";
export { type EngineConfig, encodeEngineConfig } from "./engine-config.ts";
export { type ImageConfigs, readConfig, readConfigs } from "./facts.ts";
export * from "./history.ts";
export { carriesLabel } from "./label.ts";
export { type LayerChanges, orderedLayer } from "./layer-order.ts";
export * from "./layer-stack.ts";
export * from "./layer-store.ts";
export * from "./list.ts";
export * from "./new-image.ts";
export * from "./parts.ts";
export * from "./path-fields.ts";
export * from "./prune.ts";
export * from "./prune-filter.ts";
export * from "./removal.ts";
export { type RemovalResult, type RemoveOptions, removalFrees, removeImages } from "./remove.ts";
export {
  type ImageSelection,
  type ResolvedImage,
  referencesOf,
  resolveImage,
  selectImages,
} from "./resolve.ts";
export * from "./run-config.ts";
export * from "./settings.ts";
export * from "./size.ts";
export * from "./stored-image.ts";
export * from "./tag.ts";
export * from "./tree-members.ts";
export * from "./users.ts";
export * from "./validate.ts";
