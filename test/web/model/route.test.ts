import { describe, expect, it } from "vitest";
import { formatRoute, parseRoute, type Route } from "../../../web/model/route.ts";

const ROUTES: readonly Route[] = [
  { archive: "app.tar", image: 0, tab: "files", layer: undefined, scope: undefined, path: undefined },
  { archive: "a/b?c#d 数.tar", image: 12, tab: "raw", layer: 3, scope: "layer", path: "/etc/a&b=c d" },
];

describe("a route", () => {
  it.each(ROUTES)("comes back from the address it makes: $archive", (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it.each([
    "",
    "#",
    "#main",
    "#/app",
    "#/a/x/files",
    "#/a/0/nothing",
    "#/%E0%A4/0/files",
    "#/a/9999999/files",
  ])("is none in %j", (hash) => {
    expect(parseRoute(hash)).toBeUndefined();
  });

  it("leaves out what makes no sense in its query", () => {
    expect(parseRoute("#/a/0/files?layer=-1&scope=x&other=1")).toMatchObject({
      layer: undefined,
      scope: undefined,
    });
  });
});
