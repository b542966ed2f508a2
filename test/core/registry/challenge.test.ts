import { describe, expect, it } from "vitest";
import { formatChallenge, parseChallenges } from "../../../core/registry/mod.ts";
import { seeded } from "../../support/random.ts";

const plain = (header: string | null | undefined): unknown[] =>
  parseChallenges(header).map(({ scheme, params, token68 }) =>
    token68 === undefined ? [scheme, Object.fromEntries(params)] : [scheme, token68],
  );

const HUB = {
  realm: "https://auth.docker.io/token",
  service: "registry.docker.io",
  scope: "repository:a/b:pull,push",
};

describe("parseChallenges", () => {
  it.each<[string, string | null | undefined, unknown[]]>([
    ["no header", undefined, []],
    ["an absent header", null, []],
    ["nothing but commas", " , ,, ", []],
    ["a scheme alone", "Basic", [["basic", {}]]],
    ["any case", 'bEARER ReAlm="x"', [["bearer", { realm: "x" }]]],
    [
      "docker.io's",
      `Bearer realm="${HUB.realm}",service="${HUB.service}",scope="${HUB.scope}"`,
      [["bearer", HUB]],
    ],
    [
      "any order and spaces",
      `Bearer  scope = "${HUB.scope}" , service= ${HUB.service} ,realm ="${HUB.realm}"`,
      [["bearer", { scope: HUB.scope, service: HUB.service, realm: HUB.realm }]],
    ],
    ["values without quotes", "Bearer realm=a,service=b", [["bearer", { realm: "a", service: "b" }]]],
    [
      "a URL without quotes",
      "Bearer realm=https://a.example/t?x=1&y=2,service=b",
      [["bearer", { realm: "https://a.example/t?x=1&y=2", service: "b" }]],
    ],
    ["quoted pairs", 'Basic realm="a\\"b\\\\c\\d"', [["basic", { realm: 'a"bcd'.replace("bc", "b\\c") }]]],
    [
      "commas and equal signs in quotes",
      'Basic realm="a, Bearer b=c"',
      [["basic", { realm: "a, Bearer b=c" }]],
    ],
    [
      "several challenges joined by commas",
      'Bearer realm="https://r/t",service="s", Basic realm="b", Negotiate',
      [
        ["bearer", { realm: "https://r/t", service: "s" }],
        ["basic", { realm: "b" }],
        ["negotiate", {}],
      ],
    ],
    [
      "token68 before another challenge",
      'Negotiate YIIB/gYG+w==, Basic realm="b"',
      [
        ["negotiate", "YIIB/gYG+w=="],
        ["basic", { realm: "b" }],
      ],
    ],
    ["token68 at the end", "NTLM TlRMTVNTUAAC", [["ntlm", "TlRMTVNTUAAC"]]],
    [
      "two schemes without parameters",
      "NTLM, Negotiate",
      [
        ["ntlm", {}],
        ["negotiate", {}],
      ],
    ],
    ["empty list members", 'Bearer realm="x",,service="y",', [["bearer", { realm: "x", service: "y" }]]],
    ["an empty value", 'Bearer realm="",service="s"', [["bearer", { realm: "", service: "s" }]]],
    ["parameters without commas", 'Bearer realm="x" service="y"', [["bearer", { realm: "x", service: "y" }]]],
    ["the first of a parameter given twice", 'Bearer realm="x",realm="y"', [["bearer", { realm: "x" }]]],
    ["a quote that is not closed", 'Bearer realm="https://r', [["bearer", { realm: "https://r" }]]],
    ["a backslash at the end", 'Bearer realm="ab\\', [["bearer", { realm: "ab" }]]],
    ["letters beyond ASCII in quotes", 'Basic realm="Zürich"', [["basic", { realm: "Zürich" }]]],
    ["junk before a challenge", '@@ Bearer realm="x"', [["bearer", { realm: "x" }]]],
    ["a quote where a scheme should be", '" Basic realm="b"', [["basic", { realm: "b" }]]],
    [
      "a name that is a key of objects",
      'Basic __proto__="x"',
      [["basic", Object.fromEntries([["__proto__", "x"]])]],
    ],
  ])("reads %s", (_, header, expected) => {
    expect(plain(header)).toEqual(expected);
  });

  it("ends on every text, in time proportional to its length", () => {
    const random = seeded(3);
    const letters = 'aB =",\\;\t\u0000é/:';
    for (let run = 0; run < 500; run++) {
      const text = Array.from({ length: 200 }, () => letters[Math.floor(random() * letters.length)]).join("");
      for (const { scheme } of parseChallenges(text)) expect(scheme).not.toBe("");
    }
    expect(parseChallenges(`Bearer realm="${"\\".repeat(100_000)}`)).toHaveLength(1);
    expect(parseChallenges("a,".repeat(100_000)).length).toBeLessThan(10_000);
  });

  it("reads back what formatChallenge writes", () => {
    const random = seeded(4);
    const letters = 'aZ09 ,="\\/:é';
    for (let run = 0; run < 200; run++) {
      const value = Array.from({ length: 12 }, () => letters[Math.floor(random() * letters.length)]).join("");
      const challenge = {
        scheme: "bearer",
        params: new Map([
          ["realm", value],
          ["service", "x"],
        ]),
      };
      expect(parseChallenges(formatChallenge(challenge))).toEqual([challenge]);
    }
    expect(formatChallenge({ scheme: "basic", params: new Map([["realm", "a\r\nX: b"]]) })).toBe(
      'Basic realm="aX: b"',
    );
    expect(formatChallenge({ scheme: "negotiate", params: new Map(), token68: "YQ==" })).toBe(
      "Negotiate YQ==",
    );
  });
});
