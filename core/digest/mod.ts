export * from "./chain.ts";
export * from "./digest.ts";
export * from "./hasher.ts";
export { newSha256 } from "./sha256.ts";
export * from "./verify.ts";
