export * from "./history.ts";
export * from "./images.ts";
export * from "./inspect.ts";
export { formatJson, type Writable } from "./json.ts";
export { formatElapsed } from "./relative-time.ts";
export { formatSize, shortID } from "./units.ts";
export { truncateText } from "./width.ts";
