import { describe, expect, it } from "vitest";
import { DEFAULT_REGISTRIES } from "../../edge/registries.ts";
import {
  clientPath,
  isRegistryPath,
  parseRoute,
  rawAddress,
  takeParameter,
  type World,
} from "../../edge/route.ts";
import { fakeEdge, fakeRow } from "../support/fake-upstream.ts";

const WORLD: World = {
  registries: [
    ...DEFAULT_REGISTRIES,
    fakeRow("localhost:5000"),
    fakeRow("quay.fake.dev", { aliases: ["quay"] }),
  ],
  default: "docker.io",
  host: "proxy.fake.dev",
  longestPath: 1024,
};
const D = `sha256:${"a".repeat(64)}`;

function route(target: string, host = "proxy.fake.dev", world = WORLD) {
  const mark = target.indexOf("?");
  const [path, query] = mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
  return parseRoute({ path, query, host, mount: "" }, world);
}
/** Registry, upstream repository and endpoint of a good address; code and status of a bad one. */
function told(target: string, host?: string, world?: World): string {
  const found = route(target, host, world);
  if ("status" in found) return `${found.status} ${found.code}`;
  const { endpoint, registry, repository } = found;
  const rest = Object.entries(endpoint).flatMap(([key, value]) =>
    key === "kind" || key === "name" ? [] : [value],
  );
  return [endpoint.kind, registry?.key, repository, ...rest].filter((part) => part !== undefined).join(" ");
}

describe("an address", () => {
  it.each([
    ["ghcr-io.proxy.fake.dev", "/v2/a/b/manifests/1"],
    ["ghcr.io.proxy.fake.dev", "/v2/a/b/manifests/1"],
    ["GHCR-IO.proxy.fake.dev", "/v2/a/b/manifests/1"],
    ["proxy.fake.dev", "/v2/ghcr.io/a/b/manifests/1"],
    ["proxy.fake.dev", "/ghcr.io/v2/a/b/manifests/1"],
    ["proxy.fake.dev", "/v2/a/b/manifests/1?ns=ghcr.io"],
    ["proxy.fake.dev", "/v2/ghcr.io/a/b/manifests/1?ns=ghcr.io"],
  ])("R1 names the registry by host, name, path or ns: %s%s", (host, path) => {
    expect(told(path, host.toLowerCase())).toBe("manifest ghcr.io a/b 1");
    expect(told(path, host)).toBe("manifest ghcr.io a/b 1");
  });

  it("R1 names a registry by an alias, a port or one of a family", () => {
    expect(told("/quay/v2/a/tags/list")).toBe("tags quay.fake.dev a");
    expect(told("/v2/a/tags/list", "quay.proxy.fake.dev")).toBe("tags quay.fake.dev a");
    expect(told("/v2/localhost:5000/a/tags/list")).toBe("tags localhost:5000 a");
    expect(told("/v2/localhost%3A5000/a/tags/list")).toBe("tags localhost:5000 a");
    expect(told("/v2/europe-docker.pkg.dev/p/r/i/manifests/1")).toBe(
      "manifest europe-docker.pkg.dev p/r/i 1",
    );
    expect(told("/v2/index.docker.io/library/x/manifests/1")).toBe("manifest docker.io library/x 1");
  });

  it("R2 takes the default registry where none is named, and a name with a dot below another one as a name", () => {
    expect(told("/v2/a/b/manifests/1")).toBe("manifest docker.io a/b 1");
    expect(told("/ghcr.io/v2/my.team/b/manifests/1")).toBe("manifest ghcr.io my.team/b 1");
    expect(told("/v2/my.team/b/manifests/1?ns=ghcr.io")).toBe("manifest ghcr.io my.team/b 1");
    expect(told("/v2/a/manifests/1", undefined, { ...WORLD, default: undefined })).toBe("404 NAME_UNKNOWN");
  });

  it.each([
    ["quay.proxy.fake.dev", "/ghcr.io/v2/a/manifests/1"],
    ["quay.proxy.fake.dev", "/v2/ghcr.io/a/manifests/1"],
    ["quay.proxy.fake.dev", "/v2/a/manifests/1?ns=ghcr.io"],
    ["proxy.fake.dev", "/ghcr.io/v2/docker.io/a/manifests/1"],
    ["proxy.fake.dev", "/ghcr.io/v2/a/manifests/1?ns=docker.io"],
    ["proxy.fake.dev", "/v2/ghcr.io/a/manifests/1?ns=docker.io"],
    ["proxy.fake.dev", "/v2/a/manifests/1?ns=docker.io&ns=ghcr.io"],
  ])("R2 is refused where two disagree: %s%s", (host, path) => {
    expect(told(path, host)).toBe("400 NAME_INVALID");
  });

  it.each([
    "/v2/evil.fake.com/a/manifests/1",
    "/v2/127.0.0.1:80/a/manifests/1",
    "/v2/localhost/a/manifests/1",
    "/evil.fake.com/v2/a/manifests/1",
    "/v2/a/manifests/1?ns=evil.fake.com",
    "/v2/a/manifests/1?ns=",
    "/v2/a.pkg.dev.evil.com/x/manifests/1",
    "/v2/*.pkg.dev/x/manifests/1",
  ])("R3 names nothing outside of the table: %s", (path) => {
    const found = route(path);
    expect(found).toMatchObject({ status: 404, code: "NAME_UNKNOWN" });
    expect(JSON.stringify(found)).not.toContain("ghcr");
  });

  it("R4 loses its ns, and nothing else of its query", () => {
    expect(route("/v2/a/tags/list?n=5&ns=ghcr.io&last=b%2Bc+d")).toMatchObject({ query: "n=5&last=b%2Bc+d" });
    expect(route("/v2/a/tags/list?NS=x&nsx=1")).toMatchObject({ query: "NS=x&nsx=1" });
  });

  it.each([
    ["/v2/", "ping"],
    ["/v2", "ping"],
    ["/v2/ghcr.io", "ping ghcr.io"],
    ["/v2/ghcr.io/", "ping ghcr.io"],
    ["/ghcr.io/v2/", "ping ghcr.io"],
    ["/v2/_catalog", "catalog docker.io"],
    ["/v2/ghcr.io/_catalog", "catalog ghcr.io"],
    ["/v2/a/manifests/manifests/latest", "manifest docker.io a/manifests latest"],
    ["/v2/a/blobs/manifests/latest", "manifest docker.io a/blobs latest"],
    ["/v2/a/tags/list/tags/list", "tags docker.io a/tags/list"],
    ["/v2/a/blobs/uploads/manifests/x", "manifest docker.io a/blobs/uploads x"],
    ["/v2/manifests/manifests/manifests", "manifest docker.io library/manifests manifests"],
    ["/v2/v2/manifests/v2", "manifest docker.io library/v2 v2"],
    ["/v2/a/v2/tags/list", "tags docker.io a/v2"],
    [`/v2/a/b/c/d/e/f/manifests/${D}`, `manifest docker.io a/b/c/d/e/f ${D}`],
    [`/v2/a/manifests/${D.replace(":", "%3a")}`, `manifest docker.io library/a ${D}`],
    [`/v2/a/blobs/blobs/${D}`, `blob docker.io a/blobs ${D}`],
    ["/v2/a/blobs/uploads/", "uploads docker.io library/a"],
    ["/v2/a/blobs/uploads", "uploads docker.io library/a"],
    ["/v2/a/blobs/uploads/0b-1_x.~=%20", "upload docker.io library/a 0b-1_x.~=%20"],
    [`/v2/a/referrers/${D}`, `referrers docker.io library/a ${D}`],
    ["/v2/ghcr.io/a/_oci/ext/discover", "discover ghcr.io a"],
    ["/v2/ghcr.io/_oci/ext/discover", "discover ghcr.io"],
  ])("R5 is read from the right: %s", (path, expected) => {
    expect(told(path)).toBe(expected);
  });

  it.each([
    "/v2/a",
    "/v2/a/",
    "/v2/a/tags",
    "/v2/a/tags/list/",
    "/v2/a/manifests/",
    "/v2/a/b/c",
    "/v2x/a/tags/list",
  ])("R5 is 404 where the specification has nothing: %s", (path) => {
    expect(told(path)).toMatch(/^40[04] NAME_|^400 MANIFEST_INVALID/);
  });

  it.each([
    "/v2/a%2fb/tags/list",
    "/v2/a%5Cb/tags/list",
    "/v2/x/a..b/tags/list",
    "/v2/a/../b/tags/list",
    "/v2/a/%2e%2e/b/tags/list",
    "/v2/../tags/list",
    "/v2/./a/tags/list",
    "/v2//a/tags/list",
    "/v2/a//tags/list",
    "/v2/a%00/tags/list",
    "/v2/a%0d%0aX/tags/list",
    "/v2/a\u0001/tags/list",
    "/v2/ä/tags/list",
    "/v2/A/tags/list",
    "/v2/a-/tags/list",
    "/v2/x/a..b/tags/list",
    "/v2/a___b/tags/list",
    "/v2/a%252fb/tags/list",
    `/v2/${"a".repeat(256)}/tags/list`,
    `/v2/${"a/".repeat(600)}a/tags/list`,
  ])("R6 is refused when its path or name is malformed: %s", (path) => {
    expect(told(path)).toBe("400 NAME_INVALID");
  });

  it("R6 is refused when its tag, digest or session is malformed", () => {
    expect(told(`/v2/a/manifests/${"t".repeat(128)}`)).toMatch(/^manifest/);
    expect(told(`/v2/a/manifests/${"t".repeat(129)}`)).toBe("400 MANIFEST_INVALID");
    expect(told("/v2/a/manifests/-x")).toBe("400 MANIFEST_INVALID");
    expect(told("/v2/a/blobs/sha256:abc")).toBe("400 DIGEST_INVALID");
    expect(told(`/v2/a/blobs/sha256:${"A".repeat(64)}`)).toBe("400 DIGEST_INVALID");
    expect(told(`/v2/a/manifests/sha512:${"a".repeat(64)}`)).toBe("400 DIGEST_INVALID");
    expect(told("/v2/a/referrers/x")).toBe("400 DIGEST_INVALID");
    expect(told('/v2/a/blobs/uploads/x"y')).toBe("400 BLOB_UPLOAD_INVALID");
    expect(told(`/v2/a/blobs/uploads/${"x".repeat(20_000)}`)).toBe("400 NAME_INVALID");
  });

  it("R6 counts 255 characters of a name without the registry in front of it", () => {
    const name = Array.from({ length: 128 }, () => "a").join("/");
    expect(name).toHaveLength(255);
    expect(told(`/v2/ghcr.io/${name}/tags/list`)).toBe(`tags ghcr.io ${name}`);
    expect(told(`/v2/ghcr.io/${name}b/tags/list`)).toBe("400 NAME_INVALID");
  });

  it("R7 is told from its text with nothing decoded", () => {
    expect(rawAddress("http://h:1/v2/a%2Fb/x?_state=a+b%20c%2B?d#e")).toEqual({
      path: "/v2/a%2Fb/x",
      query: "_state=a+b%20c%2B?d",
    });
    expect(rawAddress("https://h")).toEqual({ path: "", query: "" });
    expect(takeParameter("a=1&from=x%2Fy&b=2+3", "from")).toEqual({ values: ["x/y"], rest: "a=1&b=2+3" });
  });

  it("R8 means library/ where Docker Hub's name has one segment", () => {
    expect(told("/v2/ubuntu/manifests/24.04")).toBe("manifest docker.io library/ubuntu 24.04");
    expect(told("/v2/docker.io/ubuntu/manifests/24.04")).toBe("manifest docker.io library/ubuntu 24.04");
    expect(told("/v2/ghcr.io/ubuntu/manifests/24.04")).toBe("manifest ghcr.io ubuntu 24.04");
  });

  it("is given back in the client's own way", () => {
    const rest = { path: "/tags/list", query: "last=x" };
    const back = (path: string, host?: string) => {
      const found = route(path, host);
      return "entry" in found ? clientPath(found.entry, "a/b", rest) : "";
    };
    expect(back("/v2/a/b/tags/list")).toBe("/v2/a/b/tags/list?last=x");
    expect(back("/v2/ghcr.io/a/b/tags/list")).toBe("/v2/ghcr.io/a/b/tags/list?last=x");
    expect(back("/ghcr.io/v2/a/b/tags/list")).toBe("/ghcr.io/v2/a/b/tags/list?last=x");
    expect(back("/v2/a/b/tags/list?ns=ghcr.io")).toBe("/v2/a/b/tags/list?last=x&ns=ghcr.io");
    expect(back("/v2/a/b/tags/list", "quay.proxy.fake.dev")).toBe("/v2/a/b/tags/list?last=x");
  });

  it.each([
    ["/v2", true],
    ["/v2/x", true],
    ["/ghcr.io/v2/x", true],
    ["/", false],
    ["/v2x", false],
    ["/assets/a.js", false],
    ["/a/b/v2/", false],
  ])("is a registry's or the page's: %s", (path, expected) => {
    expect(isRegistryPath(path)).toBe(expected);
  });
});

describe("the registry half of the app", () => {
  const edge = fakeEdge({
    servers: { "reg.fake.dev": () => Response.json({ name: "a/b", tags: ["1"] }) },
    policy: { publicUrl: "https://proxy.fake.dev" },
  });

  it("R1 R4 asks the same of the upstream in all four layouts, and says which registry it was", async () => {
    const ways: [string, string | undefined][] = [
      ["/v2/reg.fake.dev/a/b/tags/list?n=1", undefined],
      ["/reg.fake.dev/v2/a/b/tags/list?n=1", undefined],
      ["/v2/a/b/tags/list?n=1&ns=reg.fake.dev", undefined],
      ["/v2/a/b/tags/list?n=1", "http://reg-fake-dev.proxy.fake.dev"],
    ];
    for (const [path, base] of ways) {
      const response = await edge.ask(path, base === undefined ? {} : { base });
      expect(response.status, path).toBe(200);
      expect(response.headers.get("oci-namespace")).toBe("reg.fake.dev");
      expect(edge.seen.at(-1)?.url).toBe("https://reg.fake.dev/v2/a/b/tags/list?n=1");
    }
  });

  it("R3 answers 404 for a registry that is not in the table, and dials nothing", async () => {
    const before = edge.seen.length;
    const response = await edge.ask("/v2/169.254.169.254:80/a/manifests/1");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      errors: [{ code: "NAME_UNKNOWN", detail: { source: "proxy" } }],
    });
    expect(edge.seen).toHaveLength(before);
  });

  it.each(["/v2", "/v2/", "/reg.fake.dev/v2/", "/v2/reg.fake.dev/"])(
    "R9 answers a ping itself: %s",
    async (path) => {
      const before = edge.seen.length;
      const response = await edge.ask(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
      expect(await response.json()).toEqual({});
      expect(edge.seen).toHaveLength(before);
    },
  );

  it("R9 says its version on errors, too", async () => {
    const response = await edge.ask("/v2/a/b/c");
    expect(response.status).toBe(404);
    expect(response.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
  });
});
