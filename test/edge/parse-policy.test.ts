import { describe, expect, it } from "vitest";
import { checkStart, parsePolicy, policyOf } from "../../edge/parse-policy.ts";
import { DEFAULT_POLICY } from "../../edge/policy.ts";
import { findRegistry } from "../../edge/registries.ts";

describe("the policy", () => {
  it("is the default one when nothing is said", () => {
    expect(parsePolicy({ HOME: "/root", EDGE_MODE: "" })).toEqual(DEFAULT_POLICY);
  });

  it("takes single variables over the JSON", () => {
    const policy = parsePolicy({
      EDGE_POLICY: JSON.stringify({
        write: false,
        cache: { bytes: 5, tagSeconds: 7 },
        origins: ["https://a.example"],
      }),
      EDGE_WRITE: "1",
      EDGE_CACHE_BYTES: "9",
      EDGE_PUBLIC_URL: "https://proxy.example.org/",
      EDGE_REGISTRIES: "quay.io ghcr.io",
      EDGE_ACCESS_KEYS: "aaaaaaaaaaaaaaaa,bbbbbbbbbbbbbbbb",
    });
    expect(policy.write).toBe(true);
    expect(policy.cache).toMatchObject({ bytes: 9, tagSeconds: 7 });
    expect(policy.publicUrl).toBe("https://proxy.example.org");
    expect(policy.registries.map(({ key }) => key)).toEqual(["quay.io", "ghcr.io"]);
    expect(policy.default).toBeUndefined();
    expect(policy.accessKeys).toHaveLength(2);
  });

  it("merges an object over the row that its key names", () => {
    const [hub, own] = policyOf({
      mode: "gateway",
      accessKeys: ["0123456789abcdef"],
      registries: [
        { key: "docker.io", credential: { username: "a", password: "b" }, fallbacks: ["mirror.gcr.io"] },
        { key: "localhost:5000", base: "http://127.0.0.1:5000", insecure: true, write: true },
        { key: "mirror.gcr.io" },
      ],
    }).registries;
    expect(hub).toMatchObject({
      base: "https://registry-1.docker.io",
      library: true,
      credential: { username: "a" },
    });
    expect(own).toMatchObject({ token: "auto", base: "http://127.0.0.1:5000", insecure: true });
  });

  it.each([
    [{ EDGE_DENNY: "x" }, "EDGE_DENNY: found a variable that nobody reads"],
    [{ EDGE_POLICY: "{" }, "EDGE_POLICY: found 1 characters that are not JSON"],
    [{ EDGE_POLICY: "[]" }, "found a list of 0, expected an object"],
    [{ EDGE_POLICY: '{"denny":[]}' }, "denny: found a setting that nobody reads"],
    [{ EDGE_POLICY: '{"limits":{"redirect":5}}' }, "limits.redirect: found a setting that nobody reads"],
    [{ EDGE_POLICY: '{"cache":7}', EDGE_CACHE_BYTES: "1" }, "cache: found 7, expected an object"],
    [{ EDGE_WRITE: "maybe" }, 'EDGE_WRITE: found "maybe", expected 1 or 0'],
    [{ EDGE_CACHE_BYTES: "-1" }, "EDGE_CACHE_BYTES"],
    [{ EDGE_MODE: "open" }, 'mode: found "open", expected one of anonymous, passthrough, gateway'],
    [{ EDGE_MODE: "gateway" }, "gateway without accessKeys"],
    [{ EDGE_ACCESS_KEYS: "short" }, "accessKeys[0]: found 5 characters"],
    [{ EDGE_SEALING_SECRETS: "0123456789abcdef" }, "sealingSecrets[0]: found 16 characters"],
    [{ EDGE_PUBLIC_URL: "ftp://x" }, "publicUrl"],
    [{ EDGE_ORIGINS: "https://a.example/" }, "origins"],
    [{ EDGE_DENY: "library" }, "repositories.deny"],
    [{ EDGE_DEFAULT: "nowhere.example" }, "default"],
    [{ EDGE_REGISTRIES: "nowhere.example" }, "registries[0]"],
    [{ EDGE_REGISTRIES: "[]" }, "an empty list"],
    [{ EDGE_CUSTOM: "com" }, "custom[0].key"],
    [{ EDGE_REGISTRIES: '[{"key":"a.b.c","base":"http://a.b.c"}]' }, "registries[0].base"],
    [{ EDGE_REGISTRIES: '[{"key":"a.b.c","base":"https://10.0.0.1"}]' }, "registries[0].base"],
    [{ EDGE_REGISTRIES: '[{"key":"a.b.c","base":"https://x.internal"}]' }, "registries[0].base"],
    [{ EDGE_REGISTRIES: '[{"key":"a.b.c","base":"https://u:p@x.org"}]' }, "a name or password"],
    [{ EDGE_REGISTRIES: '[{"key":"a.b.c","base":"https://x.org/v2"}]' }, "without a path"],
    [{ EDGE_REGISTRIES: '[{"key":"a.b.c"},{"key":"b.c.d","aliases":["a.b.c"]}]' }, "a.b.c twice"],
    [{ EDGE_REGISTRIES: '[{"key":"a.b.c","fallbacks":["x.y"]}]' }, "fallbacks"],
    [
      { EDGE_REGISTRIES: '[{"key":"a.b.c","credential":{"username":"u","password":"p"}}]' },
      "mode passthrough",
    ],
    [{ EDGE_PUBLIC_URL: "https://ghcr.io" }, "it would ask itself"],
  ])("refuses %j, saying where", (environment, message) => {
    expect(() => parsePolicy(environment)).toThrow(message);
  });

  it("SEC-20 starts only when what it is told is whole, and repeats no secret", () => {
    const secret = "hunter2-hunter2-hunter2";
    for (const environment of [
      { EDGE_ACCESS_KEYS: `${secret}!` },
      { EDGE_POLICY: `{"accessKeys":["${secret}"` },
      {
        EDGE_POLICY: `{"registries":[{"key":"a.b.c","credential":{"username":"u","password":["${secret}"]}}]}`,
      },
    ]) {
      let message = "";
      try {
        parsePolicy(environment);
      } catch (error) {
        message = String(error);
      }
      expect(message).toContain("Cannot use");
      expect(message).not.toContain("hunter2");
    }
  });

  it("SEC-9 is private, pull-only and closed unless the operator says otherwise", () => {
    const policy = parsePolicy({});
    expect(policy).toMatchObject({ write: false, public: false });
    expect(() => checkStart(policy, { loopback: false })).toThrow("EDGE_PUBLIC=1");
    expect(() => checkStart(policy, { loopback: true })).not.toThrow();
    expect(() => checkStart(parsePolicy({ EDGE_PUBLIC: "yes" }), { loopback: false })).not.toThrow();
    const keyed = parsePolicy({ EDGE_ACCESS_KEYS: "0123456789abcdef" });
    expect(() => checkStart(keyed, { loopback: false })).not.toThrow();
  });
});

describe("the table of registries", () => {
  const rows = parsePolicy({ EDGE_CUSTOM: "registry.example.org" }).registries;

  it("R3 is closed: a name is a key or an alias of it, or of a family", () => {
    expect(findRegistry(rows, "index.docker.io")?.key).toBe("docker.io");
    expect(findRegistry(rows, "GHCR.io")?.key).toBe("ghcr.io");
    expect(findRegistry(rows, "us-docker.pkg.dev")).toMatchObject({
      base: "https://us-docker.pkg.dev",
      key: "us-docker.pkg.dev",
    });
    expect(findRegistry(rows, "one.registry.example.org")?.base).toBe("https://one.registry.example.org");
  });

  it.each([
    "evil.example",
    "pkg.dev",
    ".pkg.dev",
    "a.b.pkg.dev",
    "*.pkg.dev",
    "a@b.pkg.dev",
    "-a.pkg.dev",
    "a/.pkg.dev",
    "",
    "ghcr.io.",
    "ghcr.io:443",
  ])("R3 does not know %j", (name) => {
    expect(findRegistry(rows, name)).toBeUndefined();
  });
});
