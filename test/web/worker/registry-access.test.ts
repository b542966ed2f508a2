import { describe, expect, it } from "vitest";
import { checkedSettings, withoutStaleKey } from "../../../web/effect/registries.ts";
import { DEFAULT_REGISTRY_SETTINGS, type RegistrySettings } from "../../../web/model/registries.ts";
import { Logins } from "../../../web/worker/logins.ts";
import { RegistryAccess } from "../../../web/worker/registry-access.ts";

interface Heard {
  readonly url: string;
  readonly key: string | null;
  readonly authorization: string | null;
}

/** A page whose every request is noted; proxies and registries want Basic and have nothing. */
function setUp(settings: Partial<RegistrySettings> = {}) {
  const heard: Heard[] = [];
  const way: { of: (registry: string) => string } = { of: () => "" };
  const logins = new Logins(
    { list: async () => [], put: async () => {}, erase: async () => false },
    (registry) => way.of(registry),
  );
  const access = new RegistryAccess({
    credentials: logins,
    home: "https://home.example/app/",
    async fetch(input, init) {
      const request = new Request(input, init);
      heard.push({
        url: request.url,
        key: request.headers.get("x-breakbulk-key"),
        authorization: request.headers.get("authorization"),
      });
      if (request.url.endsWith("breakbulk.json")) return new Response(null, { status: 404 });
      if (request.headers.has("authorization")) return new Response(null, { status: 404 });
      return new Response(null, { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } });
    },
  });
  way.of = (registry) => access.wayTo(registry);
  access.configure({ ...DEFAULT_REGISTRY_SETTINGS, ...settings });
  return { access, logins, heard };
}

/** As {@link setUp}, with logins for two registries that were taken by the way of then. */
async function loggedIn(settings: Partial<RegistrySettings> = {}) {
  const { access, logins, heard } = setUp(settings);
  await logins.hold("a.example", { username: "alice", password: "of-a", kept: false });
  await logins.hold("b.example", { username: "bob", password: "of-b", kept: false });
  const ask = async (registry: string): Promise<readonly string[]> => {
    heard.length = 0;
    const repository = (await access.registry()).repository({ domain: registry, path: "x" });
    await repository.manifest("1").catch(() => {});
    return heard.flatMap(({ url, authorization }) =>
      authorization === null ? [] : [`${new URL(url).host} ${atob(authorization.slice(6))}`],
    );
  };
  return { access, logins, heard, ask };
}

describe("the way to registries", () => {
  it("is the server that the page came from", () => {
    const { access } = setUp();
    expect(access.wayTo("ghcr.io")).toBe("https://home.example/app/v2/");
  });

  it("is the proxy that is set, or none for what is asked directly", () => {
    const { access } = setUp({ proxy: "https://p.example/x/", direct: ["a.example"] });
    expect(access.wayTo("ghcr.io")).toBe("https://p.example/x/v2/");
    expect(access.wayTo("a.example")).toBe("https://a.example/v2/");
  });

  it("shows the access key to the proxy and to nobody else", async () => {
    const { access, heard } = setUp({
      proxy: "https://p.example",
      accessKey: "k3y",
      direct: ["a.example"],
      mirrors: ["https://m.example"],
    });
    const registry = await access.registry();
    for (const domain of ["docker.io", "a.example"])
      await registry
        .repository({ domain, path: "x/y" })
        .manifest("1")
        .catch(() => {});
    for (const way of await access.ways("docker.io"))
      await (await way())
        .repository({ domain: "docker.io", path: "x/y" })
        .manifest("1")
        .catch(() => {});
    for (const { url, key } of heard) expect(key).toBe(new URL(url).host === "p.example" ? "k3y" : null);
    expect(new Set(heard.map(({ url }) => new URL(url).host))).toEqual(
      new Set(["p.example", "a.example", "m.example"]),
    );
    expect(heard.some(({ url }) => url.includes("k3y"))).toBe(false);
  });

  it("takes each login to its registry and no other, and names it at a proxy", async () => {
    const { ask } = await loggedIn({ proxy: "https://p.example" });
    expect(await ask("a.example")).toEqual(["p.example a.example/alice:of-a"]);
    expect(await ask("b.example")).toEqual(["p.example b.example/bob:of-b"]);
    expect(await ask("c.example")).toEqual([]);
  });

  it("takes no login to a proxy that is set afterwards, nor back out of it", async () => {
    const { access, ask } = await loggedIn({ proxy: "https://p.example" });
    access.configure({ ...DEFAULT_REGISTRY_SETTINGS, proxy: "https://evil.example" });
    expect(await ask("a.example")).toEqual([]);
    access.configure({ ...DEFAULT_REGISTRY_SETTINGS, direct: ["a.example"] });
    expect(await ask("a.example")).toEqual([]);
    expect((await access.state()).logins).toEqual([]);
    access.configure({ ...DEFAULT_REGISTRY_SETTINGS, proxy: "https://p.example", accessKey: "another" });
    expect(await ask("a.example")).toEqual(["p.example a.example/alice:of-a"]);
  });

  it("takes no new login to the proxy of before, where something still goes on", async () => {
    const { access, logins, heard } = await loggedIn({ proxy: "https://old.example" });
    const old = await access.registry();
    access.configure({ ...DEFAULT_REGISTRY_SETTINGS, proxy: "https://new.example" });
    await logins.hold("a.example", { username: "alice", password: "fresh", kept: false });
    heard.length = 0;
    await old
      .repository({ domain: "a.example", path: "x" })
      .manifest("1")
      .catch(() => {});
    expect(heard.length).toBeGreaterThan(0);
    for (const { url, authorization } of heard)
      expect([new URL(url).host, authorization]).toEqual(["old.example", null]);
  });

  it("takes no login to a mirror", async () => {
    const { access, logins, heard } = await loggedIn({ mirrors: ["https://m.example"] });
    await logins.hold("https://index.docker.io/v1/", { username: "alice", password: "of-hub", kept: false });
    const [mirror] = await access.ways("docker.io");
    heard.length = 0;
    await (await mirror())
      .repository({ domain: "docker.io", path: "x/y" })
      .manifest("1")
      .catch(() => {});
    expect(heard.filter(({ authorization }) => authorization !== null)).toEqual([]);
  });

  it("has mirrors for Docker Hub alone", async () => {
    const { access } = setUp({ mirrors: ["https://m.example", "https://n.example"] });
    expect(await access.ways("docker.io")).toHaveLength(3);
    expect(await access.ways("ghcr.io")).toHaveLength(1);
  });

  it("says what is wrong with a proxy, without secrets", async () => {
    const access = new RegistryAccess({
      credentials: { list: async () => [], get: async () => undefined },
      home: "https://home.example/",
      fetch: () => Promise.reject(new TypeError("no network")),
    });
    access.configure({ ...DEFAULT_REGISTRY_SETTINGS, proxy: "https://p.example", accessKey: "k3y" });
    const facts = await access.facts();
    expect(facts).toMatchObject({ write: false, problem: { code: "registry/unreachable" } });
    expect(JSON.stringify(facts)).not.toContain("k3y");
  });
});

describe("settings", () => {
  const before = { ...DEFAULT_REGISTRY_SETTINGS, proxy: "https://p.example", accessKey: "k3y" };

  it("do not show the key of one proxy to another", () => {
    expect(withoutStaleKey({ ...before, proxy: "https://evil.example" }, before).accessKey).toBe("");
    expect(withoutStaleKey({ ...before, proxy: "" }, before).accessKey).toBe("");
    expect(withoutStaleKey({ ...before, proxy: "https://p.example/" }, before).accessKey).toBe("k3y");
    expect(
      withoutStaleKey({ ...before, proxy: "https://q.example", accessKey: "own" }, before).accessKey,
    ).toBe("own");
  });

  it.each(["ftp://x", "p.example", "https://a:b@p.example", "https://:b@p.example", "https://p.example?k=x"])(
    "take no %s for the address of a proxy or a mirror",
    (address) => {
      expect(() => checkedSettings({ ...before, proxy: address })).toThrow(TypeError);
      expect(() => checkedSettings({ ...before, mirrors: [address] })).toThrow(TypeError);
    },
  );
});
