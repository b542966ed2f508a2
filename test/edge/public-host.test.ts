import { describe, expect, it } from "vitest";
import { isPublicAddress, isPublicHost } from "../../edge/public-host.ts";

describe("a public host", () => {
  it.each(["ghcr.io", "registry-1.docker.io", "a.b.c.xn--p1ai", "GHCR.IO", "ghcr.io."])(
    "may be %s",
    (name) => {
      expect(isPublicHost(name)).toBe(true);
    },
  );

  it.each([
    "",
    "localhost",
    "a.localhost",
    "registry",
    "127.0.0.1",
    new URL("https://0x7f.1/").hostname,
    new URL("https://2130706433/").hostname,
    "[::1]",
    "[::ffff:127.0.0.1]",
    "169.254.169.254",
    "metadata.google.internal",
    "printer.local",
    "nas.home.arpa",
    "a.b.123",
  ])("is never %s", (name) => {
    expect(isPublicHost(name)).toBe(false);
  });
});

describe("a public address", () => {
  it.each([
    "8.8.8.8",
    "172.32.0.1",
    "2606:4700::1111",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
    "2002:808:808::1",
  ])("SEC-1 may be %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.19.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "256.1.1.1",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:a00:1::",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "2001::1",
    "1:2:3",
    "1::2::3",
    "example.org",
    "",
  ])("SEC-1 is never %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
