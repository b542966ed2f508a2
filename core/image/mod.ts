export * from "./history.ts";
export * from "./parts.ts";
export * from "./resolve.ts";
export * from "./settings.ts";
export * from "./size.ts";
export * from "./validate.ts";
