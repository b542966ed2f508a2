import { describe, expect, it } from "vitest";
import { Turns } from "../../../core/store/mod.ts";

describe("Turns", () => {
  it("gives a key to one after the other, in the order of asking", async () => {
    const turns = new Turns();
    const order: number[] = [];
    let holders = 0;
    await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const giveBack = await turns.take("a");
        expect(++holders).toBe(1);
        order.push(n);
        await Promise.resolve();
        holders--;
        giveBack();
        giveBack();
      }),
    );
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("lets somebody who waits give up, without letting those behind him pass", async () => {
    const turns = new Turns();
    const first = await turns.take("a");
    const stop = new AbortController();
    const reason = new Error("enough");
    const second = turns.take("a", stop.signal);
    let third = false;
    const last = turns.take("a").then((giveBack) => {
      third = true;
      return giveBack;
    });
    stop.abort(reason);
    await expect(second).rejects.toBe(reason);
    expect(third).toBe(false);
    first();
    (await last)();
    await expect(turns.take("a", stop.signal)).rejects.toBe(reason);
  });

  it("forgets a key that nobody has", async () => {
    const turns = new Turns();
    expect(turns.free("a")).toBe(true);
    const giveBack = await turns.take("a");
    expect([turns.free("a"), turns.free("b")]).toEqual([false, true]);
    giveBack();
    (await turns.take("a"))();
    await new Promise<void>((resolve) => setTimeout(resolve));
    expect(turns.free("a")).toBe(true);
  });
});
