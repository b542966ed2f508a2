export * from "./read.ts";
export * from "./source.ts";
export { windowed } from "./windowed.ts";
