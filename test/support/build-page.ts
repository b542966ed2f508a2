import { build } from "vite";

/** Builds the page and the server once before the tests that drive them. */
export async function setup(): Promise<void> {
  const before = process.env["VITEST"];
  delete process.env["VITEST"];
  try {
    await build({ logLevel: "warn" });
    await build({ logLevel: "warn", build: { ssr: "edge/node.ts" } });
  } finally {
    if (before !== undefined) process.env["VITEST"] = before;
  }
}
