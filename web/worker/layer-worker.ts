/** A layer worker: lists, scans and hashes layers for whichever archive has it on lease. The composition root of its thread. */
import type { Source } from "../../core/bytes/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { tableTransfer } from "../../core/tar/mod.ts";
import { scanTransfer } from "../../core/tree/mod.ts";
import { JOBS, type JobOptions } from "./jobs.ts";
import { borrowedSource } from "./lent-source.ts";
import type { CrewCalls, JobRequest, LayerCalls } from "./protocol.ts";
import { answer, connect, type Remote, transferred } from "./rpc.ts";
import { storeOnce } from "./store-once.ts";

const openStore = storeOnce();

function serve(port: MessagePort): void {
  const hold = connect<CrewCalls>(port);
  const moves = new Map<number, Promise<unknown>>();
  answer<LayerCalls>(port, {
    async list({ job, source }, signal) {
      const found = await JOBS.list(sourceFor(source), optionsOf(hold, job, signal));
      return transferred(found, found.table === undefined ? [] : tableTransfer(found.table));
    },
    async scan({ job, source }, signal) {
      const found = await JOBS.scan(sourceFor(source), optionsOf(hold, job, signal));
      return transferred(found, scanTransfer(found));
    },
    hash: ({ job, source }, signal) => JOBS.hash(sourceFor(source), optionsOf(hold, job, signal)),
    async move({ job, source, order }, signal) {
      const moving = JOBS.move(sourceFor(source), { ...optionsOf(hold, job, signal), order, openStore });
      moves.set(job, moving);
      try {
        const found = await moving;
        return transferred(found, scanTransfer(found));
      } finally {
        moves.delete(job);
      }
    },
    async settle(job) {
      await moves.get(job)?.catch(() => {});
    },
  });
}

/** What was sent, or what is read from whoever lent it. */
const sourceFor = (source: JobRequest["source"]): Source =>
  source instanceof Blob ? source : borrowedSource(source);

function optionsOf(hold: Remote<CrewCalls>, job: number, signal: AbortSignal): JobOptions {
  const onProgress = (bytes: number, resumedFrom?: number): void =>
    void hold.call("progress", { job, bytes, resumedFrom }).catch(() => {});
  return { newHasher: newSha256, signal, onProgress };
}

addEventListener("message", ({ data }: MessageEvent<{ readonly port: MessagePort }>) => serve(data.port));
