import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import {
  familiarName,
  formatCanonical,
  formatFamiliar,
  parseReference,
  withDefaultTag,
} from "../../../core/oci/mod.ts";

const HEX = "7cc4b5aefd1d0cadf8d97d4350462ba51c694ebca145b08d7d41b41acc8db5aa";

function reasonOf(text: string): unknown {
  try {
    parseReference(text);
    return "valid";
  } catch (error) {
    return isCoreError(error, "oci/reference") ? error.detail["reason"] : error;
  }
}

describe("parseReference", () => {
  it.each([
    ["ubuntu", "docker.io", "library/ubuntu", "ubuntu"],
    ["library/ubuntu", "docker.io", "library/ubuntu", "ubuntu"],
    ["docker.io/foo", "docker.io", "library/foo", "foo"],
    ["index.docker.io/fooo/bar", "docker.io", "fooo/bar", "fooo/bar"],
    ["library/foo/bar", "docker.io", "library/foo/bar", "library/foo/bar"],
    ["localhost/fooo", "localhost", "fooo", "localhost/fooo"],
    ["LOCALDOMAIN/fooo", "LOCALDOMAIN", "fooo", "LOCALDOMAIN/fooo"],
    ["Foo/bar", "Foo", "bar", "Foo/bar"],
    ["Docker/docker", "Docker", "docker", "Docker/docker"],
    [
      "127.0.0.1:8000/private/moonbase",
      "127.0.0.1:8000",
      "private/moonbase",
      "127.0.0.1:8000/private/moonbase",
    ],
    ["test:5000/repo", "test:5000", "repo", "test:5000/repo"],
    ["[fc00::1]:5000/docker", "[fc00::1]:5000", "docker", "[fc00::1]:5000/docker"],
    [`docker.io/${HEX}`, "docker.io", `library/${HEX}`, HEX],
    ["d/docker", "docker.io", "d/docker", "d/docker"],
    ["docker---rules/docker", "docker.io", "docker---rules/docker", "docker---rules/docker"],
    ["dock__er/docker", "docker.io", "dock__er/docker", "dock__er/docker"],
    ["foo--bar__baz.qux", "docker.io", "library/foo--bar__baz.qux", "foo--bar__baz.qux"],
  ])("takes %s", (text, domain, path, familiar) => {
    const reference = parseReference(text);
    expect(reference).toEqual({ domain, path });
    expect(familiarName(reference)).toBe(familiar);
    expect(parseReference(formatCanonical(reference))).toEqual(reference);
  });

  it("takes what looks like a port at the end of a lone name for a tag", () => {
    expect(parseReference("192.168.0.1:80")).toEqual({
      domain: "docker.io",
      path: "library/192.168.0.1",
      tag: "80",
    });
    expect(parseReference("test.com:5000").tag).toBe("5000");
  });

  it("keeps tag and digest both", () => {
    const text = `busybox:latest@sha256:${HEX}`;
    expect(parseReference(text)).toEqual({
      domain: "docker.io",
      path: "library/busybox",
      tag: "latest",
      digest: `sha256:${HEX}`,
    });
    expect(formatFamiliar(parseReference(text))).toBe(text);
  });

  it("takes tags of 128 characters and paths of 255, not one more", () => {
    expect(parseReference(`a:${"t".repeat(128)}`).tag).toHaveLength(128);
    expect(reasonOf(`a:${"t".repeat(129)}`)).toBe("invalid reference format");
    expect(parseReference(`domain.test/${"a".repeat(255)}`).path).toHaveLength(255);
    expect(reasonOf(`domain.test/${"a".repeat(256)}`)).toBe(
      "repository name must not be more than 255 characters",
    );
    expect(reasonOf("a/".repeat(100_000))).toBe("repository name must not be more than 255 characters");
  });

  it.each([
    "",
    ":justtag",
    `@sha256:${HEX}`,
    "https://github.com/docker/docker",
    "-docker",
    "docker-/docker",
    "foo-",
    "_docker/_docker",
    "____/____",
    "dock..er/docker",
    "dock_.er/docker",
    "dock-.er/docker",
    "foo___bar",
    "foo..bar",
    "docker///docker",
    "docker/",
    "foo bar",
    "foo:a:b",
    "foo:-x",
    "foo:bad/tag",
    "[fc00::1]",
    "fc00::1:5000/debian",
    "[fe80::1%eth0]:5000/debian",
    "aa/asdf$$^/aa",
  ])("refuses %j", (text) => {
    expect(reasonOf(text)).toBe("invalid reference format");
  });

  it.each([
    ["docker/Docker", "invalid reference format: repository name (docker/Docker) must be lowercase"],
    ["Foo", "invalid reference format: repository name (library/Foo) must be lowercase"],
    ["Foo:bar", "invalid reference format: repository name (library/Foo) must be lowercase"],
    [HEX, `invalid repository name (${HEX}), cannot specify 64-byte hexadecimal strings`],
    [`repo@sha256:${"f".repeat(34)}`, "invalid checksum digest length"],
    [`repo@sha256:${HEX.toUpperCase()}`, "invalid checksum digest format"],
    [`repo@md5:${HEX}`, "unsupported digest algorithm"],
  ])("refuses %s in Docker's words", (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  it("adds latest only where there is neither tag nor digest", () => {
    expect(formatFamiliar(withDefaultTag(parseReference("a")))).toBe("a:latest");
    expect(formatFamiliar(withDefaultTag(parseReference("a:1")))).toBe("a:1");
    expect(formatFamiliar(withDefaultTag(parseReference(`a@sha256:${HEX}`)))).toBe(`a@sha256:${HEX}`);
  });
});
