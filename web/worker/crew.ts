import type { Source } from "../../core/bytes/mod.ts";
import type { NewHasher } from "../../core/digest/mod.ts";
import { CoreError } from "../../core/error.ts";
import type { BrowserStore } from "../store/mod.ts";
import { type Found, JOBS, type JobName, type MoveOrder } from "./jobs.ts";
import { lendSource } from "./lent-source.ts";
import type { CrewCalls, LayerCalls, LendingCalls } from "./protocol.ts";
import { answer, connect, type Remote } from "./rpc.ts";

/** One piece of work on a layer. */
export interface Job<N extends JobName> {
  readonly name: N;
  readonly source: Source;
  /** How urgent it is by now: lower comes first. Asked again whenever a worker becomes free. */
  priority(): number;
  onStart?(): void;
  onProgress?(bytes: number, resumedFrom?: number): void;
  /** For `move`. */
  readonly order?: MoveOrder | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Those who work on the layers of one archive. */
export interface Crew {
  /** What the job finds. @throws CoreError `worker/ended` when its worker dies, else what the job throws. */
  run<N extends JobName>(job: Job<N>): Promise<Found<N>>;
  /** Says that priorities have changed. */
  hurry(): void;
}

/** Bytes from which it is worth handing a source over that cannot be sent: a message for each half megabyte, against another thread's time. */
const WORTH_LENDING = 1024 * 1024;

/** Most workers asked for at a time: as many as a pool has. */
const MOST_LEASES = 6;

/** Work that waits for a worker. */
interface Waiting {
  readonly job: Job<JobName>;
  // oxlint-disable-next-line typescript/no-explicit-any -- each job's own, of which the list knows nothing
  readonly resolve: (found: any) => void;
  readonly reject: (error: unknown) => void;
}

/** What a {@link LentCrew} works with. */
export interface CrewOptions {
  readonly newHasher: NewHasher;
  /** For what is brought into the store from here. */
  readonly openStore?: (() => Promise<BrowserStore>) | undefined;
}

/**
 * A crew of workers that the page lends. Sources that are no Blobs cannot be sent: small ones are worked on here, of large ones the bytes are
 * handed over as they are read.
 */
export class LentCrew implements Crew {
  readonly #page: Remote<LendingCalls>;
  readonly #options: CrewOptions;
  readonly #waiting: Waiting[] = [];
  readonly #workers = new Map<number, Remote<LayerCalls>>();
  readonly #reports = new Map<number, (bytes: number, resumedFrom?: number) => void>();
  #asked = 0;
  #jobs = 0;

  constructor(page: Remote<LendingCalls>, options: CrewOptions) {
    this.#page = page;
    this.#options = options;
  }

  run<N extends JobName>(job: Job<N>): Promise<Found<N>> {
    const { source } = job;
    if (!(source instanceof Blob) && source.size < WORTH_LENDING) return this.#runHere(job);
    return new Promise<Found<N>>((resolve, reject) => {
      if (job.signal?.aborted) return reject(job.signal.reason);
      const waiting: Waiting = { job, resolve, reject };
      this.#waiting.push(waiting);
      job.signal?.addEventListener("abort", () => this.#drop(waiting), { once: true });
      if (this.#asked < MOST_LEASES) void this.#ask();
    });
  }

  /** Nobody waits for it any more; once it is under way, the call to its worker is what ends. */
  #drop(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    waiting.reject(waiting.job.signal?.reason);
  }

  hurry(): void {
    if (this.#waiting.length > 0) void this.#ask();
  }

  /** A worker is gone: what it was doing rejects. */
  lost(worker: number): void {
    this.#workers
      .get(worker)
      ?.end(new CoreError("worker/ended", "Cannot read the layer: its worker ended", { worker }));
    this.#workers.delete(worker);
  }

  /** Gets a worker and gives it the most urgent job there is by then. */
  async #ask(): Promise<void> {
    this.#asked++;
    const lease = await this.#page.call("lease", this.#waiting[this.#best()]?.job.priority() ?? 0);
    this.#asked--;
    const worker =
      lease.port === undefined ? this.#workers.get(lease.worker)! : this.#welcome(lease.worker, lease.port);
    const [waiting] = this.#waiting.splice(this.#best(), 1);
    if (waiting !== undefined) await this.#give(worker, waiting);
    await this.#page.call("release", lease.worker);
    if (this.#waiting.length > this.#asked && this.#asked < MOST_LEASES) await this.#ask();
  }

  async #give(worker: Remote<LayerCalls>, { job, resolve, reject }: Waiting): Promise<void> {
    const number = this.#jobs++;
    const lending = job.source instanceof Blob ? undefined : lendSource(job.source);
    this.#reports.set(number, (bytes, resumedFrom) => job.onProgress?.(bytes, resumedFrom));
    job.onStart?.();
    try {
      const source = job.source instanceof Blob ? job.source : lending!.lent;
      const request = { job: number, source, ...(job.order && { order: job.order }) };
      const transfer = lending === undefined ? [] : [lending.lent.port];
      resolve(await worker.call(job.name, request, { signal: job.signal, transfer }));
    } catch (error) {
      // The worker is not free, nor is the move over, before what has arrived is kept.
      if (job.name === "move" && job.signal?.aborted) await worker.call("settle", number).catch(() => {});
      reject(error);
    } finally {
      lending?.end();
      this.#reports.delete(number);
    }
  }

  #welcome(number: number, port: MessagePort): Remote<LayerCalls> {
    answer<CrewCalls>(port, {
      progress: ({ job, bytes, resumedFrom }) => this.#reports.get(job)?.(bytes, resumedFrom),
    });
    const worker = connect<LayerCalls>(port);
    this.#workers.set(number, worker);
    return worker;
  }

  /** Index of the most urgent job, the first of equals; 0 when there is none. */
  #best(): number {
    let best = 0;
    let urgency = Number.POSITIVE_INFINITY;
    this.#waiting.forEach(({ job }, index) => {
      const priority = job.priority();
      if (priority < urgency) [best, urgency] = [index, priority];
    });
    return best;
  }

  async #runHere<N extends JobName>(job: Job<N>): Promise<Found<N>> {
    job.onStart?.();
    const { order, signal } = job;
    return JOBS[job.name](job.source, {
      ...this.#options,
      order,
      signal,
      onProgress: job.onProgress?.bind(job),
    });
  }
}
