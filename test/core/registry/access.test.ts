import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import {
  openRegistry,
  proxyEndpoint,
  type RegistryCredentials,
  type Repository,
} from "../../../core/registry/mod.ts";
import { type FakeQuirks, FakeRegistry, fakeClock } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";

const LAYER = new BlobSet().layer(5000, 1).digest;

interface Setup {
  readonly fake: FakeRegistry;
  readonly repository: Repository;
  readonly slept: readonly number[];
}

function setUp(quirks: FakeQuirks = {}, credentials?: RegistryCredentials): Setup {
  const fake = new FakeRegistry(quirks);
  const set = new BlobSet();
  fake.add("yard/crane", set, set.image([set.layer(5000, 1)]).manifest, "1", "latest");
  const clock = fakeClock(fake);
  const registry = openRegistry({ fetch: fake.fetch, clock, credentials: () => credentials });
  const repository = registry.repository({ domain: "registry.example", path: "yard/crane" });
  return { fake, repository, slept: clock.slept };
}

async function failure(work: Promise<unknown>): Promise<{ code: string; reason: unknown; text: string }> {
  try {
    await work;
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return { code: error.code, reason: error.detail["reason"], text: JSON.stringify(error.toJSON()) };
  }
  throw new Error("it did not fail");
}

const ALICE = { "alice:s3cret": ["pull", "push", "delete"] };
const ANYBODY = { "": ["pull"], ...ALICE };

describe("authorization", () => {
  it("names the registry in the account where a proxy has several, and nowhere else", async () => {
    const accounts: (string | null)[] = [];
    const registry = openRegistry({
      fetch: async (request) => {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname === "/token") {
          accounts.push(atob(request.headers.get("authorization")?.slice(6) ?? ""));
          accounts.push(searchParams.get("account"));
          return Response.json({ token: "t" });
        }
        if (request.headers.has("authorization")) return new Response("{}", { status: 404 });
        const challenge = `Bearer realm="https://p.example/token",service="p"`;
        return new Response(null, { status: 401, headers: { "www-authenticate": challenge } });
      },
      endpoint: (name) => proxyEndpoint(name, "https://p.example"),
      credentials: () => ({ username: "alice", password: "s3cret" }),
    });
    const repository = registry.repository({ domain: "registry.example", path: "yard/crane" });
    await failure(repository.manifest("1"));
    expect(accounts).toEqual(["registry.example/alice:s3cret", "registry.example/alice"]);
  });

  it("asks nobody for anything where none is wanted", async () => {
    const { fake, repository } = setUp();
    await repository.manifest("1");
    expect(fake.seen.map(({ method, authorization }) => [method, authorization])).toEqual([
      ["GET", undefined],
    ]);
  });

  it("gets a token for nobody, for what is asked and not what the challenge says", async () => {
    const { fake, repository } = setUp({ auth: "bearer", users: ANYBODY });
    await repository.manifest("1");
    const tokens = fake.seen.filter(({ url }) => url.includes("/token"));
    expect(tokens).toHaveLength(1);
    expect(tokens[0]?.authorization).toBeUndefined();
    const query = new URL(tokens[0]?.url ?? "").searchParams;
    expect(query.getAll("scope")).toEqual(["repository:yard/crane:pull"]);
    expect(query.get("service")).toBe("fake");
  });

  it("shows credentials to the realm and not to the registry with Bearer", async () => {
    const { fake, repository } = setUp(
      { auth: "bearer", users: ALICE },
      { username: "alice", password: "s3cret" },
    );
    await repository.manifest("1");
    for (const { url, authorization } of fake.seen) {
      expect(url).not.toContain("s3cret");
      expect(authorization?.startsWith("Basic ") ?? false).toBe(url.startsWith("https://token.example/"));
    }
    expect(new URL(fake.seen[1]?.url ?? "").searchParams.get("account")).toBe("alice");
  });

  it("uses one token for requests at the same time and after each other", async () => {
    const { fake, repository } = setUp({ auth: "bearer" });
    await repository.manifest("1");
    await Promise.all([repository.manifest("1"), repository.manifest("latest"), repository.resolve("1")]);
    expect(fake.seen.filter(({ url }) => url.includes("/token"))).toHaveLength(1);
    const again = setUp({ auth: "bearer" });
    await Promise.all([
      again.repository.manifest("1"),
      again.repository.manifest("1"),
      again.repository.manifest("1"),
    ]);
    expect(again.fake.seen.filter(({ url }) => url.includes("/token"))).toHaveLength(1);
  });

  it("gets a new token before the old one ends, after 60 s where it does not say", async () => {
    const { fake, repository } = setUp({ auth: "bearer", token: { expires_in: undefined } });
    await repository.manifest("1");
    fake.now += 40;
    await repository.manifest("1");
    expect(fake.seen.filter(({ url }) => url.includes("/token"))).toHaveLength(1);
    fake.now += 10;
    await repository.manifest("1");
    expect(fake.seen.filter(({ url }) => url.includes("/token"))).toHaveLength(2);
    expect(fake.seen.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it("gets a new token when the registry no longer takes the old one", async () => {
    const { fake, repository } = setUp({ auth: "bearer", tokenLife: 10 });
    await repository.manifest("1");
    fake.now += 20;
    await repository.manifest("1");
    expect(fake.seen.filter(({ url }) => url.includes("/token"))).toHaveLength(2);
  });

  it("takes access_token alone", async () => {
    const { repository } = setUp({ auth: "bearer", token: { token: undefined } });
    expect((await repository.manifest("1")).bytes.length).toBeGreaterThan(0);
  });

  it("shows a refresh token by POST, and by GET to a service that takes no POST", async () => {
    const identityToken = btoa("alice:s3cret");
    const post = setUp({ auth: "bearer", users: ALICE }, { identityToken });
    await post.repository.manifest("1");
    expect(post.fake.seen[1]).toMatchObject({ method: "POST", url: "https://token.example/token" });
    const get = setUp(
      { auth: "bearer", users: { [`alice:${identityToken}`]: ["pull"] }, noTokenPost: true },
      { username: "alice", identityToken },
    );
    await get.repository.manifest("1");
    expect(get.fake.seen.map(({ method }) => method)).toEqual(["GET", "POST", "GET", "GET"]);
  });

  it("sends Basic where that is wanted, at once from the second request on", async () => {
    const { fake, repository } = setUp(
      { auth: "basic", users: ALICE },
      { username: "alice", password: "s3cret" },
    );
    await repository.manifest("1");
    await repository.manifest("1");
    expect(fake.seen.map(({ status }) => status)).toEqual([401, 200, 200]);
  });

  it("prefers Bearer where both are offered, in whatever order", async () => {
    const challenge = 'Basic realm="x", Bearer realm="https://token.example/token",service="fake"';
    const { fake, repository } = setUp({ auth: "bearer", users: ANYBODY, challenge });
    await repository.manifest("1");
    expect(fake.asked).toContain("GET /token");
  });

  it("says in Docker's words what is missing", async () => {
    const basic = await failure(setUp({ auth: "basic", users: ALICE }).repository.manifest("1"));
    expect(basic).toMatchObject({ code: "registry/unauthorized", reason: "no basic auth credentials" });
    const wrong = await failure(
      setUp({ auth: "basic", users: ALICE }, { username: "alice", password: "wr0ng" }).repository.manifest(
        "1",
      ),
    );
    expect(wrong).toMatchObject({
      code: "registry/unauthorized",
      reason: "unauthorized: authentication required",
    });
    const realm = await failure(
      setUp({ auth: "bearer", users: ALICE }, { username: "alice", password: "wr0ng" }).repository.manifest(
        "1",
      ),
    );
    expect(realm).toMatchObject({
      code: "registry/unauthorized",
      reason: "unauthorized: incorrect username or password",
    });
    const scope = await failure(setUp({ auth: "bearer", users: { "": [] } }).repository.manifest("1"));
    expect(scope).toMatchObject({
      code: "registry/denied",
      reason:
        "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n",
    });
    for (const { text } of [wrong, realm]) expect(text).not.toContain("wr0ng");
  });

  it.each([
    ["plain http", "http://token.example/token"],
    ["an address", "https://10.0.0.1/token"],
    ["an address in disguise", "https://0x7f000001/token"],
    ["this machine", "https://localhost/token"],
    ["a machine of somebody's network", "https://vault.internal/token"],
    ["a name without dots", "https://vault/token"],
    ["a user in it", "https://a:b@token.example/token"],
    ["no URL", "https://"],
  ])("sends no credentials to a realm with %s", async (_, realm) => {
    const { fake, repository } = setUp({ auth: "bearer", realm }, { username: "alice", password: "s3cret" });
    expect((await failure(repository.manifest("1"))).code).toBe("registry/realm");
    expect(fake.seen).toHaveLength(1);
  });

  it("keeps credentials out of redirects and of storage", async () => {
    const { fake, repository } = setUp(
      { auth: "basic", users: ALICE, storage: "elsewhere" },
      { username: "alice", password: "s3cret" },
    );
    const source = await repository.blob({ digest: LAYER, size: 5000 });
    expect((await source?.arrayBuffer())?.byteLength).toBe(5000);
    const stored = fake.seen.filter(({ url }) => url.startsWith("https://storage.example/"));
    expect(stored.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("meets the challenge of another registry behind a redirect as nobody", async () => {
    const other = new FakeRegistry({ auth: "bearer", users: ANYBODY }, "other.example");
    const set = new BlobSet();
    other.add("yard/crane", set, set.image([]).manifest, "1");
    const vanity = new FakeRegistry({ vanity: "https://other.example" });
    const registry = openRegistry({
      fetch: (request) =>
        (request.url.startsWith("https://registry.example/") ? vanity : other).fetch(request),
      credentials: () => ({ username: "alice", password: "s3cret" }),
      clock: fakeClock(),
    });
    await registry.repository({ domain: "registry.example", path: "yard/crane" }).manifest("1");
    expect(
      other.seen.map(({ url, authorization }) => [new URL(url).host, authorization?.split(" ")[0]]),
    ).toEqual([
      ["other.example", undefined],
      ["token.example", undefined],
      ["other.example", "Bearer"],
    ]);
  });

  it("lets a browser follow that does not show where to", async () => {
    const fake = new FakeRegistry({ auth: "bearer", users: ANYBODY, storage: "elsewhere" });
    const set = new BlobSet();
    fake.add("yard/crane", set, set.image([set.layer(5000, 1)]).manifest, "1");
    const modes: string[] = [];
    const registry = openRegistry({
      clock: fakeClock(fake),
      async fetch(request) {
        modes.push(request.redirect);
        const response = await fake.fetch(request);
        const location = response.headers.get("location");
        if (response.status !== 307 || location === null) return response;
        // What a page gets to see; and what a browser does, which takes Authorization away at another origin.
        if (request.redirect === "manual")
          return Object.defineProperty(new Response(), "type", { value: "opaqueredirect" });
        return fake.fetch(new Request(location, { headers: { range: request.headers.get("range") ?? "" } }));
      },
    });
    const repository = registry.repository({ domain: "registry.example", path: "yard/crane" });
    for (const end of [10, 20]) {
      const source = await repository.blob({ digest: LAYER, size: 5000 });
      expect((await source!.slice(0, end).arrayBuffer()).byteLength).toBe(end);
    }
    // Refused, token, with the token, once more; and from then on at once.
    expect(modes).toEqual(["manual", "manual", "manual", "follow", "follow"]);
  });

  it.each([
    ["plain http", "http://storage.example/x"],
    ["a machine of somebody's network", "https://169.254.169.254/x"],
    ["a circle", "/v2/yard/crane/manifests/1"],
    ["nowhere", ""],
  ])("does not follow a redirect to %s", async (_, location) => {
    const headers: Record<string, string> = location === "" ? {} : { location };
    const { repository } = setUp({ before: () => new Response(null, { status: 307, headers }) });
    expect((await failure(repository.manifest("1"))).code).toBe("registry/redirect");
  });
});

describe("patience", () => {
  const busy = (times: number, status: number, headers: Record<string, string> = {}) => {
    let left = times;
    return (): Response | undefined => (left-- > 0 ? new Response("busy", { status, headers }) : undefined);
  };

  it("waits as long as the registry says", async () => {
    const { repository, slept } = setUp({ before: busy(2, 429, { "retry-after": "7" }) });
    await repository.manifest("1");
    expect(slept).toEqual([7000, 7000]);
  });

  it("takes a date for that as well", async () => {
    const date = new Date((1_700_000_000 + 90) * 1000).toUTCString();
    const { repository, slept } = setUp({ before: busy(1, 503, { "retry-after": date }) });
    await repository.manifest("1");
    expect(slept).toEqual([90_000]);
  });

  it("waits twice as long each time where it says nothing, and gives up in the end", async () => {
    const { repository, slept } = setUp({ before: busy(4, 502) });
    await repository.manifest("1");
    expect(slept).toEqual([1000, 2000, 4000, 8000]);
    const down = setUp({ before: busy(100, 502) });
    expect(await failure(down.repository.manifest("1"))).toMatchObject({
      code: "registry/failed",
      reason: "received unexpected HTTP status: 502 Bad Gateway",
    });
    expect(down.fake.seen).toHaveLength(5);
  });

  it("says at once that a limit lasts for hours", async () => {
    const { repository, slept, fake } = setUp({ before: busy(9, 429, { "retry-after": "21600" }) });
    expect((await failure(repository.manifest("1"))).text).toContain('"retryAfter":21600');
    expect(slept).toEqual([]);
    expect(fake.seen).toHaveLength(1);
  });

  it("does not try again to reach a host that never answered", async () => {
    const { repository, slept } = setUp({
      before: () => {
        throw new TypeError("connection refused");
      },
    });
    const { code, text } = await failure(repository.manifest("1"));
    expect(code).toBe("registry/unreachable");
    expect(text).toContain("connection refused");
    expect(slept).toEqual([]);
  });

  it("stops waiting when it is aborted", async () => {
    const stop = new AbortController();
    const { repository } = setUp({
      before: () => {
        stop.abort(new Error("enough"));
        return new Response("", { status: 503 });
      },
    });
    await expect(repository.manifest("1", { signal: stop.signal })).rejects.toThrow("enough");
  });
});

describe("refusals", () => {
  const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
    setUp({ before: () => new Response(body, { status, headers }) }).repository.manifest("1");

  it.each([
    [
      "an error of the specification",
      404,
      '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}',
      "registry/missing",
      "manifest unknown: manifest unknown",
    ],
    ["a denial", 403, '{"errors":[{"code":"DENIED","message":"no"}]}', "registry/denied", "denied: no"],
    [
      "the limit of docker.io",
      429,
      '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}',
      "registry/limited",
      "toomanyrequests: You have reached your pull rate limit.",
    ],
    [
      "a details field",
      401,
      '{"details":"incorrect username or password"}',
      "registry/unauthorized",
      "unauthorized: incorrect username or password",
    ],
    ["nothing", 404, "", "registry/missing", "received unexpected HTTP status: 404 Not Found"],
    ["401 without words", 401, "", "registry/unauthorized", "unauthorized: authentication required"],
    [
      "a page",
      404,
      "<html>\r\n<b>no</b>",
      "registry/missing",
      'error parsing HTTP 404 response body: no error details found in HTTP response body: "<html> <b>no</b>"',
    ],
    ["405", 405, "", "registry/unsupported", "received unexpected HTTP status: 405 Method Not Allowed"],
    ["an error without words", 400, '{"errors":[{"code":"WRONG"}]}', "registry/refused", "wrong: "],
    [
      "JSON of another shape",
      400,
      '{"errors":"what"}',
      "registry/refused",
      'error parsing HTTP 400 response body: no error details found in HTTP response body: "{\\"errors\\":\\"what\\"}"',
    ],
    ["JSON nested without end", 400, "[".repeat(5000), "registry/refused", undefined],
    ["an endless text", 404, "x".repeat(10_000_000), "registry/missing", undefined],
  ])("reads %s", async (_, status, body, code, reason) => {
    const found = await failure(answer(status, body, { "retry-after": "99999" }));
    expect(found.code).toBe(code);
    if (reason !== undefined) expect(found.reason).toBe(reason);
    expect(found.text.length).toBeLessThan(3000);
  });
});
