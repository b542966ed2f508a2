export * from "./challenge.ts";
export * from "./scope.ts";
