/** The public surface of the core, in reading order. */
// biome-ignore assist/source/organizeImports: reading order is the point
export * from "./error.ts";
export * from "./bytes/mod.ts";
export * from "./digest/mod.ts";
export * from "./compression/mod.ts";
export * from "./tar/mod.ts";
export * from "./dockerfile/mod.ts";
export * from "./template/mod.ts";
export * from "./oci/mod.ts";
export * from "./tree/mod.ts";
export * from "./store/mod.ts";
export * from "./archive/mod.ts";
export * from "./registry/mod.ts";
export * from "./image/mod.ts";
export * from "./container/mod.ts";
export * from "./edit/mod.ts";
export * from "./build/mod.ts";
export * from "./command/mod.ts";
