import { afterEach, describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { type Job, LentCrew } from "../../../web/worker/crew.ts";
import type { CrewCalls, LayerCalls, Lease, LendingCalls } from "../../../web/worker/protocol.ts";
import { answer, connect, transferred } from "../../../web/worker/rpc.ts";

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function channel(): MessageChannel {
  const made = new MessageChannel();
  ports.push(made.port1, made.port2);
  return made;
}

/** A crew whose page lends one worker, which takes what it is given and answers when it is told to. */
function crewOfOne() {
  const asked: number[] = [];
  const waiting: ((lease: Lease) => void)[] = [];
  const finish: ((digest: string) => void)[] = [];
  const started: string[] = [];
  let lent = false;
  let known = false;
  const page = channel();
  const worker = channel();
  const crewCalls = connect<CrewCalls>(worker.port2);
  answer<LayerCalls>(worker.port2, {
    list: () => ({ compression: "gzip", table: undefined }),
    scan: () => Promise.reject(new RangeError("not here")),
    settle: () => {},
    move: () => Promise.reject(new RangeError("not here")),
    async hash({ job, source }) {
      if (!(source instanceof Blob)) throw new TypeError("the sources of this test are Blobs");
      started.push(await source.text());
      await crewCalls.call("progress", { job, bytes: source.size });
      return new Promise((resolve) => finish.push((digest) => resolve(`sha256:${digest}`)));
    },
  });
  const lend = (): void => {
    const next = lent ? undefined : waiting.shift();
    if (next === undefined) return;
    lent = true;
    next(known ? { worker: 7 } : { worker: 7, port: worker.port1 });
    known = true;
  };
  answer<LendingCalls>(page.port2, {
    async lease(priority) {
      asked.push(priority);
      const lease = await new Promise<Lease>((resolve) => {
        waiting.push(resolve);
        lend();
      });
      return lease.port === undefined ? lease : transferred(lease, [lease.port]);
    },
    release() {
      lent = false;
      lend();
    },
  });
  const crew = new LentCrew(connect<LendingCalls>(page.port1), { newHasher: newSha256 });
  return { crew, asked, started, finish };
}

const job = (text: string, priority: () => number, more: Partial<Job<"hash">> = {}): Job<"hash"> => ({
  name: "hash",
  source: new Blob([text]),
  priority,
  ...more,
});

/** Ends when `ready` holds, looked at whenever messages have been taken. */
async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise((resolve) => setImmediate(resolve));
}

describe("a lent crew", () => {
  it("gives a free worker the job that is most urgent by then", async () => {
    const { crew, started, finish } = crewOfOne();
    const urgency = { b: 5, c: 4 };
    const found = [
      crew.run(job("a", () => 0)),
      crew.run(job("b", () => urgency.b)),
      crew.run(job("c", () => urgency.c)),
    ];
    await until(() => started.length === 1);
    urgency.b = 1;
    crew.hurry();
    for (const [at, digest] of ["1", "2", "3"].entries()) {
      await until(() => finish.length === at + 1);
      finish[at]?.(digest);
    }
    expect(await Promise.all(found)).toEqual(["sha256:1", "sha256:2", "sha256:3"]);
    expect(started).toEqual(["a", "b", "c"]);
  });

  it("passes on progress, and the start of a job", async () => {
    const { crew, finish } = crewOfOne();
    const told: string[] = [];
    const found = crew.run(
      job("abc", () => 0, {
        onStart: () => told.push("start"),
        onProgress: (bytes) => told.push(`${bytes} bytes`),
      }),
    );
    await until(() => finish.length === 1);
    finish[0]?.("0");
    await found;
    expect(told).toEqual(["start", "3 bytes"]);
  });

  it("rejects the job of a worker that is lost, and goes on with the next", async () => {
    const { crew, started } = crewOfOne();
    const first = crew.run(job("a", () => 0));
    await until(() => started.length === 1);
    crew.lost(7);
    await expect(first).rejects.toMatchObject({ code: "worker/ended" });
  });

  it("passes on what a job throws, and keeps the worker", async () => {
    const { crew } = crewOfOne();
    const source = new Blob(["x"]);
    await expect(crew.run({ name: "scan", source, priority: () => 0 })).rejects.toThrow("not here");
    expect(await crew.run({ name: "list", source, priority: () => 0 })).toMatchObject({
      compression: "gzip",
    });
  });

  it("works itself on what cannot be sent", async () => {
    const { crew, asked } = crewOfOne();
    const bytes = new TextEncoder().encode("not a blob");
    const digest = await crew.run({ name: "hash", source: sourceOf(bytes), priority: () => 0 });
    expect(digest).toBe(sha256Digest(bytes));
    expect(asked).toEqual([]);
  });
});
