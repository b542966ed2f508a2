export * from "./read.ts";
export * from "./source.ts";
