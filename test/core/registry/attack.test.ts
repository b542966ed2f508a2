import { describe, expect, it } from "vitest";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { parseReference } from "../../../core/oci/mod.ts";
import {
  checkLogin,
  directEndpoint,
  openRegistry,
  proxyEndpoint,
  pullImage,
  type RegistryOptions,
  type Repository,
  searchRepositories,
} from "../../../core/registry/mod.ts";
import { createMemoryStore } from "../../../core/store/mod.ts";
import { type FakeQuirks, FakeRegistry, fakeClock } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";

const ALICE = { username: "alice", password: "s3cret" };

function setUp(quirks: FakeQuirks = {}, options: Partial<RegistryOptions> = {}) {
  const fake = new FakeRegistry(quirks);
  const set = new BlobSet();
  const layer = set.layer(5000, 1);
  const image = set.image([layer]);
  fake.add("yard/crane", set, image.manifest, "1");
  const registry = openRegistry({ fetch: fake.fetch, clock: fakeClock(fake), ...options });
  const repository: Repository = registry.repository({ domain: "registry.example", path: "yard/crane" });
  return { fake, set, layer, image, registry, repository };
}

async function failure(work: Promise<unknown>): Promise<{ readonly code: string; readonly text: string }> {
  try {
    await work;
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return { code: error.code, text: JSON.stringify(error.toJSON()) };
  }
  throw new Error("it did not fail");
}

const opaque = (): Response => Object.defineProperty(new Response(), "type", { value: "opaqueredirect" });

describe("where a hostile registry may send us", () => {
  it.each([
    "https://10.0.0.7/up",
    "https://localhost/up",
    "https://metadata.internal/up",
    "http://x.example/up",
  ])("does not upload to %s", async (location) => {
    const { repository, fake, layer } = setUp({
      before: (request) =>
        request.method === "POST" ? new Response(null, { status: 202, headers: { location } }) : undefined,
    });
    const { code } = await failure(repository.openWriter({ digest: layer.digest, size: 5000 }));
    expect(code).toBe("registry/answer");
    expect(new Set(fake.seen.map(({ url }) => new URL(url).host))).toEqual(new Set(["registry.example"]));
  });

  it("does not let a browser follow a redirect of a proxy with its access key", async () => {
    const heard: (string | null)[] = [];
    const registry = openRegistry({
      endpoint: (name) => proxyEndpoint(name, "https://p.example", { headers: { "x-key": "k3y" } }),
      async fetch(request) {
        if (request.redirect === "follow") heard.push(request.headers.get("x-key"));
        return opaque();
      },
    });
    const repository = registry.repository({ domain: "registry.example", path: "yard/crane" });
    const { code, text } = await failure(repository.manifest("1"));
    expect(code).toBe("registry/redirect");
    expect(text).not.toContain("k3y");
    expect(heard).toEqual([]);
  });

  it("tells a realm nothing that stands in the refusal of another host, which a browser followed to", async () => {
    const asked: string[] = [];
    const { repository } = setUp(
      {},
      {
        credentials: () => ALICE,
        async fetch(request) {
          asked.push(`${new URL(request.url).host} ${request.headers.get("authorization") !== null}`);
          if (request.redirect === "manual") return opaque();
          const challenge = 'Bearer realm="https://evil.example/token",service="x"';
          return Object.defineProperty(
            new Response(null, { status: 401, headers: { "www-authenticate": challenge } }),
            "url",
            { value: "https://storage.example/v2/x" },
          );
        },
      },
    );
    expect((await failure(repository.manifest("1"))).code).toBe("registry/unauthorized");
    expect(new Set(asked)).toEqual(new Set(["registry.example false"]));
  });

  it.each(["../../v2/other/manifests/1", "a/b", "\u001b[2J", "a b", "", "x".repeat(200)])(
    "does not pull the tag %j that a registry lists",
    async (tag) => {
      const { registry, fake } = setUp({
        before: (request) =>
          request.url.endsWith("/tags/list") ? Response.json({ tags: [tag, "1"] }) : undefined,
      });
      const store = createMemoryStore({ now: () => 1 });
      const work = pullImage(registry, store, {
        reference: parseReference("registry.example/yard/crane"),
        allTags: true,
        newHasher: newSha256,
      });
      // The layers are no tars: it is enough that no other manifest is asked for.
      await work.catch(() => {});
      expect(
        fake.asked.filter((one) => /^(?:GET|HEAD) .*manifests/.test(one) && !one.includes("sha256:")),
      ).toEqual(["HEAD /yard/crane/manifests/1"]);
    },
  );

  it("lists no repository whose name is none", async () => {
    const names = ["yard/crane", "../x", "\u001b]0;x\u0007", "Up", "a b"];
    const { registry } = setUp({
      before: (request) =>
        request.url.endsWith("/_catalog") ? Response.json({ repositories: names }) : undefined,
    });
    const found: string[] = [];
    for await (const page of registry.catalog("registry.example")) found.push(...page);
    expect(found).toEqual(["yard/crane"]);
  });

  it.each(["", "a/b", "a.example/../b", "a?b", "a#b", "alice@a.example", "a b", "..", "a..b", "a.example:x"])(
    "takes %j for no registry",
    async (name) => {
      expect(() => directEndpoint(name)).toThrow(TypeError);
      expect(() => proxyEndpoint(name, "https://p.example")).toThrow(TypeError);
      const registry = openRegistry({ fetch: () => Promise.reject(new Error("asked")) });
      const login = checkLogin(registry, { registry: name, credentials: ALICE });
      expect((await failure(login)).code).toBe("oci/reference");
      expect((await failure(registry.catalog(name).next())).code).toBe("oci/reference");
    },
  );

  it("takes hosts, ports and addresses for registries", () => {
    for (const name of [
      "docker.io",
      "localhost",
      "127.0.0.1:5000",
      "[::1]:5000",
      "a-b.example",
      "UP.example",
    ])
      expect(directEndpoint(name).registry).toBe(name);
  });
});

describe("what a hostile registry may pretend", () => {
  it("takes no manifest by a digest that is not its own, whatever type it is called by", async () => {
    const evil = new BlobSet();
    const other = evil.image([evil.layer(10, 2)]).manifest;
    const type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    const { repository, image } = setUp({
      before: (request) =>
        request.method === "GET" && request.url.includes("/manifests/")
          ? new Response(evil.get(other.digest), { headers: { "content-type": type } })
          : undefined,
    });
    expect((await failure(repository.manifest(image.manifest.digest))).code).toBe("digest/mismatch");
  });

  it("still says of a signed schema 1 manifest what it is", async () => {
    const body = JSON.stringify({ schemaVersion: 1, fsLayers: [], history: [], signatures: [{}] });
    const digest = sha256Digest(new TextEncoder().encode("its payload"));
    const type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    const { registry } = setUp({
      before: (request) =>
        request.url.includes("/manifests/")
          ? new Response(body, {
              headers: {
                "content-type": type,
                "docker-content-digest": digest,
                "content-length": String(body.length),
              },
            })
          : undefined,
    });
    const store = createMemoryStore({ now: () => 1 });
    const reference = parseReference("registry.example/yard/crane:1");
    const { code } = await failure(pullImage(registry, store, { reference, newHasher: newSha256 }));
    expect(code).toBe("oci/schema1");
  });

  it("believes no manifest by a digest that cannot be checked", async () => {
    const { repository, set, image } = setUp({
      before: (request) =>
        request.url.includes("/manifests/sha512")
          ? new Response(set.get(image.manifest.digest), {
              headers: { "content-type": image.manifest.mediaType },
            })
          : undefined,
    });
    const { code } = await failure(repository.manifest(`sha512:${"ab".repeat(64)}`));
    expect(code).toBe("store/unverifiable");
  });
});

describe("what a hostile registry may say", () => {
  const NASTY = "\u001b]0;owned\u0007 \u009b31m red";

  it.each([
    [
      "the challenge",
      new Response(null, {
        status: 401,
        headers: {
          "www-authenticate":
            'Bearer realm="https://token.example/token",error="invalid_token",error_description="\u009b31m"',
        },
      }),
    ],
    ["details", Response.json({ details: NASTY }, { status: 403 })],
    ["a message", Response.json({ errors: [{ code: "DENIED", message: NASTY }] }, { status: 403 })],
    ["OAuth's words", Response.json({ error_description: NASTY }, { status: 403 })],
    ["a page", new Response(NASTY, { status: 400 })],
  ])("keeps control characters of %s from terminals", async (_, response) => {
    const { repository } = setUp({ before: () => response.clone() });
    try {
      await repository.manifest("1");
    } catch (error) {
      if (!isCoreError(error)) throw error;
      expect(JSON.stringify([error.message, error.detail])).not.toMatch(/\\u00(?:0[0-8bcef]|1|7f|8|9)/);
      expect([error.message, JSON.stringify(error.detail)].join("")).not.toMatch(/\p{Cc}/u);
      return;
    }
    throw new Error("it did not fail");
  });

  it("keeps control characters of what a search finds from terminals, and its texts short", async () => {
    const results = [
      { name: `x${NASTY}`, description: `${NASTY}\n\tand on` },
      { name: "y".repeat(5000), description: "z".repeat(1_000_000) },
    ];
    const { registry } = setUp({
      before: (request) => (request.url.includes("/search") ? Response.json({ results }) : undefined),
    });
    const found = await searchRepositories(registry, { term: "registry.example/x" });
    expect(JSON.stringify(found)).not.toMatch(/\p{Cc}/u);
    expect(JSON.stringify(found).length).toBeLessThan(20_000);
    expect(found[0]?.description).toContain("and on");
  });
});

describe("secrets in what is told", () => {
  it("leaves the access key in a proxy's address out of errors", async () => {
    const registry = openRegistry({
      endpoint: (name) => proxyEndpoint(name, "https://p.example/bb/k/k3y/"),
      fetch: () => Promise.reject(new TypeError("no answer")),
    });
    const repository = registry.repository({ domain: "registry.example", path: "k/crane" });
    const { code, text } = await failure(repository.manifest("1"));
    expect(code).toBe("registry/unreachable");
    expect(text).not.toContain("k3y");
    expect(text).toContain("https://p.example/bb/k/…/v2/registry.example/k/crane/manifests/1");
    const login = await failure(checkLogin(registry, { registry: "registry.example", credentials: ALICE }));
    expect(login.text).not.toContain("k3y");
  });

  it("leaves it out of what a login is refused with", async () => {
    const registry = openRegistry({
      endpoint: (name) => proxyEndpoint(name, "https://p.example/k/k3y"),
      fetch: async () => new Response(null, { status: 403 }),
    });
    const { text } = await failure(
      checkLogin(registry, { registry: "registry.example", credentials: ALICE }),
    );
    expect(text).not.toContain("k3y");
  });

  it.each([
    ["an access key", { headers: { "x-key": "s3cret\u0000" } }, undefined],
    ["an access key in other letters", { headers: { "x-key": "s3cret\u4e2d" } }, undefined],
    ["a token", {}, { registryToken: "s3cret\u0000" }],
  ])("does not repeat %s that cannot stand in a header", async (_, more, credentials) => {
    const registry = openRegistry({
      endpoint: (name) => proxyEndpoint(name, "https://p.example", more),
      credentials: () => credentials,
      fetch: async () => Response.json({}),
    });
    const repository = registry.repository({ domain: "registry.example", path: "yard/crane" });
    const { text } = await failure(repository.manifest("1"));
    expect(text).not.toContain("s3cret");
  });
});
