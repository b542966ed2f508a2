import { describe, it } from "vitest";
import { createMemoryStore } from "../../../core/store/mod.ts";
import { storeContract } from "../../contract/store.ts";

describe("the memory store", () => {
  it.each(storeContract)("$title", async ({ run }) => {
    const store = createMemoryStore({ now: () => 1000 });
    await run({ here: store, there: store });
  });
});
