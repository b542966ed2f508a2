import { describe, expect, it } from "vitest";
import { ownUrl } from "../../edge/own-url.ts";

const request = (headers: Record<string, string> = {}) =>
  new Request("http://10.0.0.2:8080/v2/", { headers });
const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "proxy.fake.dev" };

describe("the proxy's own address", () => {
  it("R10 is the public one when that is set, whatever the request says", () => {
    const place = { publicUrl: "https://hub.fake.dev/base", trustedHops: 1 };
    expect(ownUrl(request(forwarded), place)).toBe("https://hub.fake.dev/base");
  });

  it("R10 is what trusted proxies say, and only those", () => {
    expect(ownUrl(request(forwarded), { publicUrl: undefined, trustedHops: 1 })).toBe(
      "https://proxy.fake.dev",
    );
    expect(ownUrl(request(forwarded), { publicUrl: undefined, trustedHops: 0 })).toBe("http://10.0.0.2:8080");
  });

  it("R10 takes the value of the trusted hop and not what the client put in front of it", () => {
    const headers = {
      "x-forwarded-proto": "http, https",
      "x-forwarded-host": "evil.fake.com, proxy.fake.dev",
    };
    expect(ownUrl(request(headers), { publicUrl: undefined, trustedHops: 1 })).toBe("https://proxy.fake.dev");
  });

  it("R10 takes no host that is none", () => {
    const headers = { "x-forwarded-proto": "gopher", "x-forwarded-host": "a/b@c" };
    expect(ownUrl(request(headers), { publicUrl: undefined, trustedHops: 1 })).toBe("http://10.0.0.2:8080");
  });
});
