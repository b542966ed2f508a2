/** What every local store must do: see core/store/RULES.md. Runs without a test framework, so that a page can run it on its own database. */
import { blobCases } from "./store-blobs.ts";
import type { StoreCase } from "./store-case.ts";
import { sweepCases } from "./store-sweep.ts";
import { tableCases } from "./store-table.ts";

/** All of its cases. */
export const storeContract: readonly StoreCase[] = [...blobCases, ...tableCases, ...sweepCases];
