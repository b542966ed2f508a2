import type { Host } from "../../edge/host.ts";
import { nativeHasher } from "./native-hash.ts";

/** What a fake upstream was asked. */
export interface Heard {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A host whose `fetch` reaches the functions of `servers`, by host name, and nothing else. Its clock stands until the test moves it. */
export interface FakeNet extends Host {
  readonly heard: Heard[];
  clock: number;
  readonly lines: string[];
}

/** @see FakeNet */
export function fakeNet(
  servers: Readonly<Record<string, (request: Heard) => Response | Promise<Response>>>,
  own: Partial<Host> = {},
): FakeNet {
  const heard: Heard[] = [];
  const lines: string[] = [];
  const net: FakeNet = {
    heard,
    lines,
    clock: 1_000_000,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { host } = new URL(request.url);
      const asked = {
        url: request.url,
        method: request.method,
        headers: request.headers,
        body: await request.text(),
      };
      heard.push(asked);
      const server = servers[host];
      if (server === undefined) throw new TypeError(`nobody is at ${host}`);
      return server(asked);
    },
    page: () => Promise.resolve(undefined),
    peer: () => "192.0.2.1",
    cache: undefined,
    fixedLength: undefined,
    newHasher: nativeHasher,
    nowMs: () => net.clock * 1000,
    log: (line) => void lines.push(line),
    isolated: false,
    later: () => undefined,
    ...own,
  };
  return net;
}
