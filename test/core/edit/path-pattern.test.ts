import { describe, expect, it } from "vitest";
import { pathTest } from "../../../core/edit/mod.ts";

describe("a path pattern", () => {
  it.each([
    ["etc/passwd", "etc/passwd", true],
    ["/etc/passwd/", "etc/passwd", true],
    ["etc", "etc/passwd", true],
    ["etc/passwd", "etc", false],
    ["passwd", "etc/passwd", false],
    ["*", "etc/passwd", true],
    ["etc/*.conf", "etc/a.conf", true],
    ["etc/*.conf", "etc/sub/a.conf", false],
    ["etc/*.conf", "etc/d.conf/below", true],
    ["**/*.pem", "a.pem", true],
    ["**/*.pem", "a/b/c.pem", true],
    ["**/*.pem", "a/b/c.pem2", false],
    ["a/**/z", "a/z", true],
    ["a/**/z", "a/b/c/z", true],
    ["a/**/z", "b/z", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["*a*b", "xxaxxab", true],
    ["*a*b", "xxaxxac", false],
    ["**", "x", true],
    ["", "x", false],
    ["/", "x", false],
    ["[a]", "a", false],
    ["a.c", "abc", false],
  ])("%s against %s is %s", (pattern, path, expected) => {
    expect(pathTest([pattern])(path)).toBe(expected);
  });

  it("with many stars takes no more than name times pattern", () => {
    const pattern = `${"*a".repeat(200)}b`;
    expect(pathTest([pattern])("a".repeat(4000))).toBe(false);
    expect(pathTest([`${"**/a/".repeat(200)}b`])("a/".repeat(1000))).toBe(false);
  });
});
