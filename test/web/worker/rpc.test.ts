import { afterEach, describe, expect, it } from "vitest";
import { CoreError } from "../../../core/error.ts";
import { type Answers, answer, connect, type Remote, transferred, wireOf } from "../../../web/worker/rpc.ts";

type Sums = {
  add(request: { a: number; b: number }): number;
  fail(request: "core" | "range" | "type" | "plain" | "deep"): never;
  wait(request: string): never;
  bytes(request: number): Uint8Array<ArrayBuffer>;
  size(request: Uint8Array): number;
};

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

function pair(more: Partial<Answers<Sums>> = {}): { remote: Remote<Sums>; stop: () => void } {
  const channel = new MessageChannel();
  channels.push(channel);
  const stop = answer<Sums>(channel.port2, {
    add: ({ a, b }) => a + b,
    fail(kind) {
      if (kind === "range") throw new RangeError("out of it");
      if (kind === "type") throw new TypeError("not one");
      if (kind === "plain") throw new Error("plain");
      const cause = new CoreError("bytes/truncated", "too short", { size: 3 });
      throw kind === "core" ? cause : new CoreError("tar/header", "no header", {}, { cause });
    },
    wait: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    bytes(length) {
      const bytes = new Uint8Array(length);
      return transferred(bytes, [bytes.buffer]);
    },
    size: (bytes) => bytes.length,
    ...more,
  });
  return { remote: connect<Sums>(channel.port1), stop };
}

describe("a connection between workers", () => {
  it("answers many calls at once, each with its own answer", async () => {
    const { remote } = pair();
    const sums = await Promise.all([1, 2, 3, 4].map((a) => remote.call("add", { a, b: 10 })));
    expect(sums).toEqual([11, 12, 13, 14]);
  });

  it("carries a CoreError with code, detail and cause", async () => {
    const { remote } = pair();
    await expect(remote.call("fail", "core")).rejects.toMatchObject({
      name: "CoreError",
      code: "bytes/truncated",
      detail: { size: 3 },
    });
    await expect(remote.call("fail", "deep")).rejects.toMatchObject({
      code: "tar/header",
      cause: { code: "bytes/truncated", message: "too short" },
    });
  });

  it("keeps misuse apart, and says worker/fault for what nobody foresaw", async () => {
    const { remote } = pair();
    await expect(remote.call("fail", "range")).rejects.toThrow(RangeError);
    await expect(remote.call("fail", "type")).rejects.toThrow(TypeError);
    await expect(remote.call("fail", "plain")).rejects.toMatchObject({ code: "worker/fault" });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a call that the types forbid
    const untyped: Remote<Record<string, (request: unknown) => unknown>> = remote as never;
    await expect(untyped.call("nothing", 1)).rejects.toThrow("No call is named nothing");
    await expect(untyped.call("toString", 1)).rejects.toThrow("No call is named toString");
  });

  it("rejects with the signal's reason and aborts the other side's signal", async () => {
    let told: (reason: unknown) => void = () => {};
    const other = new Promise((resolve) => {
      told = resolve;
    });
    const { remote } = pair({
      wait: (_, signal) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            told(String(signal.reason));
            reject(signal.reason);
          });
        }),
    });
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    const call = remote.call("wait", "", { signal: controller.signal });
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(await other).toContain("AbortError");
    await expect(remote.call("add", { a: 1, b: 1 }, { signal: controller.signal })).rejects.toBe(reason);
    expect(await remote.call("add", { a: 1, b: 1 })).toBe(2);
  });

  it("moves what it is told to move", async () => {
    const { remote } = pair();
    expect((await remote.call("bytes", 5)).length).toBe(5);
    const mine = new Uint8Array(7);
    expect(await remote.call("size", mine, { transfer: [mine.buffer] })).toBe(7);
    expect(mine.length).toBe(0);
  });

  it("rejects everything pending and to come once it is ended", async () => {
    const { remote } = pair();
    const call = remote.call("wait", "");
    const ended = new CoreError("worker/ended", "the worker is gone");
    remote.end(ended);
    await expect(call).rejects.toBe(ended);
    await expect(remote.call("add", { a: 1, b: 1 })).rejects.toBe(ended);
  });

  it("rejects a request that cannot be cloned, and goes on", async () => {
    const { remote } = pair();
    const request = { a: 1, b: 1, odd: () => {} };
    await expect(remote.call("add", request)).rejects.toThrow(/could not be cloned/);
    expect(await remote.call("add", { a: 2, b: 2 })).toBe(4);
  });
});

describe("wireOf", () => {
  it("says that a file is lost when the browser cannot read it any more", () => {
    const wire = wireOf(new DOMException("The requested file could not be read", "NotReadableError"));
    expect(wire).toMatchObject({ code: "worker/file", message: expect.stringContaining("open it again") });
  });

  it("keeps a CoreError and names what is none a fault", () => {
    expect(wireOf(new CoreError("tar/pax", "bad", { at: 1 }))).toEqual({
      code: "tar/pax",
      message: "bad",
      detail: { at: 1 },
    });
    expect(wireOf(new Error("odd"))).toEqual({
      code: "worker/fault",
      message: "Cannot go on: Error: odd",
      detail: {},
    });
  });
});
