import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import {
  checkLogin,
  openRegistry,
  proxyEndpoint,
  type Registry,
  searchRepositories,
  searchTerm,
} from "../../../core/registry/mod.ts";
import { type FakeQuirks, FakeRegistry, fakeClock } from "../../support/fake-registry.ts";

const V1 = {
  num_results: 2,
  results: [
    { name: "nginx", description: "Official", star_count: 20_000, is_official: true },
    { name: "a/nginx", star_count: 3 },
    { star_count: 9 },
  ],
};
const V2 = {
  count: 1,
  results: [
    {
      repo_name: "nginx",
      short_description: "Official",
      star_count: 20_000,
      is_official: true,
      pull_count: 5,
    },
  ],
};
const V4 = {
  total: 1,
  results: [
    { id: "nginx", name: "nginx", short_description: "Official", star_count: 20_000, badge: "official" },
  ],
};
const NGINX = { name: "nginx", description: "Official", stars: 20_000, official: true };

function answering(
  answer: unknown,
  proxy?: string,
): { readonly registry: Registry; readonly urls: string[] } {
  const urls: string[] = [];
  const registry = openRegistry({
    fetch: async (request) => {
      urls.push(request.url);
      return Response.json(answer);
    },
    clock: fakeClock(),
    credentials: () => ({ username: "alice", password: "s3cret" }),
    ...(proxy === undefined ? {} : { endpoint: (name) => proxyEndpoint(name, proxy) }),
  });
  return { registry, urls };
}

async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.catch((caught: unknown) => caught);
  return isCoreError(error) ? (error.detail["reason"] ?? error.code) : error;
}

describe("searchTerm", () => {
  it.each([
    ["nginx", "docker.io", "nginx"],
    ["library/nginx", "docker.io", "nginx"],
    ["bitnami/nginx", "docker.io", "bitnami/nginx"],
    ["index.docker.io/library/nginx", "docker.io", "nginx"],
    ["docker.io/nginx", "docker.io", "nginx"],
    ["127.0.0.1:5003/crane", "127.0.0.1:5003", "crane"],
    ["harbor.example/", "harbor.example", ""],
    ["localhost/a/b", "localhost", "a/b"],
    ["", "docker.io", ""],
  ])("looks for %j", (text, domain, term) => {
    expect(searchTerm(text)).toEqual({ domain, term });
  });
});

describe("searchRepositories", () => {
  it.each([
    ["v1", V1, "https://index.docker.io/v1/search?q=nginx&n=25"],
    ["v2", V2, "https://hub.docker.com/v2/search/repositories/?query=nginx&page_size=25"],
    ["v4", V4, "https://hub.docker.com/api/search/v4?query=nginx&size=25&from=0"],
  ] as const)("reads Docker Hub's answer in %s", async (api, answer, url) => {
    const { registry, urls } = answering(answer);
    expect((await searchRepositories(registry, { term: "nginx", api }))[0]).toMatchObject(NGINX);
    expect(urls).toEqual([url]);
  });

  it("asks a registry of its own, and a proxy for it", async () => {
    const own = answering(V1);
    await searchRepositories(own.registry, { term: "127.0.0.1:5003/crane", limit: 2 });
    expect(own.urls).toEqual(["http://127.0.0.1:5003/v1/search?q=crane&n=2"]);
    const proxied = answering(V1, "https://p.example/bb");
    await searchRepositories(proxied.registry, { term: "nginx" });
    await searchRepositories(proxied.registry, { term: "quay.io/nginx" });
    expect(proxied.urls).toEqual([
      "https://p.example/bb/v1/search?q=nginx&n=25",
      "https://p.example/bb/v1/search?q=quay.io%2Fnginx&n=25",
    ]);
  });

  it("gives no more than was asked for, and 25 for nothing", async () => {
    const { registry, urls } = answering(V1);
    expect(await searchRepositories(registry, { term: "nginx", limit: 1 })).toHaveLength(1);
    expect(await searchRepositories(registry, { term: "nginx", limit: -1 })).toHaveLength(2);
    expect(urls.at(-1)).toContain("n=25");
    expect(await reasonOf(searchRepositories(registry, { term: "nginx", limit: 101 }))).toBe(
      "limit 101 is outside the range of [1, 100]",
    );
    expect(await reasonOf(searchRepositories(registry, { term: "http://x" }))).toBe(
      "invalid repository name: repository name (http://x) should not have a scheme",
    );
  });

  it("looks through the names of a registry that has no search", async () => {
    const fake = new FakeRegistry({
      before: (request) => (request.url.includes("/v1/") ? new Response("", { status: 404 }) : undefined),
    });
    for (const name of ["yard/crane", "harbor", "crane"]) fake.repository(name);
    const registry = openRegistry({ fetch: fake.fetch, clock: fakeClock() });
    const found = await searchRepositories(registry, { term: "registry.example/CRANE", catalog: true });
    expect(found.map(({ name }) => name)).toEqual(["crane", "yard/crane"]);
    expect(await reasonOf(searchRepositories(registry, { term: "registry.example/crane" }))).toContain("404");
  });

  it("reads answers of any shape without failing", async () => {
    for (const answer of [{}, { results: null }, { results: [1, null, { name: 5 }, []] }])
      expect(await searchRepositories(answering(answer).registry, { term: "x" })).toEqual([]);
    expect(await reasonOf(searchRepositories(answering([]).registry, { term: "x" }))).toBe("registry/answer");
  });
});

describe("checkLogin", () => {
  const check = (quirks: FakeQuirks, password = "s3cret") => {
    const fake = new FakeRegistry({ users: { "alice:s3cret": ["pull"] }, ...quirks });
    const registry = openRegistry({ fetch: fake.fetch, clock: fakeClock() });
    return checkLogin(registry, {
      registry: "registry.example",
      credentials: { username: "alice", password },
    });
  };

  it.each(["none", "basic"] as const)("succeeds with %s", async (auth) => {
    expect(await check({ auth })).toEqual({ status: "Login Succeeded" });
  });

  it("gets a refresh token where there is one", async () => {
    expect(await check({ auth: "bearer" })).toEqual({
      status: "Login Succeeded",
      identityToken: btoa("alice:s3cret"),
    });
  });

  it("tells in Docker's words why it was refused", async () => {
    expect(await reasonOf(check({ auth: "basic" }, "wrong"))).toBe(
      "login attempt to https://registry.example/v2/ failed with status: 401 Unauthorized",
    );
    expect(await reasonOf(check({ auth: "bearer" }, "wrong"))).toBe(
      'Get "https://registry.example/v2/": unauthorized: incorrect username or password',
    );
    expect(
      await reasonOf(
        check({
          before: () => {
            throw new TypeError("connection refused");
          },
        }),
      ),
    ).toBe("registry/unreachable");
  });
});
