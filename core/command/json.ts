export { formatJson, type Writable } from "../oci/mod.ts";
