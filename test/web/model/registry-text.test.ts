import { describe, expect, it } from "vitest";
import { insecureAddress } from "../../../web/model/proxy-address.ts";
import { offerQuestion, pullOffers, tagOrder } from "../../../web/model/pull-offers.ts";
import { askedFor, pastedName } from "../../../web/model/pull-text.ts";
import { loginLines, lookLines, pullLines, pushLines, tagsLines } from "../../../web/model/registry-lines.ts";
import { parseRemoteKey, remoteKey } from "../../../web/model/remote-key.ts";
import { parseRoute } from "../../../web/model/route.ts";

describe("the text of the pull field", () => {
  it("is a name in whatever form people paste it", () => {
    const cases: readonly (readonly [string, string])[] = [
      [" ubuntu:24.04 ", "ubuntu:24.04"],
      ["docker pull nginx", "nginx"],
      ["$ docker image pull ghcr.io/a/b:1", "ghcr.io/a/b:1"],
      ["podman pull quay.io/a/b", "quay.io/a/b"],
      ["docker://alpine", "alpine"],
      ["https://hub.docker.com/_/redis", "redis"],
      ["https://hub.docker.com/r/grafana/grafana/tags", "grafana/grafana"],
      ["https://ghcr.io/a/b", "ghcr.io/a/b"],
    ];
    for (const [text, name] of cases) expect(pastedName(text), text).toBe(name);
  });

  it("asks for what docker pull would, or says why it cannot", () => {
    expect(askedFor("ubuntu")).toEqual({
      name: "ubuntu:latest",
      repository: "ubuntu",
      registry: "docker.io",
      tag: undefined,
    });
    expect(askedFor("ghcr.io/a/b:1")).toMatchObject({
      registry: "ghcr.io",
      repository: "ghcr.io/a/b",
      tag: "1",
    });
    expect(askedFor("not a name")).toHaveProperty("fault");
  });
});

describe("offers", () => {
  const sources = {
    recent: ["nginx:1", "redis:7"],
    kept: ["nginx:1", "web/nginx:2"],
    found: [{ name: "nginx", description: "", stars: 1, official: true }],
    tags: ["1", "1.9", "1.10", "2"],
  };

  it("name each image once, those pulled before first", () => {
    expect(pullOffers("ngi", sources).map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      "recent nginx:1",
      "kept web/nginx:2",
      "found nginx",
    ]);
  });

  it("are tags once there is a colon, the newest first", () => {
    const tags = pullOffers("nginx:1", { ...sources, recent: [], kept: [] });
    expect(tags.map(({ value }) => value)).toEqual(["nginx:1.10", "nginx:1.9"]);
    expect(tagOrder(["1.9", "latest", "1.10"])).toEqual(["latest", "1.10", "1.9"]);
  });

  it("ask nobody while a registry is being typed", () => {
    expect(offerQuestion("n")).toBeUndefined();
    expect(offerQuestion("ghcr.io")).toBeUndefined();
    expect(offerQuestion("localhost:5000/")).toBeUndefined();
    expect(offerQuestion("a@sha256")).toBeUndefined();
    expect(offerQuestion("ngi")).toEqual({ kind: "search", term: "ngi" });
    expect(offerQuestion("localhost:5000/a")).toEqual({ kind: "search", term: "localhost:5000/a" });
    expect(offerQuestion("localhost:5000/a:")).toEqual({ kind: "tags", repository: "localhost:5000/a" });
  });
});

describe("links into registries", () => {
  it("come back from their keys", () => {
    for (const key of [{ reference: "a/b:1" }, { reference: "a@sha256:00", platform: "linux/arm64" }])
      expect(parseRemoteKey(remoteKey(key))).toEqual(key);
    expect(parseRemoteKey("app.tar")).toBeUndefined();
    expect(parseRemoteKey("registry:")).toBeUndefined();
  });

  it("can be written by hand", () => {
    const route = { image: 0, tab: "files" };
    expect(parseRoute("#?remote=ghcr.io/a/b:1")).toMatchObject({
      ...route,
      archive: "registry:ghcr.io/a/b:1",
    });
    expect(parseRoute("#/?remote=a&platform=linux/arm64")).toMatchObject({
      archive: "registry:a linux/arm64",
    });
    expect(parseRoute("#?remote=")).toBeUndefined();
    expect(parseRoute("#?remote=a%20b")).toBeUndefined();
  });
});

describe("lines about registries", () => {
  const lines = (list: readonly { readonly line: string }[]) => list.map(({ line }) => line);

  it("pull the same", () => {
    expect(lines(pullLines({ reference: "a/b:1", platform: "linux/arm64/v8" }, "a/b"))).toEqual([
      "docker pull --platform linux/arm64/v8 a/b:1",
      "crane pull --platform linux/arm64/v8 a/b:1 a-b-1.tar",
      "skopeo --override-os linux --override-arch arm64 --override-variant v8 copy docker://a/b:1 docker-archive:a-b-1.tar",
    ]);
    expect(lines(pullLines({ reference: "a", allTags: true }, "a"))[0]).toBe("docker pull --all-tags a");
    expect(lines(pullLines({ reference: "a", allPlatforms: true }, "a"))).not.toContain("docker pull a");
  });

  it("push, look, list and log in", () => {
    expect(lines(pushLines("a:1", "b:1"))[0]).toBe("docker tag a:1 b:1 && docker push b:1");
    expect(lines(pushLines("a:1", "a:1"))[0]).toBe("docker push a:1");
    expect(lines(lookLines("a:1"))[0]).toBe("docker manifest inspect a:1");
    expect(lines(tagsLines("a"))).toEqual(["crane ls a", "skopeo list-tags docker://a"]);
    expect(lines(loginLines("docker.io", "x y"))[0]).toBe("docker login -u 'x y'");
    for (const line of lines(loginLines("ghcr.io", "me"))) expect(line).not.toMatch(/-p\b|--password /u);
  });
});

describe("an address of a proxy", () => {
  it("is unsafe over plain http, but on this computer", () => {
    for (const address of ["http://proxy.example", "http://10.0.0.1:5000", "http://127.0.0.1.example"])
      expect(insecureAddress(address), address).toBe(true);
    for (const address of [
      "",
      "https://proxy.example",
      "http://127.0.0.1:5000",
      "http://localhost",
      "http://[::1]:1",
    ])
      expect(insecureAddress(address), address).toBe(false);
  });
});
