export { compositionSource } from "../tar/mod.ts";
