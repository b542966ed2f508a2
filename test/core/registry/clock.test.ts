import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../core/registry/mod.ts";

describe("systemClock", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it("tells seconds since the epoch", () => {
    expect(systemClock.now()).toBe(1_700_000_000);
  });

  it("sleeps, unless it is aborted", async () => {
    const awake: string[] = [];
    const stop = new AbortController();
    const slept = systemClock.sleep(1000).then(() => awake.push("slept"));
    const aborted = systemClock.sleep(1000, stop.signal).catch((error: unknown) => awake.push(String(error)));
    stop.abort("enough");
    await aborted;
    await vi.advanceTimersByTimeAsync(999);
    expect(awake).toEqual(["enough"]);
    await vi.advanceTimersByTimeAsync(1);
    await slept;
    expect(awake).toEqual(["enough", "slept"]);
    expect(() => systemClock.sleep(1, stop.signal)).toThrow();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rings after silence, however long it was kept from it", () => {
    let rung = 0;
    const alarm = systemClock.alarm(1000, () => rung++);
    for (let second = 0; second < 5; second++) {
      vi.advanceTimersByTime(900);
      alarm.again();
    }
    expect(rung).toBe(0);
    vi.advanceTimersByTime(999);
    expect(rung).toBe(0);
    vi.advanceTimersByTime(1);
    expect(rung).toBe(1);
    const off = systemClock.alarm(1000, () => rung++);
    off.off();
    vi.advanceTimersByTime(5000);
    expect(rung).toBe(1);
  });
});
