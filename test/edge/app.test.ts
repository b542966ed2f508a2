import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "../../edge/page-files.ts";
import { fakeEdge } from "../support/fake-upstream.ts";

let folder = "";
const get = (path: string) =>
  fakeEdge({ servers: {}, host: { page: pageFiles(join(folder, "web")) } }).ask(path);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakbulk-edge-"));
  await mkdir(join(folder, "web/assets"), { recursive: true });
  await writeFile(join(folder, "web/index.html"), "<!doctype html>page");
  await writeFile(join(folder, "web/assets/a-1234.js"), "1");
  await writeFile(join(folder, "secret.txt"), "secret");
  await symlink(join(folder, "secret.txt"), join(folder, "web/link.txt"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("the app", () => {
  it("serves the page at the root, always fresh", async () => {
    const response = await get("/");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("page");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("x-frame-options")).toBe("DENY");
  });

  it("lets hashed assets be kept for ever", async () => {
    const response = await get("/assets/a-1234.js");
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(response.headers.get("cache-control")).toContain("immutable");
  });

  it.each([
    "/nothing",
    "/assets",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/link.txt",
    "/%ff",
    "/a%00b",
  ])("has nothing at %s", async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe("not found\n");
  });
});
