import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pid } from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loginFile } from "../../../edge/script/login-file.ts";

describe("logins in a file", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "breakbulk-login-"));
    path = join(folder, "home/config.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const login = (username: string) => ({ username, password: "s:ecret" });

  it("are for their owner alone, also where the file was for all", async () => {
    await loginFile(path).put("a.example", login("bob"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "home")).mode & 0o777).toBe(0o700);
    const open = join(folder, "open.json");
    writeFileSync(open, '{"other": 1}', { mode: 0o644 });
    await loginFile(open).put("a.example", login("bob"));
    expect(statSync(open).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(open, "utf8"))).toEqual({
      other: 1,
      auths: { "a.example": { auth: btoa("bob:s:ecret") } },
    });
  });

  it("are all kept when many are made at once, and nothing lies about after", async () => {
    const servers = Array.from({ length: 20 }, (_, at) => `r${at}.example`);
    await Promise.all(servers.map((server) => loginFile(path).put(server, login(server))));
    expect((await loginFile(path).list()).toSorted()).toEqual(servers.toSorted());
    await Promise.all(servers.slice(1).map((server) => loginFile(path).erase(server)));
    expect(await loginFile(path).list()).toEqual(["r0.example"]);
    expect(await loginFile(path).get("r0.example")).toEqual({
      ...login("r0.example"),
      identityToken: undefined,
    });
    expect(await loginFile(path).erase("none.example")).toBe(false);
    expect(readdirSync(join(folder, "home"))).toEqual(["config.json"]);
  });

  it("of DOCKER_AUTH_CONFIG come first, and are never written", async () => {
    const auth = btoa("ci:token");
    const given = JSON.stringify({ auths: { "a.example": { auth }, "b.example": { auth } } });
    await loginFile(path).put("a.example", login("bob"));
    const logins = loginFile(path, given);
    expect((await logins.get("a.example"))?.username).toBe("ci");
    await logins.put("c.example", login("eve"));
    expect(await logins.list()).toEqual(["a.example", "b.example", "c.example"]);
    expect(await loginFile(path).list()).toEqual(["a.example", "c.example"]);
    expect((await loginFile(path).get("a.example"))?.username).toBe("bob");
    expect(() => loginFile(path, "{secret")).toThrow(/^(?!.*secret)/u);
  });

  it("are not written to where a link that somebody else laid leads", async () => {
    const bait = join(folder, "bait");
    writeFileSync(bait, "bait");
    await loginFile(path).put("a.example", login("a"));
    for (let at = 0; at < 50; at++) symlinkSync(bait, `${path}.${pid}.${at}`);
    await loginFile(path).put("b.example", login("b"));
    expect(readFileSync(bait, "utf8")).toBe("bait");
    expect((await loginFile(path).list()).toSorted()).toEqual(["a.example", "b.example"]);
  });
});
