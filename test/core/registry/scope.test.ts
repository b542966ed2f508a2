import { describe, expect, it } from "vitest";
import { formatScope, mergeScopes, parseScope, parseScopes } from "../../../core/registry/mod.ts";

describe("parseScope", () => {
  it.each([
    ["repository:library/alpine:pull", "repository", "library/alpine", ["pull"]],
    ["repository:a/b:pull,push", "repository", "a/b", ["pull", "push"]],
    ["repository:localhost:5000/a:pull", "repository", "localhost:5000/a", ["pull"]],
    ["repository(plugin):a/b:pull", "repository(plugin)", "a/b", ["pull"]],
    ["registry:catalog:*", "registry", "catalog", ["*"]],
    ["repository:a:", "repository", "a", []],
    ["repository:a:pull,,push,", "repository", "a", ["pull", "push"]],
  ])("takes %s apart", (text, type, name, actions) => {
    expect(parseScope(text)).toEqual({ type, name, actions });
  });

  it.each([
    "",
    ":",
    "::",
    "repository",
    "repository:a",
    "repository::pull",
    ":a:pull",
    "repository:a b:pull",
    "repository:a\n:pull",
    "repository:é:pull",
  ])("takes %j for no scope", (text) => {
    expect(parseScope(text)).toBeUndefined();
  });

  it("is undone by formatScope", () => {
    for (const text of ["repository:localhost:5000/a:pull,push", "registry:catalog:*"])
      expect(formatScope(parseScope(text)!)).toBe(text);
  });
});

describe("parseScopes", () => {
  it("takes several set apart by spaces and leaves out what is none", () => {
    expect(parseScopes(" repository:a:pull  junk repository:b:push ").map(formatScope)).toEqual([
      "repository:a:pull",
      "repository:b:push",
    ]);
    expect(parseScopes("")).toEqual([]);
  });
});

describe("mergeScopes", () => {
  it("gives equal sets of rights the same text", () => {
    const once = mergeScopes(parseScopes("repository:b:pull repository:a:push repository:a:pull"));
    const twice = mergeScopes(parseScopes("repository:a:pull,push repository:b:pull,pull"));
    expect(once).toEqual(twice);
    expect(once.map(formatScope)).toEqual(["repository:a:pull,push", "repository:b:pull"]);
  });
});
