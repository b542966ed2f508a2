import { describe, expect, it } from "vitest";
import { ACCESS_HEADER, accessOf, findKey, keyInQuery, splitKey } from "../../edge/access.ts";
import { clientAddress, clientGroup } from "../../edge/client.ts";
import { DEFAULT_POLICY } from "../../edge/policy.ts";
import { createRateLimiter, rateHeaders } from "../../edge/rates.ts";
import { createRepositoryFilter } from "../../edge/repository-policy.ts";

const KEYS = ["first-key-first-key", "second-key-second"];
const policy = { ...DEFAULT_POLICY, accessKeys: KEYS };
const ask = (url: string, headers: Record<string, string> = {}) => new Request(url, { headers });

describe("SEC-10 the access key", () => {
  it("stands in the path or in a header", () => {
    expect(accessOf(ask(`https://p.example/k/${KEYS[1]}/docker.io/v2/`), policy)).toEqual({
      by: "key",
      key: 1,
    });
    expect(accessOf(ask("https://p.example/v2/", { [ACCESS_HEADER]: KEYS[0] ?? "" }), policy)).toEqual({
      by: "key",
      key: 0,
    });
    expect(accessOf(ask("https://p.example/v2/"), policy).by).toBe("none");
    expect(accessOf(ask("https://p.example/k/first-key-first-kez/v2/"), policy).by).toBe("wrong");
    expect(accessOf(ask("https://p.example/v2/"), DEFAULT_POLICY).by).toBe("open");
  });

  it("leaves the path without it", () => {
    expect(splitKey("/k/abc/docker.io/v2/")).toEqual({ mount: "/k/abc", path: "/docker.io/v2/", key: "abc" });
    expect(splitKey("/k/abc")).toEqual({ mount: "/k/abc", path: "/", key: "abc" });
    expect(splitKey("/v2/k/abc")).toEqual({ mount: "", path: "/v2/k/abc", key: undefined });
  });

  it.each([
    "",
    "f",
    "first-key-first-ke",
    "first-key-first-keyy",
    "FIRST-KEY-FIRST-KEY",
    "first-key-first-keyfirst-key-first-key",
    "éééééééééééééééééé",
  ])("does not fit when it is %j", (offered) => {
    expect(findKey(offered, KEYS)).toBeUndefined();
  });

  it("is not taken from a query, and noticed there", () => {
    expect(accessOf(ask(`https://p.example/v2/?key=${KEYS[0]}`), policy).by).toBe("none");
    expect(keyInQuery(`a=1&key=${KEYS[0]}`, KEYS)).toBe(true);
    expect(keyInQuery("a=1", KEYS)).toBe(false);
  });
});

describe("SEC-11 the client's address", () => {
  const request = ask("https://p.example/", { "x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.0.0.2" });

  it("is the connection's unless proxies are trusted, and then what the outermost trusted one saw", () => {
    expect(clientAddress(request, "10.0.0.1", 0)).toBe("10.0.0.1");
    expect(clientAddress(request, "10.0.0.1", 1)).toBe("10.0.0.2");
    expect(clientAddress(request, "10.0.0.1", 2)).toBe("1.2.3.4");
    expect(clientAddress(ask("https://p.example/"), "10.0.0.1", 2)).toBe("10.0.0.1");
    expect(clientAddress(ask("https://p.example/", { "x-forwarded-for": "1.2.3.4:555" }), "x", 1)).toBe(
      "1.2.3.4",
    );
    expect(clientAddress(ask("https://p.example/", { "x-forwarded-for": "[2001:500::1]:555" }), "x", 1)).toBe(
      "2001:500::1",
    );
  });

  it.each([
    ["1.2.3.4", "1.2.3.4"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["2606:4700:1:2:3:4:5:6", "2606:4700:1:2::/64"],
    ["2606:4700:1:2::", "2606:4700:1:2::/64"],
    [undefined, "unknown"],
  ])("%s counts as %s", (address, group) => {
    expect(clientGroup(address)).toBe(group);
  });
});

describe("SEC-12 limits per client", () => {
  it("count kinds and clients apart, and come back with time", () => {
    let now = 0;
    const limiter = createRateLimiter({ tokens: 2, manifests: 1, blobBytes: 0 }, () => now);
    expect(limiter.take("tokens", "a", 1)).toMatchObject({ remaining: 1, retryAfter: 0 });
    expect(limiter.take("tokens", "a", 1)).toMatchObject({ remaining: 0, retryAfter: 0 });
    expect(limiter.take("tokens", "a", 1)).toMatchObject({ retryAfter: 30 });
    expect(limiter.take("tokens", "b", 1)).toMatchObject({ retryAfter: 0 });
    expect(limiter.take("manifests", "a", 1)).toMatchObject({ retryAfter: 0 });
    expect(limiter.take("blobBytes", "a", 1e12)).toBeUndefined();
    now = 30_000;
    expect(limiter.take("tokens", "a", 1)).toMatchObject({ retryAfter: 0 });
    now = 1_000_000;
    expect(limiter.take("tokens", "a", 1)).toMatchObject({ remaining: 1 });
  });

  it("charge bytes after they went out, so that one large blob is let through and pays for it", () => {
    const limiter = createRateLimiter({ tokens: 0, manifests: 0, blobBytes: 100 }, () => 0);
    expect(limiter.take("blobBytes", "a", 250)).toMatchObject({ remaining: 0, retryAfter: 0 });
    const state = limiter.take("blobBytes", "a", 1);
    expect(state?.retryAfter).toBe(91);
    expect(state && rateHeaders(state)).toEqual({
      "ratelimit-limit": "100;w=60",
      "ratelimit-remaining": "0;w=60",
      "retry-after": "91",
    });
  });

  it("are kept for a bounded number of clients", () => {
    const limiter = createRateLimiter({ tokens: 1, manifests: 0, blobBytes: 0 }, () => 0);
    limiter.take("tokens", "first", 1);
    for (let at = 0; at < 20_000; at++) limiter.take("tokens", `c${at}`, 1);
    expect(limiter.take("tokens", "first", 1)).toMatchObject({ retryAfter: 0 });
  });
});

describe("SEC-13 the repository policy", () => {
  const filter = createRepositoryFilter({
    allow: ["docker.io/library/*", "ghcr.io/acme/**", "quay.io/x/y:stable"],
    deny: ["ghcr.io/acme/secret/**", "docker.io/library/alpine:edge"],
  });
  it.each([
    ["docker.io", "library/alpine", undefined, true],
    ["docker.io", "library/alpine", "3.20", true],
    ["docker.io", "library/alpine", "edge", false],
    ["docker.io", "library/a/b", undefined, false],
    ["docker.io", "evil/alpine", undefined, false],
    ["ghcr.io", "acme/a/b/c", "1", true],
    ["ghcr.io", "acme/secret/x", undefined, false],
    ["ghcr.io", "acmex/a", undefined, false],
    ["quay.io", "x/y", "stable", true],
    ["quay.io", "x/y", "latest", false],
    ["quay.io", "x/y", undefined, true],
  ])("on %s/%s:%s says %s", (registry, repository, tag, allowed) => {
    expect(filter({ registry, repository, tag })).toBe(allowed);
  });

  it("allows everything that is not denied when nothing is listed", () => {
    const open = createRepositoryFilter({ allow: [], deny: ["**/secret"] });
    expect(open({ registry: "a.b", repository: "c/d" })).toBe(true);
    expect(open({ registry: "a.b", repository: "c/secret" })).toBe(false);
  });

  it("takes dots for dots and matches stars in linear time", () => {
    const open = createRepositoryFilter({ allow: ["a.b/**********x"], deny: [] });
    expect(open({ registry: "acb", repository: "x" })).toBe(false);
    expect(open({ registry: "a.b", repository: "y".repeat(250) })).toBe(false);
  });
});
