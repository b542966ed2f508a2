import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Digest } from "../../core/digest/mod.ts";
import type { Lease, LeaseRecord } from "../../core/store/mod.ts";
import { isRunning, type ProcessMark, thisProcess } from "./process-mark.ts";
import { replaceFile } from "./replace.ts";

interface Written extends ProcessMark {
  readonly root: Digest;
  pins: readonly Digest[];
  touchedAt: number;
  live: boolean;
}

/** Claims as files, one each. That of a process that is no more has been broken off. */
export function leaseFiles(
  folder: string,
  now: () => number,
  exclusively: <T>(work: () => Promise<T>) => Promise<T>,
): {
  readonly open: (root: Digest) => Promise<Lease>;
  readonly list: () => LeaseRecord[];
  readonly expire: (before: number) => Promise<void>;
} {
  const pathOf = (id: string): string => join(folder, `${id}.json`);
  const list = (): LeaseRecord[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .flatMap((name) => {
        const id = name.slice(0, -".json".length);
        const written = read(pathOf(id));
        if (written === undefined) return [];
        const { root, pins, touchedAt, live } = written;
        return [{ id, root, pins: [...pins].sort(), touchedAt, live: live && isRunning(written) }];
      });
  return {
    list,

    open(root) {
      return exclusively(async () => {
        const id = `${process.pid}-${Date.now().toString(36)}-${(count++).toString(36)}`;
        const record: Written = { root, pins: [root], touchedAt: now(), live: true, ...thisProcess() };
        const write = (): void => replaceFile(pathOf(id), JSON.stringify(record));
        write();
        return {
          pin: (digests) =>
            exclusively(async () => {
              if (!record.live) throw new TypeError("Cannot pin on a lease that has ended");
              record.pins = [...new Set([...record.pins, ...digests])];
              record.touchedAt = now();
              write();
            }),
          release: () =>
            exclusively(async () => {
              record.live = false;
              rmSync(pathOf(id), { force: true });
              for (const other of list())
                if (other.root === root && !other.live) rmSync(pathOf(other.id), { force: true });
            }),
          suspend: () =>
            exclusively(async () => {
              if (!record.live) return;
              record.live = false;
              write();
            }),
        };
      });
    },

    expire: (before) =>
      exclusively(async () => {
        for (const { id, live, touchedAt } of list())
          if (!live && touchedAt < before) rmSync(pathOf(id), { force: true });
      }),
  };
}

let count = 0;

function read(path: string): Written | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
