import { expect, it } from "vitest";
import { newSha256 } from "../../../core/digest/mod.ts";
import { createMemoryStore } from "../../../core/store/mod.ts";
import { rememberingStore } from "../../../web/worker/console-store.ts";
import { BlobSet } from "../../support/images.ts";

it("a store that remembers reads a document once, and a large blob each time", async () => {
  const set = new BlobSet();
  const document = set.json({ a: 1 }, "application/json");
  const layer = set.layer(100_000, 3);
  const store = createMemoryStore({ newHasher: newSha256, now: () => 0 });
  await set.into(store);
  const asked: string[] = [];
  const blob = store.blob.bind(store);
  store.blob = (ref, how) => {
    asked.push(ref.digest);
    return blob(ref, how);
  };
  const remembering = rememberingStore(store);
  const text = async (): Promise<string | undefined> => {
    const source = await remembering.blob(document);
    return source && new TextDecoder().decode(await source.arrayBuffer());
  };
  expect(await text()).toBe('{"a":1}');
  expect(await text()).toBe('{"a":1}');
  await remembering.blob(layer);
  expect((await remembering.blob(layer))?.size).toBe(100_000);
  expect(asked).toEqual([document.digest, layer.digest, layer.digest]);
  await remembering.remove([document.digest]);
  expect(await text()).toBeUndefined();
  expect(await remembering.blob({ digest: `sha256:${"0".repeat(64)}` })).toBeUndefined();
});
