import { describe, expect, it } from "vitest";
import { HUB_SERVER } from "../../../core/command/mod.ts";
import type { LoginShelf } from "../../../web/store/mod.ts";
import { Logins } from "../../../web/worker/logins.ts";

type KeptLogin = Parameters<LoginShelf["put"]>[0];

const ALICE = { username: "alice", password: "s3cret" };

/** A shelf in memory, and the way to registries, both to be changed by a test. */
function setUp(kept: readonly KeptLogin[] = [], fault?: Error) {
  const shelved = new Map(kept.map((login) => [login.server, login]));
  const failing = <T>(value: T): Promise<T> =>
    fault === undefined ? Promise.resolve(value) : Promise.reject(fault);
  const shelf: LoginShelf = {
    list: () => failing([...shelved.values()]),
    put: (login) => failing(void shelved.set(login.server, login)),
    erase: (server) => failing(shelved.delete(server)),
  };
  const way = { base: "https://p.example/v2/" };
  return { shelved, way, logins: new Logins(shelf, () => way.base) };
}

const secret = (via: unknown): string => JSON.stringify({ password: "s3cret", via });

describe("logins", () => {
  it("are held in memory alone unless they are to be kept", async () => {
    const { logins, shelved } = setUp();
    await logins.hold("ghcr.io", { ...ALICE, kept: false });
    expect((await logins.get("ghcr.io"))?.password).toBe("s3cret");
    expect(shelved.size).toBe(0);
    await logins.hold("ghcr.io", { ...ALICE, kept: true });
    expect([...shelved.keys()]).toEqual(["ghcr.io"]);
    await logins.hold("ghcr.io", { ...ALICE, kept: false });
    expect(shelved.size).toBe(0);
  });

  it("are given to the way that took them and to no other", async () => {
    const { logins, way } = setUp();
    await logins.hold("ghcr.io", { ...ALICE, kept: false });
    way.base = "https://evil.example/v2/";
    expect(await logins.get("ghcr.io")).toBeUndefined();
    way.base = "https://ghcr.io/v2/";
    expect(await logins.get("ghcr.io")).toBeUndefined();
    way.base = "https://p.example/v2/";
    expect((await logins.get("ghcr.io"))?.username).toBe("alice");
  });

  it("that are kept go that way tomorrow as well, and those that do not say their way go nowhere", async () => {
    const { logins } = setUp([
      { server: "a.example", username: "alice", secret: secret("https://p.example/v2/") },
      { server: "b.example", username: "alice", secret: secret("https://old.example/v2/") },
      { server: "c.example", username: "alice", secret: secret(undefined) },
      { server: "d.example", username: "alice", secret: secret({}) },
    ]);
    const given = await Promise.all("abcd".split("").map((name) => logins.get(`${name}.example`)));
    expect(given.map((login) => login?.password)).toEqual(["s3cret", undefined, undefined, undefined]);
    expect(await logins.list()).toHaveLength(4);
  });

  it("are given to no other server", async () => {
    const { logins } = setUp();
    await logins.hold("ghcr.io", { ...ALICE, kept: false });
    for (const server of ["GHCR.IO", "ghcr.io:443", "x.ghcr.io", HUB_SERVER, ""])
      expect(await logins.get(server)).toBeUndefined();
  });

  it("are shown without their secrets", async () => {
    const { logins } = setUp();
    await logins.hold(HUB_SERVER, { ...ALICE, identityToken: "t0ken", kept: true });
    const shown = JSON.stringify(await logins.views());
    expect(JSON.parse(shown)).toEqual([{ registry: "docker.io", username: "alice", kept: true }]);
    expect(shown).not.toMatch(/s3cret|t0ken/u);
  });

  it("are forgotten in memory and on the shelf", async () => {
    const { logins, shelved } = setUp();
    await logins.hold("ghcr.io", { ...ALICE, kept: true });
    expect(await logins.erase("ghcr.io")).toBe(true);
    expect([await logins.get("ghcr.io"), shelved.size]).toEqual([undefined, 0]);
    expect(await logins.erase("ghcr.io")).toBe(false);
  });

  it("work without a shelf that can be read", async () => {
    const { logins } = setUp([], new Error("no database"));
    expect(await logins.list()).toEqual([]);
    await logins.hold("ghcr.io", { ...ALICE, kept: false });
    expect((await logins.get("ghcr.io"))?.username).toBe("alice");
    expect(await logins.erase("ghcr.io")).toBe(true);
  });

  it("survive one that says nothing that can be understood", async () => {
    const { logins } = setUp([
      { server: "a.example", username: "alice", secret: "no JSON" },
      { server: "b.example", username: "alice", secret: secret("https://p.example/v2/") },
    ]);
    expect(await logins.get("a.example")).toBeUndefined();
    expect((await logins.get("b.example"))?.password).toBe("s3cret");
  });
});
