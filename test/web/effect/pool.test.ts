import { describe, expect, it } from "vitest";
import { createPool, type Pool } from "../../../web/effect/pool.ts";
import type { Lease } from "../../../web/worker/protocol.ts";

class FakeWorker {
  readonly ports: MessagePort[] = [];
  ended = false;
  #fail: (event: { preventDefault(): void }) => void = () => {};
  addEventListener(_: "error", listener: (event: { preventDefault(): void }) => void): void {
    this.#fail = listener;
  }
  postMessage({ port }: { port: MessagePort }): void {
    port.close();
    this.ports.push(port);
  }
  terminate(): void {
    this.ended = true;
  }
  die(): void {
    this.#fail({ preventDefault() {} });
  }
}

function poolOf(size: number): { pool: Pool; workers: FakeWorker[]; readonly pass: () => void } {
  const workers: FakeWorker[] = [];
  const timers = new Set<() => void>();
  const pool = createPool({
    size,
    spawn() {
      const worker = new FakeWorker();
      workers.push(worker);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as much of a worker as the pool uses
      return worker as unknown as Worker;
    },
    later(work) {
      timers.add(work);
      return () => timers.delete(work);
    },
  });
  const pass = (): void => {
    for (const work of timers) work();
    timers.clear();
  };
  return { pool, workers, pass };
}

/** The numbers of the leases that have been granted so far, in order. */
function granted(...wishes: readonly [string, Promise<Lease>][]): string[] {
  const order: string[] = [];
  for (const [name, wish] of wishes) void wish.then(() => order.push(name));
  return order;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("the pool of layer workers", () => {
  it("starts workers only as they are needed, up to its size", async () => {
    const { pool, workers } = poolOf(2);
    const tenant = pool.enter(() => {});
    expect(workers).toHaveLength(0);
    const first = await tenant.lease(0);
    expect(first.port).toBeInstanceOf(MessagePort);
    tenant.release(first.worker);
    const again = await tenant.lease(0);
    expect(again).toEqual({ worker: first.worker });
    await tenant.lease(0);
    void tenant.lease(0);
    await settled();
    expect(workers).toHaveLength(2);
  });

  it("serves lower priorities first, then the order of asking, whoever asks", async () => {
    const { pool } = poolOf(1);
    const [a, b] = [pool.enter(() => {}), pool.enter(() => {})];
    const { worker } = await a.lease(0);
    const wishes: [string, Promise<Lease>][] = [
      ["a late", a.lease(2)],
      ["b first", b.lease(1)],
      ["a second", a.lease(1)],
    ];
    const order = granted(...wishes);
    a.release(worker);
    await settled();
    b.release(worker);
    await settled();
    a.release(worker);
    await settled();
    expect(order).toEqual(["b first", "a second", "a late"]);
  });

  it("ends the workers of a tenant that leaves, and rejects what it waited for", async () => {
    const { pool, workers } = poolOf(1);
    const [a, b] = [pool.enter(() => {}), pool.enter(() => {})];
    await a.lease(0);
    const waiting = a.lease(0);
    const other = b.lease(5);
    a.leave();
    await expect(waiting).rejects.toMatchObject({ code: "worker/ended" });
    await expect(a.lease(0)).rejects.toMatchObject({ code: "worker/ended" });
    expect((await other).worker).toBe(1);
    expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
  });

  it("tells the tenant of a worker that died, and starts another", async () => {
    const { pool, workers } = poolOf(1);
    const lost: number[] = [];
    const tenant = pool.enter((worker) => lost.push(worker));
    await tenant.lease(0);
    const next = tenant.lease(0);
    workers[0]?.die();
    expect((await next).worker).toBe(1);
    expect(lost).toEqual([0]);
  });

  it("keeps the last worker free of work in the background, unless it has only one", async () => {
    const { pool } = poolOf(2);
    const tenant = pool.enter(() => {});
    const first = await tenant.lease(2);
    const order = granted(["background", tenant.lease(2)], ["urgent", tenant.lease(1)]);
    await settled();
    expect(order).toEqual(["urgent"]);
    tenant.release(first.worker);
    await settled();
    expect(order).toEqual(["urgent"]);
    const { pool: single } = poolOf(1);
    expect((await single.enter(() => {}).lease(9)).worker).toBe(0);
  });

  it("ends a worker that has had nothing to do for a while, and starts another when one is needed", async () => {
    const { pool, workers, pass } = poolOf(1);
    const tenant = pool.enter(() => {});
    const { worker } = await tenant.lease(0);
    pass();
    expect(workers[0]?.ended).toBe(false);
    tenant.release(worker);
    pass();
    expect(workers[0]?.ended).toBe(true);
    expect((await tenant.lease(0)).port).toBeInstanceOf(MessagePort);
    expect(workers).toHaveLength(2);
  });

  it("ignores the return of a worker that is not on lease to that tenant", async () => {
    const { pool } = poolOf(1);
    const [a, b] = [pool.enter(() => {}), pool.enter(() => {})];
    const { worker } = await a.lease(0);
    b.release(worker);
    const order = granted(["b", b.lease(0)]);
    await settled();
    expect(order).toEqual([]);
  });
});
