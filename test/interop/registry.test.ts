import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, sha256Digest } from "../../core/digest/mod.ts";
import { type Descriptor, MEDIA_TYPES, parseReference } from "../../core/oci/mod.ts";
import {
  type Clock,
  checkLogin,
  gzipLayer,
  openRegistry,
  planPush,
  pullFailure,
  pullImage,
  pushFailure,
  pushImage,
  type Registry,
  type RegistryCredentials,
  searchRepositories,
} from "../../core/registry/mod.ts";
import { check, createMemoryStore, type LocalStore } from "../../core/store/mod.ts";
import { tarOf } from "../support/archives.ts";
import { BlobSet } from "../support/images.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { randomBytes, seeded } from "../support/random.ts";
import { layWire, REGISTRY_ABSENT, startRegistry, stopRegistry } from "./registries.ts";

const ANONYMOUS = 5510;
const BASIC = 5512;
const BEARER = 5514;
const WIRE = 5518;

/** Waits nothing: what is waited for here is on this machine. */
const hasty: Clock = { now: () => Date.now() / 1000, sleep: async (_, signal) => signal?.throwIfAborted() };

const registryFor = (credentials?: RegistryCredentials): Registry =>
  openRegistry({
    fetch: (request) => fetch(request),
    clock: hasty,
    newHasher: nativeHasher,
    credentials: () => credentials,
  });

const newStore = (): LocalStore => createMemoryStore({ now: () => 1, newHasher: nativeHasher });

interface Made {
  readonly config: Descriptor;
  readonly manifest: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Puts an image with layers of these sizes into a store, under a name. */
async function makeImage(
  store: LocalStore,
  name: string,
  sizes: readonly number[],
  gzip = true,
): Promise<Made> {
  const set = new BlobSet();
  const layers: Descriptor[] = [];
  const diffIDs: Digest[] = [];
  const megabyte = randomBytes(1_000_000, 1);
  for (const [at, size] of sizes.entries()) {
    const content = new Uint8Array(size);
    for (let from = 0; from < size; from += megabyte.length)
      content.set(megabyte.subarray(0, size - from), from);
    content[0] = at;
    const tar = await tarOf([[`file${at}`, content]]);
    diffIDs.push(sha256Digest(tar, nativeHasher));
    layers.push(
      gzip
        ? set.put(new Uint8Array(gzipSync(tar, { level: 1 })), `${MEDIA_TYPES.ociLayer}+gzip`)
        : set.put(tar, MEDIA_TYPES.ociLayer),
    );
  }
  const config = set.json(
    { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: diffIDs } },
    MEDIA_TYPES.ociConfig,
  );
  const manifest = set.json(
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers },
    MEDIA_TYPES.ociManifest,
  );
  await set.into(store);
  const id = config.digest;
  await store.table.change([
    { kind: "image", id, record: { id, target: manifest } },
    { kind: "name", name, record: { name, target: manifest, image: id } },
  ]);
  return { config, manifest, layers };
}

const sum = (blobs: readonly Descriptor[]): number => blobs.reduce((bytes, { size }) => bytes + size, 0);

describe.skipIf(REGISTRY_ABSENT !== undefined)(
  `a real registry${REGISTRY_ABSENT === undefined ? "" : ` (skipped: ${REGISTRY_ABSENT})`}`,
  () => {
    beforeAll(async () => {
      await startRegistry("anonymous", ANONYMOUS);
      await startRegistry("basic", BASIC);
      await startRegistry("bearer", BEARER);
    });
    afterAll(async () => {
      await stopRegistry(ANONYMOUS);
      await stopRegistry(BASIC);
      await stopRegistry(BEARER);
    });

    it("takes an image and gives the same image back", async () => {
      const store = newStore();
      const name = `127.0.0.1:${ANONYMOUS}/yard/crane:1`;
      const made = await makeImage(store, name, [100_000, 12_000_000, 5]);
      const reference = parseReference(name);
      const [pushed] = await pushImage(registryFor(), store, { reference });
      expect(pushed).toMatchObject({
        digest: made.manifest.digest,
        uploaded: sum([made.config, ...made.layers]),
      });
      expect((await pushImage(registryFor(), store, { reference }))[0]).toMatchObject({ uploaded: 0 });
      const other = newStore();
      const [pulled] = await pullImage(registryFor(), other, { reference, newHasher: nativeHasher });
      expect(pulled).toMatchObject({ digest: made.manifest.digest, id: made.config.digest, newer: true });
      expect(await check(other)).toEqual([]);
      expect((await pullImage(registryFor(), other, { reference, newHasher: nativeHasher }))[0]?.newer).toBe(
        false,
      );
    });

    it("mounts from its own repositories", async () => {
      const store = newStore();
      const made = await makeImage(store, `127.0.0.1:${ANONYMOUS}/mount/a:1`, [4000, 5000]);
      const registry = registryFor();
      await pushImage(registry, store, { reference: parseReference(`127.0.0.1:${ANONYMOUS}/mount/a:1`) });
      await makeImage(store, `127.0.0.1:${ANONYMOUS}/mount/b:1`, [4000, 5000]);
      const reference = parseReference(`127.0.0.1:${ANONYMOUS}/mount/b:1`);
      const plan = await planPush(registry, store, { reference });
      expect(plan.bytes).toEqual({ upload: 0, skip: 0, mount: sum([made.config, ...made.layers]) });
      expect((await pushImage(registry, store, { reference, plan }))[0]).toMatchObject({
        uploaded: 0,
        skipped: 0,
        digest: made.manifest.digest,
      });
    });

    it("lists its tags and repositories, and deletes", async () => {
      const store = newStore();
      const registry = registryFor();
      for (const tag of ["c", "a", "b"]) {
        await makeImage(store, `127.0.0.1:${ANONYMOUS}/list:${tag}`, [100]);
        await pushImage(registry, store, { reference: parseReference(`127.0.0.1:${ANONYMOUS}/list:${tag}`) });
      }
      const repository = registry.repository({ domain: `127.0.0.1:${ANONYMOUS}`, path: "list" });
      const tags: string[] = [];
      for await (const page of repository.tags({ pageSize: 2 })) tags.push(...page);
      expect(tags.sort()).toEqual(["a", "b", "c"]);
      const names: string[] = [];
      for await (const page of registry.catalog(`127.0.0.1:${ANONYMOUS}`, { pageSize: 1 }))
        names.push(...page);
      expect(names).toContain("list");
      const { digest } = await repository.resolve("a");
      expect(await repository.referrers(digest)).toEqual([]);
      await repository.deleteManifest(digest);
      await expect(repository.resolve("a")).rejects.toMatchObject({ code: "registry/missing" });
    });

    it("takes plain layers in gzip, in Docker's manifest", async () => {
      const store = newStore();
      const name = `127.0.0.1:${ANONYMOUS}/plain:1`;
      const made = await makeImage(store, name, [3_000_000, 10], false);
      const reference = parseReference(name);
      await pushImage(registryFor(), store, { reference, compress: gzipLayer });
      const other = newStore();
      const [pulled] = await pullImage(registryFor(), other, { reference, newHasher: nativeHasher });
      expect(pulled).toMatchObject({
        id: made.config.digest,
        root: { mediaType: MEDIA_TYPES.dockerManifest },
      });
      expect(await check(other)).toEqual([]);
    });

    it("wants a name and a password: Basic", async () => {
      const store = newStore();
      const name = `127.0.0.1:${BASIC}/crane:2`;
      const made = await makeImage(store, name, [5000]);
      const reference = parseReference(name);
      expect(
        pushFailure(await pushImage(registryFor(), store, { reference }).catch((error: unknown) => error)),
      ).toBe("no basic auth credentials");
      const user = registryFor({ username: "testuser", password: "testpass" });
      expect((await pushImage(user, store, { reference }))[0]?.digest).toBe(made.manifest.digest);
      expect((await pullImage(user, newStore(), { reference, newHasher: nativeHasher }))[0]?.id).toBe(
        made.config.digest,
      );
      const failure = await pullImage(registryFor(), newStore(), {
        reference,
        newHasher: nativeHasher,
      }).catch((error: unknown) => error);
      expect(pullFailure(failure, reference)).toBe(
        `Head "http://127.0.0.1:${BASIC}/v2/crane/manifests/2": no basic auth credentials`,
      );
    });

    it("wants tokens: Bearer, for nobody, readers and writers", async () => {
      const store = newStore();
      const user = registryFor({ username: "testuser", password: "testpass" });
      const reader = registryFor({ username: "reader", password: "readpass" });
      const [secret, open] = [
        parseReference(`127.0.0.1:${BEARER}/crane:2`),
        parseReference(`127.0.0.1:${BEARER}/public/crane:2`),
      ];
      const made = await makeImage(store, `127.0.0.1:${BEARER}/crane:2`, [5000]);
      await makeImage(store, `127.0.0.1:${BEARER}/public/crane:2`, [5000]);
      const nobody = pushFailure(
        await pushImage(registryFor(), store, { reference: secret }).catch((error: unknown) => error),
      );
      expect(nobody).toBe("denied: requested access to the resource is denied");
      await pushImage(user, store, { reference: secret });
      // The blobs come from the first repository: one token for both.
      expect((await pushImage(user, store, { reference: open }))[0]).toMatchObject({
        uploaded: 0,
        skipped: 0,
      });
      for (const [who, what] of [
        [reader, secret],
        [registryFor(), open],
      ] as const)
        expect((await pullImage(who, newStore(), { reference: what, newHasher: nativeHasher }))[0]?.id).toBe(
          made.config.digest,
        );
      const denied = await pullImage(registryFor(), newStore(), {
        reference: secret,
        newHasher: nativeHasher,
      }).catch((error: unknown) => error);
      expect(pullFailure(denied, secret)).toBe(
        `pull access denied for 127.0.0.1:${BEARER}/crane, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
      );
      const readOnly = await pushImage(reader, store, { reference: secret }).catch((error: unknown) => error);
      expect(pushFailure(readOnly)).toBe(
        "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n",
      );
      const wrong = registryFor({ username: "reader", password: "wrong" });
      const refused = await pullImage(wrong, newStore(), {
        reference: secret,
        newHasher: nativeHasher,
      }).catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: "registry/unauthorized",
        detail: { reason: "unauthorized: incorrect username or password" },
      });
    });

    it("lets those in whom it knows", async () => {
      const login = (port: number, username: string, password: string): Promise<unknown> =>
        checkLogin(registryFor(), {
          registry: `127.0.0.1:${port}`,
          credentials: { username, password },
        }).catch((error: unknown) => pushFailure(error));
      expect(await login(ANONYMOUS, "anybody", "x")).toEqual({ status: "Login Succeeded" });
      expect(await login(BASIC, "testuser", "testpass")).toEqual({ status: "Login Succeeded" });
      expect(await login(BASIC, "testuser", "wrong")).toBe(
        `login attempt to http://127.0.0.1:${BASIC}/v2/ failed with status: 401 Unauthorized`,
      );
      expect(await login(BEARER, "nobody", "x")).toBe(
        `Get "http://127.0.0.1:${BEARER}/v2/": unauthorized: incorrect username or password`,
      );
      const accepted = await checkLogin(registryFor(), {
        registry: `127.0.0.1:${BEARER}`,
        credentials: { username: "reader", password: "readpass" },
      });
      expect(accepted.status).toBe("Login Succeeded");
      // The refresh token stands for the password from then on.
      const { identityToken = "" } = accepted;
      const reference = parseReference(`127.0.0.1:${BEARER}/crane:2`);
      const [pulled] = await pullImage(registryFor({ identityToken }), newStore(), {
        reference,
        newHasher: nativeHasher,
      });
      expect(pulled?.newer).toBe(true);
    });

    it("is searched by its catalog, where it has no search", async () => {
      const term = `127.0.0.1:${ANONYMOUS}/cran`;
      expect(await searchRepositories(registryFor(), { term, catalog: true })).toContainEqual({
        name: "yard/crane",
        description: "",
        stars: 0,
        official: false,
      });
      await expect(searchRepositories(registryFor(), { term })).rejects.toMatchObject({
        code: "registry/missing",
      });
    });

    it("is pulled from whole through 50 interruptions, within 5 % of the image's size", async () => {
      const name = `127.0.0.1:${ANONYMOUS}/large:1`;
      const source = newStore();
      const made = await makeImage(source, name, [150_000_000, 90_000_000, 60_000_000], false);
      await pushImage(registryFor(), source, { reference: parseReference(name) });
      const size = sum([made.manifest, made.config, ...made.layers]);
      const wire = await layWire(ANONYMOUS, WIRE);
      const random = seeded(50);
      const store = newStore();
      const reference = parseReference(`127.0.0.1:${WIRE}/large:1`);
      let [resets, stops, moved] = [0, 0, 0];
      try {
        for (let done = false; !done; ) {
          const stop = new AbortController();
          // Half of the interruptions reset the connections, half end the program: nothing is left but what the store has kept.
          const next = (): number => Math.floor((size / 55) * (0.5 + random()));
          let until = resets + stops < 50 ? wire.received() + next() : Number.POSITIVE_INFINITY;
          const onEvent = (): void => {
            if (wire.received() < until) return;
            if (random() < 0.5) {
              stops++;
              stop.abort(new Error("closed"));
            } else {
              resets++;
              wire.cutAfter(0);
            }
            until = resets + stops < 50 ? wire.received() + next() : Number.POSITIVE_INFINITY;
          };
          try {
            const [pulled] = await pullImage(registryFor(), store, {
              reference,
              newHasher: nativeHasher,
              signal: stop.signal,
              onEvent,
            });
            moved = pulled?.moved ?? 0;
            done = true;
          } catch (error) {
            expect(error).toEqual(new Error("closed"));
            expect((await store.table.snapshot()).names.size).toBe(0);
          }
        }
        expect(await check(store)).toEqual([]);
        console.info(
          `${resets} resets, ${stops} stops: ${wire.received()} bytes over the wire for ${size} (${((wire.received() / size - 1) * 100).toFixed(2)} % more)`,
        );
        expect(moved).toBeGreaterThan(0);
        expect(resets + stops).toBe(50);
        expect(wire.received() / size).toBeLessThan(1.05);
      } finally {
        await wire.close();
      }
    });
  },
);
