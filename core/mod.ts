/** The public surface of the core, in reading order. */

export * from "./bytes/mod.ts";
export * from "./error.ts";
