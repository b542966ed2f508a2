import type { Source } from "../../core/bytes/mod.ts";
import type { NewHasher } from "../../core/digest/mod.ts";
import { CoreError } from "../../core/error.ts";
import { type Found, JOBS, type JobName } from "./jobs.ts";
import type { CrewCalls, LayerCalls, PageCalls } from "./protocol.ts";
import { answer, connect, type Remote } from "./rpc.ts";

/** One piece of work on a layer. */
export interface Job<N extends JobName> {
  readonly name: N;
  readonly source: Source;
  /** How urgent it is by now: lower comes first. Asked again whenever a worker becomes free. */
  priority(): number;
  onStart?(): void;
  onProgress?(bytes: number): void;
}

/** Those who work on the layers of one archive. */
export interface Crew {
  /** What the job finds. @throws CoreError `worker/ended` when its worker dies, else what the job throws. */
  run<N extends JobName>(job: Job<N>): Promise<Found<N>>;
  /** Says that priorities have changed. */
  hurry(): void;
}

/** Most workers asked for at a time: as many as a pool has. */
const MOST_LEASES = 6;

/** Work that waits for a worker. */
interface Waiting {
  readonly job: Job<JobName>;
  readonly source: Blob;
  // oxlint-disable-next-line typescript/no-explicit-any -- each job's own, of which the list knows nothing
  readonly resolve: (found: any) => void;
  readonly reject: (error: unknown) => void;
}

/** A crew of workers that the page lends. Sources that are no Blobs cannot be sent: those are worked on here. */
export class LentCrew implements Crew {
  readonly #page: Remote<PageCalls>;
  readonly #newHasher: NewHasher;
  readonly #waiting: Waiting[] = [];
  readonly #workers = new Map<number, Remote<LayerCalls>>();
  readonly #reports = new Map<number, (bytes: number) => void>();
  #asked = 0;
  #jobs = 0;

  constructor(page: Remote<PageCalls>, newHasher: NewHasher) {
    this.#page = page;
    this.#newHasher = newHasher;
  }

  run<N extends JobName>(job: Job<N>): Promise<Found<N>> {
    const { source } = job;
    if (!(source instanceof Blob)) return this.#runHere(job);
    return new Promise<Found<N>>((resolve, reject) => {
      this.#waiting.push({ job, source, resolve, reject });
      if (this.#asked < MOST_LEASES) void this.#ask();
    });
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
    const lease = await this.#page.call("lease", this.#waiting[this.#best()]!.job.priority());
    this.#asked--;
    const worker =
      lease.port === undefined ? this.#workers.get(lease.worker)! : this.#welcome(lease.worker, lease.port);
    const [waiting] = this.#waiting.splice(this.#best(), 1);
    if (waiting !== undefined) await this.#give(worker, waiting);
    await this.#page.call("release", lease.worker);
    if (this.#waiting.length > this.#asked && this.#asked < MOST_LEASES) await this.#ask();
  }

  async #give(worker: Remote<LayerCalls>, { job, source, resolve, reject }: Waiting): Promise<void> {
    const number = this.#jobs++;
    this.#reports.set(number, (bytes) => job.onProgress?.(bytes));
    job.onStart?.();
    try {
      resolve(await worker.call(job.name, { job: number, source }));
    } catch (error) {
      reject(error);
    } finally {
      this.#reports.delete(number);
    }
  }

  #welcome(number: number, port: MessagePort): Remote<LayerCalls> {
    answer<CrewCalls>(port, { progress: ({ job, bytes }) => this.#reports.get(job)?.(bytes) });
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
    return JOBS[job.name](job.source, { newHasher: this.#newHasher, onProgress: job.onProgress?.bind(job) });
  }
}
