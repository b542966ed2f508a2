import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { capabilityOf, readCapability } from "../../../web/worker/proxy-capability.ts";

const ADDRESS = "https://p.example/k/k3y/";

async function failure(work: Promise<unknown>): Promise<{ readonly code: string; readonly text: string }> {
  try {
    await work;
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return { code: error.code, text: JSON.stringify(error.toJSON()) };
  }
  throw new Error("it did not fail");
}

const answering = (response: () => Response) => ({ fetch: async () => response(), headers: {} });

describe("the capability document of a proxy", () => {
  it("is asked for without cookies, redirects and a word of where the page is", async () => {
    const inits: (RequestInit | undefined)[] = [];
    await readCapability("https://p.example/", {
      headers: { "x-breakbulk-key": "k3y" },
      async fetch(url, init) {
        expect(new Request(url).url).toBe("https://p.example/.well-known/breakbulk.json");
        inits.push(init);
        return Response.json({});
      },
    });
    expect(inits[0]).toMatchObject({ credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" });
  });

  it("says what the proxy lets through", async () => {
    const document = {
      kind: "breakbulk-edge",
      write: true,
      key: true,
      chunk: 1000,
      registries: [{ key: "docker.io", aliases: ["index.docker.io"], write: true }],
    };
    expect(
      await readCapability(
        ADDRESS,
        answering(() => Response.json(document)),
      ),
    ).toEqual({
      registries: [{ name: "docker.io", aliases: ["index.docker.io"], write: true }],
      write: true,
      chunk: 1000,
      needsKey: false,
    });
  });

  it.each([
    ["none", () => new Response(null, { status: 404 })],
    ["no JSON", () => new Response("<html>")],
    ["a list", () => Response.json([1])],
    ["nothing", () => new Response(null)],
    ["one that is too long", () => new Response(new Uint8Array(300 * 1024).fill(0x20))],
  ])("may be %s: the proxy is somebody else's then", async (_, response) => {
    expect(await readCapability(ADDRESS, answering(response))).toEqual({
      registries: undefined,
      write: true,
      chunk: undefined,
      needsKey: false,
    });
  });

  it("is not read on and on", async () => {
    let pulls = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls++;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel() {
        cancelled = true;
      },
    });
    await readCapability(
      ADDRESS,
      answering(() => new Response(endless)),
    );
    expect([pulls < 20, cancelled]).toEqual([true, true]);
  });

  it.each([
    ["in its answer", () => Promise.resolve(new Response(new ReadableStream({})))],
    ["before its answer", () => new Promise<Response>(() => {})],
  ])("is not waited for when the proxy stops %s", async (_, response) => {
    const stop = new AbortController();
    const work = readCapability(ADDRESS, {
      headers: {},
      deadline: () => stop.signal,
      fetch: (_url, init) =>
        Promise.race([
          response(),
          new Promise<Response>((_resolve, reject) =>
            init?.signal?.addEventListener("abort", () => reject(new Error("late"))),
          ),
        ]),
    });
    await Promise.resolve();
    stop.abort(new Error("late"));
    const { code, text } = await failure(work);
    expect(code).toBe("registry/unreachable");
    expect(text).not.toContain("k3y");
  });

  it.each([401, 403])("that is refused with %i asks for a key", async (status) => {
    const { code, text } = await failure(
      readCapability(
        ADDRESS,
        answering(() => new Response(null, { status })),
      ),
    );
    expect(code).toBe("registry/unauthorized");
    expect(text).not.toContain("k3y");
  });

  it("does not repeat a key that cannot be sent", async () => {
    const { text } = await failure(
      readCapability("https://p.example/", { headers: { "x-key": "s3cret\u0000" }, fetch }),
    );
    expect(text).not.toContain("s3cret");
  });

  it.each([
    [{ chunk: -1 }, {}],
    [{ chunk: 0.5 }, {}],
    [{ chunk: 1e300 }, {}],
    [{ chunk: "9" }, {}],
    [{ registries: "x" }, {}],
    [
      { registries: [null, 1, {}, { key: 5 }, { key: "a/b" }, { key: "<b>" }, { key: "x".repeat(999) }] },
      { registries: [] },
    ],
    [
      { registries: [{ key: "a.example", aliases: ["b.example", 7, "c/d", "\u001b"], write: "yes" }] },
      { registries: [{ name: "a.example", aliases: ["b.example"], write: false }] },
    ],
    [{ kind: "x", write: "true" }, { write: false }],
    [{ key: true }, { needsKey: true }],
  ])("%j is taken for what can be believed of it", (document, expected) => {
    const nothing = { registries: undefined, write: true, chunk: undefined, needsKey: false };
    expect(capabilityOf(document)).toEqual({ ...nothing, ...expected });
  });

  it("with a million registries is cut short", () => {
    const registries = Array.from({ length: 1_000_000 }, () => ({
      key: "a.example",
      aliases: Array.from({ length: 3 }, () => "b.example"),
    }));
    expect(capabilityOf({ registries }).registries?.length).toBeLessThan(1000);
  });
});
