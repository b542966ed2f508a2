import { describe, expect, it } from "vitest";
import type { AccessRequest } from "../../edge/authorize.ts";
import { createTokenBroker, createTokens } from "../../edge/broker.ts";
import { wayOf } from "../../edge/challenge-of.ts";
import { FaultError } from "../../edge/errors.ts";
import { policyOf } from "../../edge/parse-policy.ts";
import type { Policy } from "../../edge/policy.ts";
import { realmFlaw } from "../../edge/realm.ts";
import { findRegistry, type RegistryRow } from "../../edge/registries.ts";
import { createSealer } from "../../edge/seal.ts";
import { answerToken } from "../../edge/token-endpoint.ts";
import { type FakeNet, fakeNet, type Heard } from "../support/fake-net.ts";

const PROXY = "https://proxy.example.org";
const KEY = "key-key-key-key-key";
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
const json = (value: unknown, init?: ResponseInit): Response => Response.json(value, init);

/** A token server that writes into the token what it was asked. */
const issue = (asked: Heard, more: object = { expires_in: 300 }): Response => {
  const { searchParams } = new URL(asked.url);
  const who = asked.headers.get("authorization") ?? "anonymous";
  return json({
    token: Buffer.from(`${who}|${searchParams.getAll("scope").join("+")}`).toString("base64url"),
    ...more,
  });
};
const readToken = (authorization: string | undefined): string =>
  Buffer.from((authorization ?? "").replace("Bearer ", ""), "base64url").toString();

interface Setting {
  readonly policy: Policy;
  readonly net: FakeNet;
  readonly row: (key: string) => RegistryRow;
  readonly broker: ReturnType<typeof createTokenBroker>;
  readonly ask: (
    key: string,
    repository: string | undefined,
    options?: Partial<AccessRequest> & { headers?: Record<string, string>; url?: string },
  ) => AccessRequest;
  /** The token endpoint's answer; a refusal as its fault. */
  readonly token: (
    query: string,
    init?: RequestInit & { url?: string },
  ) => Promise<Record<string, unknown> & { status: number; message?: string }>;
}

function set(
  own: object = {},
  servers: Parameters<typeof fakeNet>[0] = {},
  host: Parameters<typeof fakeNet>[1] = {},
): Setting {
  const policy = policyOf({ publicUrl: PROXY, sealingSecrets: ["s".repeat(32)], ...own });
  const net = fakeNet(
    { "auth.docker.io": issue, "ghcr.io": issue, "quay.io": issue, "gitlab.com": issue, ...servers },
    host,
  );
  const sealer = createSealer({ secrets: policy.sealingSecrets, nowMs: net.nowMs });
  const tokens = createTokens(policy, net, sealer);
  const rowOf = (key: string): RegistryRow => {
    const row = findRegistry(policy.registries, key);
    if (row === undefined) throw new Error(key);
    return row;
  };
  return {
    policy,
    net,
    row: rowOf,
    broker: createTokenBroker(tokens),
    ask(key, repository, options = {}) {
      const { headers = {}, url = `${PROXY}/v2/${key}/${repository}/manifests/1`, ...rest } = options;
      return {
        registry: rowOf(key),
        repository,
        actions: ["pull"],
        request: new Request(url, { headers }),
        ...rest,
      };
    },
    async token(query, init = {}) {
      const { url = `${PROXY}/token`, ...rest } = init;
      try {
        const response = await answerToken(tokens, new Request(`${url}${query}`, rest));
        expect(response.headers.get("cache-control")).toBe("no-store");
        const body: Record<string, unknown> = await response.json();
        return { status: response.status, ...body };
      } catch (error) {
        if (!(error instanceof FaultError)) throw error;
        return { status: error.fault.status, message: error.fault.message, ...error.fault.headers };
      }
    },
  };
}

const bearer = (answer: Record<string, unknown>): { authorization: string } => ({
  authorization: `Bearer ${String(answer["token"])}`,
});
const login = (text: string): RequestInit => ({ headers: { authorization: basic(text) } });
const post = (form: Record<string, string>): RequestInit => ({
  method: "POST",
  body: new URLSearchParams(form),
});

describe("A1 a deployment", () => {
  it("that is anonymous answers a ping with leave and gets anonymous tokens", async () => {
    const { broker, ask, net } = set({ mode: "anonymous" });
    expect(await broker.ping(new Request(`${PROXY}/v2/`), undefined)).toMatchObject({ ok: true });
    const grant = await broker.authorize(ask("docker.io", "library/alpine"));
    expect(grant).toMatchObject({ ok: true, shared: true });
    expect(readToken(grant.ok ? grant.authorization : "")).toBe("anonymous|repository:library/alpine:pull");
    expect(net.heard.map(({ url }) => url)).toEqual([
      "https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Alibrary%2Falpine%3Apull",
    ]);
  });

  it("that passes through answers a ping with its own challenge, and serves what is public all the same", async () => {
    const { broker, ask } = set();
    const ping = await broker.ping(new Request(`${PROXY}/v2/`), undefined);
    expect(ping).toMatchObject({ ok: false, status: 401, code: "UNAUTHORIZED" });
    expect(await broker.authorize(ask("ghcr.io", "acme/app"))).toMatchObject({ ok: true, shared: true });
  });

  it("does not invite dockerd, which asks a mirror with a path, to send Docker Hub's password", async () => {
    const { broker, row } = set();
    expect(await broker.ping(new Request(`${PROXY}/docker.io/v2/`), row("docker.io"))).toMatchObject({
      ok: true,
    });
  });

  it("that is a gateway wants its own key and adds the operator's credential", async () => {
    const { broker, ask, token } = set({
      mode: "gateway",
      accessKeys: [KEY],
      registries: [{ key: "ghcr.io", credential: { username: "bot", password: "pw" } }],
      default: "ghcr.io",
    });
    expect(await broker.authorize(ask("ghcr.io", "acme/app"))).toMatchObject({ ok: false, status: 401 });
    const pass = await token("?service=breakbulk", login(`anyone:${KEY}`));
    const grant = await broker.authorize(ask("ghcr.io", "acme/app", { headers: bearer(pass) }));
    expect(grant).toMatchObject({ ok: true, shared: false, principal: "key 0" });
    expect(readToken(grant.ok ? grant.authorization : "")).toBe(
      `${basic("bot:pw")}|repository:acme/app:pull`,
    );
    expect(await token("", login("anyone:wrong"))).toMatchObject({ status: 401 });
  });
});

describe("A2 the challenge", () => {
  it.each([
    ["ghcr.io", "https://proxy.example.org/v2/ghcr.io/a/b/manifests/1", "https://proxy.example.org/token"],
    ["quay.io", "https://proxy.example.org/quay.io/v2/a/b/manifests/1", "https://proxy.example.org/token"],
    ["ghcr.io", "https://ghcr.proxy.example.org/v2/a/b/manifests/1", "https://ghcr.proxy.example.org/token"],
  ])("names one realm and service per host: %s by %s", async (key, url, realm) => {
    const { broker, ask } = set({ write: true });
    const refusal = await broker.authorize(
      ask(key, "a/b", { url, headers: { authorization: "Bearer nonsense" } }),
    );
    expect(refusal.ok ? {} : refusal.headers).toEqual({
      "www-authenticate": `Bearer realm="${realm}",service="breakbulk",scope="repository:${key}/a/b:pull",error="invalid_token"`,
    });
  });

  it("keeps the access key's segment in the realm, since the client has nothing else to show", async () => {
    const { broker, ask } = set({ accessKeys: [KEY] });
    const url = `https://proxy.example.org/k/${KEY}/v2/`;
    const refusal = await broker.ping(new Request(url), undefined);
    expect(refusal.ok ? "" : refusal.headers?.["www-authenticate"]).toContain(
      `realm="${PROXY}/k/${KEY}/token"`,
    );
    expect(await broker.authorize(ask("ghcr.io", "a/b"))).toMatchObject({ ok: false, status: 401 });
    expect(
      await broker.authorize(ask("ghcr.io", "a/b", { url: `${PROXY}/k/${"x".repeat(20)}/v2/` })),
    ).toMatchObject({ status: 403 });
  });
});

describe("A3 an upstream's challenge", () => {
  const row = set({
    registries: [{ key: "a.example.org", realmHosts: ["auth.example.org"] }],
    default: "a.example.org",
  }).row("a.example.org");
  it.each([
    [
      'Bearer realm="https://auth.example.org/t",service="s"',
      { kind: "bearer", realm: "https://auth.example.org/t", service: "s" },
    ],
    [
      'Basic realm="x", Bearer service=s,realm="https://auth.example.org/t"',
      { kind: "bearer", realm: "https://auth.example.org/t", service: "s" },
    ],
    ['bEARER realm="/token"', { kind: "bearer", realm: "https://a.example.org/token", service: undefined }],
    ['Negotiate abc=, Basic realm="a\\"b"', { kind: "basic" }],
    ["Negotiate", undefined],
    ["", undefined],
  ])("%s", (header, way) => {
    expect(wayOf(header, row)).toEqual(way);
  });
});

describe("A4 a realm", () => {
  const { row } = set({
    registries: [
      "docker.io",
      "registry.gitlab.com",
      "ghcr.io",
      { key: "*.pkg.dev" },
      {
        key: "reg.local:5000",
        base: "http://127.0.0.1:5000",
        insecure: true,
        realmHosts: ["127.0.0.1:5001"],
      },
    ],
  });
  it.each([
    ["docker.io", "https://auth.docker.io/token"],
    ["docker.io", "https://registry-1.docker.io/token"],
    ["registry.gitlab.com", "https://gitlab.com/jwt/auth"],
    ["us-docker.pkg.dev", "https://us-docker.pkg.dev/v2/token"],
    ["reg.local:5000", "http://127.0.0.1:5001/token"],
  ])("of %s may be %s", (key, realm) => {
    expect(realmFlaw(realm, row(key))).toBeUndefined();
  });

  it.each([
    ["docker.io", "http://auth.docker.io/token"],
    ["docker.io", "https://auth.docker.io.evil.example/token"],
    ["docker.io", "https://evil.docker.io/token"],
    ["docker.io", "https://user@auth.docker.io/token"],
    ["docker.io", "https://auth.docker.io:8443/token"],
    ["docker.io", "https://127.0.0.1/token"],
    ["docker.io", "https://[::1]/token"],
    ["docker.io", "https://metadata.google.internal/token"],
    ["docker.io", "//auth.docker.io/token"],
    ["docker.io", "javascript:alert(1)"],
    ["us-docker.pkg.dev", "https://eu-docker.pkg.dev/v2/token"],
    ["ghcr.io", "https://gitlab.com/jwt/auth"],
    ["reg.local:5000", "http://169.254.169.254/token"],
    ["reg.local:5000", "file:///etc/passwd"],
  ])("of %s is never %s", (key, realm) => {
    expect(realmFlaw(realm, row(key))).toBeDefined();
  });

  it("SEC-2 that is not its registry's own gets neither password nor question", async () => {
    const { token, net } = set(
      { registries: [{ key: "a.example.org" }], default: "a.example.org" },
      {
        "a.example.org": () =>
          new Response("", {
            status: 401,
            headers: { "www-authenticate": 'Bearer realm="https://evil.example.net/t"' },
          }),
        "evil.example.net": issue,
      },
    );
    expect(await token("?scope=repository:x:pull", login("u:secret"))).toMatchObject({ status: 502 });
    expect(net.heard.map(({ url }) => url)).toEqual(["https://a.example.org/v2/"]);
    expect(net.heard[0]?.headers.has("authorization")).toBe(false);
  });
});

describe("A5 a token got with GET", () => {
  it("is asked for with every scope, in the upstream's names, with its real service, account and client", async () => {
    const { token, net, broker, ask } = set({ write: true });
    const answer = await token(
      "?service=breakbulk&account=x&client_id=docker&offline_token=true&scope=repository:docker.io/alpine:pull&scope=repository:docker.io/a/b:pull,push",
      login("alice:pw"),
    );
    expect(answer.status).toBe(200);
    const asked = new URL(net.heard[0]?.url ?? "");
    expect(asked.origin + asked.pathname).toBe("https://auth.docker.io/token");
    expect([...asked.searchParams]).toEqual([
      ["service", "registry.docker.io"],
      ["scope", "repository:a/b:pull,push"],
      ["scope", "repository:library/alpine:pull"],
      ["account", "alice"],
      ["client_id", "docker"],
      ["offline_token", "true"],
    ]);
    const grant = await broker.authorize(
      ask("docker.io", "a/b", { headers: bearer(answer), actions: ["push"] }),
    );
    expect(grant).toMatchObject({ ok: true, shared: false, principal: "docker.io/alice" });
    expect(readToken(grant.ok ? grant.authorization : "")).toBe(
      `${basic("alice:pw")}|repository:a/b:pull,push+repository:library/alpine:pull`,
    );
  });

  it("leaves scopes of another upstream out", async () => {
    const { token, net } = set();
    const answer = await token(
      "?scope=repository:acme/app:pull&scope=repository:ghcr.io/acme/app:pull&scope=repository:quay.io/x/y:pull",
    );
    expect(answer["scope"]).toBe("repository:ghcr.io/acme/app:pull");
    expect(net.heard.map(({ url }) => decodeURIComponent(url))).toEqual([
      "https://ghcr.io/token?service=ghcr.io&scope=repository:acme/app:pull",
    ]);
  });

  it("goes to the registry that the host's label names", async () => {
    const { token, net } = set();
    await token("?scope=repository:acme/app:pull", { url: "https://quay-io.proxy.example.org/token" });
    expect(net.heard[0]?.url).toContain("https://quay.io/v2/auth?");
  });
});

describe("A6 scopes", () => {
  it.each([
    [false, "repository:ghcr.io/a/b:pull,push,delete", "repository:a/b:pull"],
    [false, "repository:ghcr.io/a/b:*", "repository:a/b:pull"],
    [true, "repository:ghcr.io/a/b:push,pull", "repository:a/b:pull,push"],
    [true, "repository(plugin):ghcr.io/a/b:pull", "repository(plugin):a/b:pull"],
    [false, "registry:catalog:*", undefined],
    [false, "repository:ghcr.io/a/b:push", undefined],
    [false, "nonsense", undefined],
  ])("with write %s turn %s into %s", async (write, scope, asked) => {
    const { token, net } = set({ write });
    await token(`?scope=repository:ghcr.io/z:pull&scope=${encodeURIComponent(scope)}`);
    const scopes = new URL(net.heard[0]?.url ?? "").searchParams
      .getAll("scope")
      .filter((text) => text !== "repository:z:pull" && !text.startsWith("registry"));
    expect(scopes).toEqual(asked === undefined ? [] : [asked]);
  });

  it("may name a host with a port", async () => {
    const { token, net } = set(
      {
        registries: [{ key: "localhost:5000", base: "http://127.0.0.1:5000", insecure: true }],
        default: "localhost:5000",
      },
      {
        "127.0.0.1:5000": (asked) =>
          asked.url.endsWith("/v2/")
            ? new Response("", {
                status: 401,
                headers: {
                  "www-authenticate":
                    'Bearer realm="http://127.0.0.1:5000/t",service="s",scope="repository:user/image:pull"',
                },
              })
            : issue(asked),
      },
    );
    expect((await token("?scope=repository:localhost:5000/app:pull")).status).toBe(200);
    // The scope in the registry's challenge (ghcr.io's is a placeholder) is not what is asked for.
    expect(decodeURIComponent(net.heard[1]?.url ?? "")).toBe(
      "http://127.0.0.1:5000/t?service=s&scope=repository:app:pull",
    );
  });

  it("beyond the sixteenth are not looked at", async () => {
    const { token, net } = set();
    await token(
      `?${Array.from({ length: 40 }, (_, at) => `scope=repository:ghcr.io/a/b${at}:pull`).join("&")}`,
    );
    expect(new URL(net.heard[0]?.url ?? "").searchParams.getAll("scope")).toHaveLength(16);
  });
});

describe("A7 a token got with POST", () => {
  const oauth = (asked: Heard): Response => {
    const form = new URLSearchParams(asked.body);
    return json({
      access_token: `${form.get("grant_type")}-${form.get("password") ?? form.get("refresh_token")}`,
      expires_in: 100,
      refresh_token: "refresh-1",
    });
  };

  it("takes a password and gives what the login can be renewed with", async () => {
    const { token, net, broker, ask } = set({}, { "ghcr.io": oauth });
    const answer = await token(
      "",
      post({
        grant_type: "password",
        username: "ghcr.io/alice",
        password: "pw",
        service: "breakbulk",
        client_id: "containerd",
        access_type: "offline",
        scope: "repository:ghcr.io/a/b:pull repository:a/b:pull",
      }),
    );
    expect(net.heard[0]).toMatchObject({ method: "POST", url: "https://ghcr.io/token" });
    expect(Object.fromEntries(new URLSearchParams(net.heard[0]?.body))).toEqual({
      grant_type: "password",
      service: "ghcr.io",
      client_id: "containerd",
      access_type: "offline",
      scope: "repository:a/b:pull",
      username: "alice",
      password: "pw",
    });
    expect(String(answer["refresh_token"])).not.toContain("refresh-1");
    const grant = await broker.authorize(ask("ghcr.io", "a/b", { headers: bearer(answer) }));
    expect(grant).toMatchObject({ authorization: "Bearer password-pw", principal: "ghcr.io/alice" });

    const renewed = await token(
      "",
      post({
        grant_type: "refresh_token",
        refresh_token: String(answer["refresh_token"]),
        scope: "repository:ghcr.io/a/c:pull",
      }),
    );
    const again = await broker.authorize(ask("ghcr.io", "a/c", { headers: bearer(renewed) }));
    expect(again).toMatchObject({
      authorization: "Bearer refresh_token-refresh-1",
      shared: false,
      principal: "ghcr.io/alice",
    });
    const elsewhere = await token(
      "",
      post({
        grant_type: "refresh_token",
        refresh_token: String(answer["refresh_token"]),
        scope: "repository:quay.io/a/c:pull",
      }),
    );
    expect(elsewhere).toMatchObject({ status: 401 });
  });

  it.each([404, 405])(
    "hands on the %i of a server that knows only GET, so that clients fall back",
    async (status) => {
      const { token } = set({}, { "auth.docker.io": () => new Response("no", { status }) });
      expect(await token("", post({ grant_type: "password", username: "a", password: "b" }))).toMatchObject({
        status,
      });
    },
  );

  it.each([
    [{ grant_type: "authorization_code", code: "x" }, 400],
    [{ grant_type: "" }, 400],
    [{ grant_type: "refresh_token", refresh_token: "forged" }, 401],
    [{ grant_type: "password", username: "u", password: "p".repeat(70_000) }, 413],
  ])("refuses %.60j", async (form, status) => {
    const { token, net } = set();
    expect(await token("", post(form))).toMatchObject({ status });
    expect(net.heard).toEqual([]);
  });
});

describe("A8 the answer", () => {
  it("has both names, when it was made and how long it lasts, and is for nobody to keep", async () => {
    const { token } = set();
    expect(await token("?scope=repository:ghcr.io/a/b:pull")).toEqual({
      status: 200,
      token: expect.any(String),
      access_token: expect.any(String),
      expires_in: 300,
      issued_at: "1970-01-12T13:46:40Z",
      scope: "repository:ghcr.io/a/b:pull",
    });
  });

  it("lasts 60 seconds when the upstream does not say", async () => {
    const { token } = set({}, { "gitlab.com": (asked) => issue(asked, {}) });
    expect(await token("?scope=repository:registry.gitlab.com/a/b:pull")).toMatchObject({ expires_in: 60 });
  });

  it.each([
    ["nothing", ""],
    ["a page", "<html>"],
    ["no token", "{}"],
    ["a token that would write headers", JSON.stringify({ token: "a\r\nx: y" })],
    ["too much", JSON.stringify({ token: "a", more: "x".repeat(300_000) })],
  ])("is a 502 when the upstream says %s", async (_, text) => {
    const { token } = set({}, { "ghcr.io": () => new Response(text) });
    expect(await token("?scope=repository:ghcr.io/a/b:pull")).toMatchObject({ status: 502 });
  });
});

describe("A9 kept tokens", () => {
  const scope = "?scope=repository:ghcr.io/a/b:pull";
  it("are served with what is left of them, and not in their last moments", async () => {
    const { token, net } = set();
    await token(scope);
    net.clock += 100;
    expect(await token(scope)).toMatchObject({ expires_in: 200 });
    expect(net.heard).toHaveLength(1);
    net.clock += 175;
    expect(await token(scope)).toMatchObject({ expires_in: 300 });
    expect(net.heard).toHaveLength(2);
  });

  it("SEC-4 are nobody else's: another password, another token", async () => {
    const { token, net, broker, ask } = set();
    const seen = [];
    for (const who of ["ghcr.io/alice:a", "ghcr.io/alice:b", "ghcr.io/bob:a"]) {
      const grant = await broker.authorize(
        ask("ghcr.io", "a/b", { headers: bearer(await token(scope, login(who))) }),
      );
      seen.push(readToken(grant.ok ? grant.authorization : "").split("|")[0]);
    }
    expect(seen).toEqual([basic("alice:a"), basic("alice:b"), basic("bob:a")]);
    await broker.authorize(ask("ghcr.io", "a/b"));
    expect(net.heard.map(({ headers }) => headers.get("authorization"))).toEqual([...seen, null]);
    await token(scope, login("ghcr.io/alice:a"));
    expect(net.heard).toHaveLength(4);
  });

  it("are asked for once when many want one, and by each alone where requests may not wait for each other", async () => {
    for (const [isolated, times] of [
      [false, 1],
      [true, 20],
    ] as const) {
      const { broker, ask, net } = set({}, {}, { isolated });
      const grants = await Promise.all(
        Array.from({ length: 20 }, () => broker.authorize(ask("ghcr.io", "a/b"))),
      );
      expect(grants.every(({ ok }) => ok)).toBe(true);
      expect(net.heard).toHaveLength(times);
    }
  });

  it("outlive the one who asked first and left", async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { broker, ask, net } = set(
      {},
      {
        "ghcr.io": async (asked) => {
          await gate;
          return issue(asked);
        },
      },
    );
    const leaving = new AbortController();
    const first = broker.authorize(ask("ghcr.io", "a/b", { signal: leaving.signal }));
    const second = broker.authorize(ask("ghcr.io", "a/b"));
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    open();
    expect(await second).toMatchObject({ ok: true });
    expect(net.heard).toHaveLength(1);
  });

  it("do not include refusals", async () => {
    let status = 503;
    const { broker, ask } = set(
      {},
      { "ghcr.io": (asked) => (status === 200 ? issue(asked) : new Response("", { status })) },
    );
    expect(await broker.authorize(ask("ghcr.io", "a/b"))).toMatchObject({ ok: false, status: 502 });
    status = 200;
    expect(await broker.authorize(ask("ghcr.io", "a/b"))).toMatchObject({ ok: true });
  });
});

describe("A10 an upstream's refusal", () => {
  const unauthorized = new Response("", {
    status: 401,
    headers: {
      "www-authenticate":
        'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull",error="insufficient_scope"',
    },
  });

  it("of a token that was kept is tried once more with a fresh one, and then told", async () => {
    const { broker, ask, net } = set();
    const asked = ask("ghcr.io", "a/b");
    await broker.authorize(asked);
    const kept = await broker.authorize(asked);
    const fresh = kept.ok ? await broker.reauthorize(asked, kept, unauthorized) : kept;
    expect(fresh).toMatchObject({ ok: true });
    expect(net.heard).toHaveLength(2);
    const told = fresh.ok ? await broker.reauthorize(asked, fresh, unauthorized) : fresh;
    expect(told).toMatchObject({ ok: false, status: 401, source: "upstream" });
    expect(net.heard).toHaveLength(2);
  });

  it("of a client's token goes into our challenge, with the scope of the request and not the upstream's", async () => {
    const { broker, ask, token } = set();
    const asked = ask("ghcr.io", "a/b", {
      headers: bearer(await token("?scope=repository:ghcr.io/a/b:pull", login("ghcr.io/alice:pw"))),
    });
    const grant = await broker.authorize(asked);
    const told = grant.ok ? await broker.reauthorize(asked, grant, unauthorized) : grant;
    expect(told.ok ? "" : told.headers?.["www-authenticate"]).toBe(
      `Bearer realm="${PROXY}/token",service="breakbulk",scope="repository:ghcr.io/a/b:pull",error="insufficient_scope"`,
    );
  });

  it("of an anonymous token asks the client to log in, since it has not yet had a chance to", async () => {
    const { broker, ask } = set(
      {},
      {
        "ghcr.io": () =>
          json(
            { errors: [{ code: "DENIED", message: "requested access to the resource is denied" }] },
            { status: 403 },
          ),
      },
    );
    const told = await broker.authorize(ask("ghcr.io", "acme/secret"));
    expect(told).toMatchObject({ ok: false, status: 401 });
    expect(told.ok ? "" : told.message).toContain("log in as ghcr.io/NAME");
  });

  it.each([
    [401, 401],
    [403, 403],
    [404, 404],
    [429, 429],
    [500, 502],
    [302, 502],
  ])("with %i by the token server is a %i of the token endpoint", async (status, ours) => {
    const { token } = set(
      {},
      {
        "ghcr.io": () =>
          new Response(null, {
            status,
            headers: { "retry-after": "7", location: "https://evil.example.net/" },
          }),
      },
    );
    const answer = await token("?scope=repository:ghcr.io/a/b:pull", login("ghcr.io/alice:pw"));
    expect(answer.status).toBe(ours);
    expect(answer["retry-after"]).toBe("7");
  });

  it("is final where nobody can log in", async () => {
    const { broker, ask } = set(
      { mode: "anonymous" },
      { "ghcr.io": () => new Response("", { status: 401 }) },
    );
    expect(await broker.authorize(ask("ghcr.io", "a/b"))).toMatchObject({
      ok: false,
      status: 403,
      code: "DENIED",
    });
  });

  it("of 429 and of a failure stays what it is", async () => {
    const { broker, ask } = set(
      {},
      {
        "ghcr.io": () => new Response("", { status: 429, headers: { "retry-after": "60" } }),
        "quay.io": () => {
          throw new TypeError("down");
        },
      },
    );
    expect(await broker.authorize(ask("ghcr.io", "a/b"))).toMatchObject({
      status: 429,
      code: "TOOMANYREQUESTS",
      headers: { "retry-after": "60" },
    });
    expect(await broker.authorize(ask("quay.io", "a/b"))).toMatchObject({ status: 502 });
  });
});

describe("A5 scopes of two registries at once", () => {
  it.each([
    [
      "for the registry that is written to",
      "repository:ghcr.io/x:pull repository:quay.io/a/b:pull,push",
      "nobody:x",
      "quay.io",
    ],
    [
      "else for that of the login",
      "repository:ghcr.io/x:pull repository:quay.io/a/b:pull",
      "quay.io/u:p",
      "quay.io",
    ],
    ["else for the first", "repository:ghcr.io/x:pull repository:quay.io/a/b:pull", "nobody:x", "ghcr.io"],
  ])("get a token %s, as containerd names what it may mount first", async (_, scope, credential, host) => {
    const { token, net } = set();
    await token(`?scope=${encodeURIComponent(scope)}`, login(credential));
    expect(new URL(net.heard.at(-1)?.url ?? "").host).toBe(host);
  });
});

describe("A11 a token", () => {
  it("opens for the upstream that it is of, and for no other", async () => {
    const { broker, ask, token } = set();
    const answer = await token("?scope=repository:ghcr.io/a/b:pull", login("ghcr.io/alice:pw"));
    expect(await broker.authorize(ask("ghcr.io", "a/b", { headers: bearer(answer) }))).toMatchObject({
      ok: true,
    });
    const refusal = await broker.authorize(ask("quay.io", "a/b", { headers: bearer(answer) }));
    expect(refusal).toMatchObject({ ok: false, status: 401 });
    expect(refusal.ok ? "" : refusal.headers?.["www-authenticate"]).toContain("repository:quay.io/a/b:pull");
  });

  it.each(["Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", basic("alice:pw"), "Bearer", "Bearer ", "Digest x"])(
    "that is none of ours (%s) never reaches an upstream",
    async (authorization) => {
      const { broker, ask, net } = set();
      expect(await broker.authorize(ask("ghcr.io", "a/b", { headers: { authorization } }))).toMatchObject({
        ok: false,
        status: 401,
      });
      expect(net.heard).toEqual([]);
    },
  );

  it("ends with the upstream's", async () => {
    const { broker, ask, token, net } = set();
    const answer = await token("?scope=repository:ghcr.io/a/b:pull");
    net.clock += 301;
    expect(await broker.authorize(ask("ghcr.io", "a/b", { headers: bearer(answer) }))).toMatchObject({
      status: 401,
    });
  });

  it.each(["mcr.microsoft.com", "registry.k8s.io"])("never goes to %s, which takes none", async (key) => {
    const { broker, ask, token, net } = set();
    const answer = await token(`?scope=repository:${key}/a/b:pull`, login(`${key}/alice:pw`));
    for (const headers of [{}, bearer(answer)]) {
      const grant = await broker.authorize(ask(key, "a/b", { headers }));
      expect(grant).toMatchObject({ ok: true, authorization: undefined });
      const again = grant.ok
        ? await broker.reauthorize(
            ask(key, "a/b", { headers }),
            grant,
            new Response("", {
              status: 401,
              headers: { "www-authenticate": `Bearer realm="https://${key}/t"` },
            }),
          )
        : grant;
      expect(again.ok).toBe(false);
    }
    expect(net.heard).toEqual([]);
  });

  it("holds a password for one registry only: a login without a name goes to the default", async () => {
    const { token, net } = set();
    await token("?scope=repository:ghcr.io/a/b:pull", login("alice:hub-password"));
    expect(net.heard[0]?.headers.has("authorization")).toBe(false);
    await token("?scope=repository:docker.io/a/b:pull", login("alice:hub-password"));
    expect(net.heard[1]?.headers.get("authorization")).toBe(basic("alice:hub-password"));
  });
});

describe("A12 a registry that knows passwords only", () => {
  const registries = [{ key: "nexus.example.org" }];
  const nexus = (asked: Heard): Response =>
    asked.headers.get("authorization") === basic("alice:pw")
      ? json({})
      : new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="nexus"' } });

  it("is reached by a sealed bearer that lasts for minutes", async () => {
    const { token, broker, ask } = set(
      { registries, default: "nexus.example.org" },
      { "nexus.example.org": nexus },
    );
    const answer = await token("?scope=repository:nexus.example.org/a:pull", login("alice:pw"));
    expect(answer).toMatchObject({ status: 200, expires_in: 300 });
    expect(String(answer["token"])).not.toContain("pw");
    const grant = await broker.authorize(ask("nexus.example.org", "a", { headers: bearer(answer) }));
    expect(grant).toMatchObject({ ok: true, authorization: basic("alice:pw"), shared: false });
    const form = await token("", post({ grant_type: "password", username: "alice", password: "pw" }));
    expect(form.status).toBe(200);
  });

  it("refuses a wrong password at the token endpoint, and the nameless with our challenge", async () => {
    const { token, broker, ask } = set(
      { registries, default: "nexus.example.org" },
      { "nexus.example.org": nexus },
    );
    expect(await token("", login("alice:wrong"))).toMatchObject({ status: 401 });
    expect(await token("")).toMatchObject({ status: 401 });
    const refusal = await broker.authorize(ask("nexus.example.org", "a"));
    expect(refusal.ok ? "" : refusal.headers?.["www-authenticate"]).toMatch(/^Bearer /);
  });
});

describe("A13 docker login", () => {
  it("is checked at the registry that the login name, the host or the default names", async () => {
    const { token, net } = set();
    await token(
      "?account=ghcr.io/alice&client_id=docker&offline_token=true&service=breakbulk",
      login("ghcr.io/alice:pw"),
    );
    await token("?offline_token=true", {
      ...login("bob:pw"),
      url: "https://quay.proxy.example.org/token",
    }).catch(() => undefined);
    await token("?offline_token=true", {
      ...login("bob:pw"),
      url: "https://quay-io.proxy.example.org/token",
    });
    await token("?offline_token=true", login("carol:pw"));
    expect(net.heard.map(({ url, headers }) => [new URL(url).host, headers.get("authorization")])).toEqual([
      ["ghcr.io", basic("alice:pw")],
      ["quay.io", basic("bob:pw")],
      ["auth.docker.io", basic("carol:pw")],
    ]);
  });

  it("says where it was tried when it fails", async () => {
    const { token } = set(
      {},
      { "auth.docker.io": () => json({ details: "incorrect username or password" }, { status: 401 }) },
    );
    const answer = await token("", login("alice:pw"));
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.message).toBe(
      "The token server of docker.io answered 401: incorrect username or password; the login was tried at docker.io, for another registry log in as REGISTRY/NAME",
    );
  });

  it("is checked anew every time", async () => {
    const { token, net } = set();
    await token("", login("alice:pw"));
    await token("", login("alice:pw"));
    expect(net.heard).toHaveLength(2);
  });

  it("is good for the ping that follows", async () => {
    const { token, broker } = set();
    const headers = bearer(await token("", login("alice:pw")));
    expect(await broker.ping(new Request(`${PROXY}/v2/`, { headers }), undefined)).toMatchObject({
      ok: true,
    });
  });

  it("may carry access key and password at once", async () => {
    const { token, net } = set({ accessKeys: [KEY] });
    expect(await token("", login("ghcr.io/alice:pw"))).toMatchObject({ status: 401 });
    expect(await token("", login(`ghcr.io/alice:${KEY}:p:w`))).toMatchObject({ status: 200 });
    expect(net.heard.map(({ headers }) => headers.get("authorization"))).toEqual([basic("alice:p:w")]);
  });
});

describe("A14 a challenge after a redirect to another registry", () => {
  const challenged = (realm: string): Response =>
    new Response("", { status: 401, headers: { "www-authenticate": `Bearer realm="${realm}",service="s"` } });
  const hop = new URL("https://ghcr.io/v2/linuxserver/app/manifests/latest");

  it("gets an anonymous token of that registry", async () => {
    const { broker, net } = set();
    const authorization = await broker.authorizeHop({
      url: hop,
      response: challenged("https://ghcr.io/token"),
    });
    expect(readToken(authorization)).toBe("anonymous|repository:linuxserver/app:pull");
    expect(net.heard[0]?.headers.has("authorization")).toBe(false);
  });

  it.each(["https://evil.example.net/token", "http://ghcr.io/token", "https://auth.docker.io/token"])(
    "gets nothing when the realm is %s",
    async (realm) => {
      const { broker, net } = set({}, { "evil.example.net": issue });
      expect(await broker.authorizeHop({ url: hop, response: challenged(realm) })).toBeUndefined();
      expect(net.heard).toEqual([]);
    },
  );

  it("gets nothing for what is no registry's address", async () => {
    const { broker, net } = set();
    expect(
      await broker.authorizeHop({
        url: new URL("https://ghcr.io/evil"),
        response: challenged("https://ghcr.io/token"),
      }),
    ).toBeUndefined();
    expect(net.heard).toEqual([]);
  });
});

describe("SEC-13 what the policy closes", () => {
  it("is closed to manifests, blobs and tokens alike", async () => {
    const { broker, ask, token, net } = set({
      repositories: { deny: ["ghcr.io/acme/**", "quay.io/a/b:bad"] },
    });
    expect(await broker.authorize(ask("ghcr.io", "acme/app"))).toMatchObject({
      ok: false,
      status: 403,
      code: "DENIED",
    });
    expect(await broker.authorize(ask("quay.io", "a/b", { tag: "bad" }))).toMatchObject({ status: 403 });
    expect(await broker.authorize(ask("quay.io", "a/b", { tag: "good" }))).toMatchObject({ ok: true });
    expect(await token("?scope=repository:ghcr.io/acme/app:pull")).toMatchObject({ status: 200 });
    expect(net.heard.at(-1)?.url).toBe("https://ghcr.io/token?service=ghcr.io");
  });

  it("SEC-9 includes writing, until it is switched on for both the deployment and the registry", async () => {
    for (const [write, key, status] of [
      [false, "ghcr.io", 405],
      [true, "mcr.microsoft.com", 405],
      [true, "ghcr.io", undefined],
    ] as const) {
      const { broker, ask } = set({ write });
      const answer = await broker.authorize(ask(key, "a/b", { actions: ["push"] }));
      expect(answer.ok ? undefined : answer.status).toBe(status);
    }
  });
});
