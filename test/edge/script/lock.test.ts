import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pid } from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isLocked, takeLock } from "../../../edge/script/lock.ts";

describe("a lock between processes", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "breakbulk-lock-"));
    path = join(folder, "lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is held by one at a time, and leaves nothing", async () => {
    const order: string[] = [];
    const giveBack = await takeLock(path);
    const second = (async () => {
      const give = await takeLock(path);
      order.push("second");
      give();
    })();
    expect(isLocked(path)).toBe(true);
    order.push("first");
    giveBack();
    giveBack();
    await second;
    expect(order).toEqual(["first", "second"]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is taken from a process that is no more", async () => {
    writeFileSync(path, "999999999 1");
    expect(isLocked(path)).toBe(false);
    (await takeLock(path))();
  });

  it("is taken when nobody's number stands in it: its maker was killed as he wrote it", async () => {
    writeFileSync(path, "");
    expect(isLocked(path)).toBe(false);
    (await takeLock(path))();
  });

  it.skipIf(!existsSync("/proc/self/stat"))(
    "is taken from a process whose number another one has by now",
    async () => {
      writeFileSync(path, `${pid} 1`);
      expect(isLocked(path)).toBe(false);
      (await takeLock(path))();
    },
  );

  it("is waited for until the wait is called off", async () => {
    const giveBack = await takeLock(path);
    const stop = new AbortController();
    const waiting = takeLock(path, stop.signal);
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    giveBack();
  });
});
