import { describe, expect, it } from "vitest";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { openRegistry } from "../../../core/registry/mod.ts";
import { createMemoryStore } from "../../../core/store/mod.ts";
import type { ArchiveEvent } from "../../../web/model/engine.ts";
import type { Crew, Job } from "../../../web/worker/crew.ts";
import { Hold } from "../../../web/worker/hold.ts";
import { JOBS } from "../../../web/worker/jobs.ts";
import { remoteArchive, remoteFacts } from "../../../web/worker/remote-archive.ts";
import { tarOf } from "../../support/archives.ts";
import { FakeRegistry, fakeClock } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";
import { SMALL, stargz } from "../../support/stargz.ts";

/** An image with an eStargz layer and a plain one, looked at through a hold. */
async function setUp(change: (layer: Uint8Array, toc: Uint8Array) => string = (_, toc) => sha256Digest(toc)) {
  const fake = new FakeRegistry();
  const set = new BlobSet();
  const { layer, toc } = await stargz();
  const described = set.put(layer, `${MEDIA_TYPES.ociLayer}+gzip`);
  const lazy = {
    ...described,
    annotations: { "containerd.io/snapshot/stargz/toc.digest": change(layer, toc) },
  };
  const plain = set.put(
    new Uint8Array(await tarOf([["plain", new TextEncoder().encode("plain")]])),
    MEDIA_TYPES.ociLayer,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- annotations as JSON has them
  const { manifest } = set.image([lazy as unknown as typeof described, plain]);
  fake.add("yard/crane", set, manifest, "1");
  const registry = openRegistry({ fetch: fake.fetch, clock: fakeClock(fake), newHasher: newSha256 });
  const { signal } = new AbortController();
  const request = { reference: "registry.example/yard/crane:1" };
  const archive = await remoteArchive(registry, request, { store: undefined, signal });
  const events: ArchiveEvent[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one kind of job there is here
  const crew = {
    run: async (job: Job<"list">) => {
      job.onStart?.();
      return JOBS.list(job.source, { newHasher: newSha256, onProgress: () => {} });
    },
    hurry() {},
  } as unknown as Crew;
  const hold = new Hold({ crew, newHasher: newSha256, tell: (event) => void events.push(event) });
  hold.show(archive, "crane");
  return { fake, set, registry, request, signal, archive, hold, events, lazy: described, plain };
}

describe("an image in a registry, opened as an archive", () => {
  it("has its names, platform, documents and layers, and nothing of them fetched", async () => {
    const { archive, fake, plain } = await setUp();
    const [image] = archive.images;
    expect(image?.tags).toEqual(["registry.example/yard/crane:1"]);
    expect(image?.layers.map(({ index }) => index)).toEqual([0, 1]);
    expect(fake.asked.filter((one) => one.endsWith(plain.digest))).toEqual([]);
  });

  it("lists an eStargz layer by its table of contents, through ranges", async () => {
    const { archive, fake, lazy } = await setUp();
    const [layer] = archive.images[0]?.layers ?? [];
    expect(layer?.scan?.table.count).toBeGreaterThan(3);
    const ranges = fake.seen.filter(({ url }) => url.endsWith(lazy.digest)).map(({ range }) => range);
    expect(ranges.length).toBeGreaterThan(0);
    expect(ranges).not.toContain(undefined);
    const listed = (await layer?.source?.arrayBuffer()) ?? new ArrayBuffer(0);
    expect(new TextDecoder().decode(listed)).toContain(new TextDecoder().decode(SMALL));
  });

  it("shows its files in a hold, those of the layer that was never read too", async () => {
    const { hold, events } = await setUp();
    hold.look(0);
    const isComplete = (): boolean => events.some((event) => event.type === "tree" && event.complete);
    for (let turn = 0; turn < 1000 && !isComplete(); turn++)
      await new Promise((resolve) => setTimeout(resolve, 0));
    const layers = events.flatMap((event) => (event.type === "layer" ? [event.layer] : []));
    expect(isComplete()).toBe(true);
    expect(layers.filter(({ index }) => index === 1).at(-1)?.added).toBe(1);
    const opened = events.find((event) => event.type === "opened");
    const first = layers.filter(({ index }) => index === 0).at(-1) ?? opened?.archive.images[0]?.layers[0];
    expect(first?.added).toBeGreaterThan(2);
  });

  it.each([
    ["is not what its digest says", () => sha256Digest(new Uint8Array(3))],
    ["has no digest", () => "yes"],
  ])("reads an eStargz layer as any other when its table %s", async (_, change) => {
    const { archive, lazy } = await setUp(change);
    const [layer] = archive.images[0]?.layers ?? [];
    expect(layer?.scan).toBeUndefined();
    expect(layer?.source?.size).toBe(lazy.size);
  });

  it("says what a store lacks of it", async () => {
    const { registry, request, signal, set, lazy, plain } = await setUp();
    const store = createMemoryStore({ now: () => 1 });
    await set.into(store, [plain.digest]);
    const facts = await remoteFacts(registry, request, { store, signal });
    expect(facts.layers.map(({ present }) => present)).toEqual([false, true]);
    expect(facts.missing).toBe(lazy.size);
  });
});
