import { type ReadonlySignal, signal } from "@preact/signals";
import type { Images, LoadOutcome, LoadRequest } from "../../model/images.ts";
import { type LoadState, nextLoad, startingLoad } from "../../model/loading.ts";
import { visibleName } from "../../model/name.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { forgetLoad, type Interrupted, interruptedLoads, noteLoad } from "../../platform/interrupted.ts";
import type { DeskHost } from "../desk-host.ts";
import type { Opened } from "../opened.ts";

/** A load under way. */
export interface Load extends Interrupted {
  readonly id: number;
  readonly state: ReadonlySignal<LoadState>;
  /** The archive in place that is being kept. */
  readonly archive: Opened | undefined;
  cancel(): void;
}

/** A load that broke off. */
export interface StoppedLoad extends Interrupted {
  /** Why; `undefined` when it was stopped by hand or the page ended. */
  readonly trouble?: Trouble | undefined;
  /** Takes it up again; `undefined` when the file is not at hand any more. */
  readonly again?: (() => void) | undefined;
}

/** The loads of the page. */
export interface Loads {
  readonly running: ReadonlySignal<readonly Load[]>;
  readonly stopped: ReadonlySignal<readonly StoppedLoad[]>;
  /** Brings an archive that is open in place into the store. */
  keep(archive: Opened): void;
  /** Brings files into the store without opening them. */
  load(files: readonly File[]): void;
  /** Forgets a load that broke off. */
  forget(load: Interrupted): void;
  /** Whether a file is one whose load broke off: it is to be gone on with. */
  brokeOff(file: Interrupted): boolean;
}

/** What loads need of the desk they belong to. */
export type LoadsHost = Pick<DeskHost, "language" | "say" | "tell" | "go">;

/** Lines of an outcome that are told; the list has the rest. */
const LINES = 6;

const like = (a: Interrupted) => (b: Interrupted) => a.name === b.name && a.size === b.size;

/** The loads into `images`. */
export function createLoads(images: Images, host: LoadsHost): Loads {
  const running = signal<readonly Load[]>([]);
  const stopped = signal<readonly StoppedLoad[]>([]);
  let count = 0;

  const drop = (load: Interrupted): void => {
    stopped.value = stopped.peek().filter((entry) => !like(load)(entry));
  };
  const breakOff = (load: StoppedLoad): void => {
    stopped.value = [...stopped.peek().filter((entry) => !like(load)(entry)), load];
  };

  function tellDone(name: string, outcome: LoadOutcome): void {
    const { words, format } = host.language.peek();
    const say = words.kept.load;
    const [first] = outcome.images;
    const lines = [
      ...outcome.lines.slice(0, LINES),
      ...(outcome.lines.length > LINES ? [say.more(format, outcome.lines.length - LINES)] : []),
      say.doneWith(format, outcome.moved, outcome.present),
      ...(outcome.left.length > 0 ? [say.left(format, outcome.left.length)] : []),
      ...(outcome.problems.length > 0 ? [say.problems(format, outcome.problems.length)] : []),
    ];
    host.tell({
      title: say.done(visibleName(name)),
      text: (first === undefined ? [say.nothing] : lines).join("\n"),
      ...(first !== undefined && {
        action: { label: say.open, run: () => host.go({ archive: first.id, image: 0, tab: "files" }) },
      }),
    });
  }

  async function run(
    file: Interrupted,
    archive: Opened | undefined,
    work: (request: LoadRequest) => Promise<LoadOutcome>,
  ): Promise<void> {
    const about: Interrupted = { name: file.name, size: file.size };
    if (running.peek().some(like(about))) return;
    count += 1;
    const id = count;
    const end = new AbortController();
    const state = signal(startingLoad(about.size));
    const ended = noteLoad(about);
    const again = () => void run(about, archive, work);
    drop(about);
    running.value = [...running.peek(), { ...about, id, state, archive, cancel: () => end.abort() }];
    const { words } = host.language.peek();
    host.say(words.kept.live.keeping(visibleName(about.name)));
    try {
      const outcome = await work({
        signal: end.signal,
        listen: (event) => {
          state.value = nextLoad(state.peek(), event, performance.now());
        },
      });
      forgetLoad(about);
      tellDone(about.name, outcome);
    } catch (error) {
      const trouble = troubleOf(error);
      breakOff({ ...about, trouble, again });
      const name = visibleName(about.name);
      const say = words.kept.load;
      host.say(trouble === undefined ? say.stopped(name) : `${say.failed(name)}. ${trouble.message}`);
    } finally {
      ended();
      running.value = running.peek().filter((entry) => entry.id !== id);
    }
  }

  const lookBack = async (): Promise<void> => {
    for (const load of await interruptedLoads()) if (!running.peek().some(like(load))) breakOff(load);
  };
  void lookBack();

  return {
    running,
    stopped,
    keep: (archive) => void run(archive, archive, (request) => images.keep(archive.handle, request)),
    load(files) {
      for (const file of files) void run(file, undefined, (request) => images.load(file, file.name, request));
    },
    forget(load) {
      forgetLoad(load);
      drop(load);
    },
    brokeOff: (file) => stopped.peek().some(like(file)),
  };
}
