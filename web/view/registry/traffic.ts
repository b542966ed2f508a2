import { type ReadonlySignal, signal } from "@preact/signals";
import { visibleName } from "../../model/name.ts";
import type {
  PullOutcome,
  PullRequest,
  PushOutcome,
  Registries,
  TransferRequest,
} from "../../model/registries.ts";
import {
  nextTransfer,
  STARTING_TRANSFER,
  type TransferState,
  type TransferWork,
  workFrom,
  workKey,
  workName,
} from "../../model/transfer.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { notedWork } from "../../platform/noted-work.ts";
import { rememberPulled } from "../../platform/pulled-names.ts";
import type { DeskHost } from "../desk-host.ts";

/** A pull or a push under way. */
export interface Moving {
  readonly work: TransferWork;
  readonly state: ReadonlySignal<TransferState>;
  cancel(): void;
}

/** One that did not come to its end. */
export interface Halted {
  readonly work: TransferWork;
  /** Why; `undefined` when it was stopped by hand or the page ended. */
  readonly trouble?: Trouble | undefined;
  /** Milliseconds since the epoch at which it broke off; `undefined` when that was in another visit. */
  readonly atMs?: number | undefined;
}

/** What goes between this page and registries. */
export interface Traffic {
  readonly running: ReadonlySignal<readonly Moving[]>;
  readonly halted: ReadonlySignal<readonly Halted[]>;
  /** Pulls, and then shows the image if nobody has gone elsewhere in the meantime. */
  pull(request: PullRequest): Promise<PullOutcome | undefined>;
  push(source: string, target?: string): Promise<PushOutcome | undefined>;
  /** Takes up again what did not come to its end. */
  again(halted: Halted): void;
  forget(halted: Halted): void;
}

const NOTED = notedWork<TransferWork>("breakbulk.transfers", {
  nameOf: (work) => `breakbulk transfer ${workKey(work)}`,
  read: workFrom,
});

/** What traffic needs of the desk it belongs to. */
export type TrafficHost = Omit<DeskHost, "fail"> & {
  /** Told when an image is here, and whether it was gone to, so that nothing has to look at it in the registry any more. */
  readonly pulled: (request: PullRequest, shown: boolean) => void;
};

/** The traffic with `registries`. */
export function createTraffic(registries: Registries, host: TrafficHost): Traffic {
  const running = signal<readonly Moving[]>([]);
  const halted = signal<readonly Halted[]>([]);

  const drop = (work: TransferWork): void => {
    halted.value = halted.peek().filter((entry) => workKey(entry.work) !== workKey(work));
  };
  const halt = (entry: Halted): void => {
    drop(entry.work);
    halted.value = [...halted.peek(), entry];
  };

  async function run<T>(
    work: TransferWork,
    move: (how: TransferRequest) => Promise<T>,
  ): Promise<T | undefined> {
    const key = workKey(work);
    if (running.peek().some((entry) => workKey(entry.work) === key)) return undefined;
    const end = new AbortController();
    const state = signal(STARTING_TRANSFER);
    const name = visibleName(workName(work));
    const ended = NOTED.note(work);
    const entry: Moving = { work, state, cancel: () => end.abort() };
    drop(work);
    running.value = [...running.peek(), entry];
    const say = host.language.peek().words.registry.transfer.live;
    host.say(work.kind === "pull" ? say.pulling(name) : say.pushing(name));
    try {
      const outcome = await move({
        signal: end.signal,
        listen: (event) => {
          state.value = nextTransfer(state.peek(), event, performance.now());
        },
      });
      NOTED.forget(work);
      return outcome;
    } catch (error) {
      const trouble = troubleOf(error);
      halt({ work, trouble, atMs: Date.now() });
      host.say(trouble === undefined ? say.stopped(name) : `${say.failed(name)}. ${trouble.message}`);
      return undefined;
    } finally {
      ended();
      running.value = running.peek().filter((other) => other !== entry);
    }
  }

  async function pull(request: PullRequest): Promise<PullOutcome | undefined> {
    const before = host.route.peek();
    const outcome = await run({ kind: "pull", ...request }, (how) => registries.pull(request, how));
    if (outcome === undefined) return undefined;
    const { words, format } = host.language.peek();
    const say = words.registry.transfer;
    const [first] = outcome.images;
    if (request.allTags !== true && first !== undefined) rememberPulled(first.name);
    const name = visibleName(request.reference);
    const show = (): void => {
      if (first !== undefined) host.go({ archive: first.id, image: 0, tab: "files" });
    };
    const stayed = host.route.peek() === before && request.allTags !== true && first !== undefined;
    host.tell({
      title: outcome.images.some(({ newer }) => newer) ? say.pulled(name) : say.upToDate(name),
      text: [outcome.images[0]?.digest ?? "", say.pulledWith(format, outcome.moved, outcome.present)].join(
        "\n",
      ),
      ...(first !== undefined && !stayed && { action: { label: say.show, run: show } }),
    });
    if (stayed) show();
    host.pulled(request, stayed);
    return outcome;
  }

  async function push(source: string, target?: string): Promise<PushOutcome | undefined> {
    const work = { kind: "push", source, ...(target !== undefined && { target }) } as const;
    const outcome = await run(work, (how) => registries.push(source, { target }, how));
    if (outcome === undefined) return undefined;
    const { words, format } = host.language.peek();
    const say = words.registry.transfer;
    const { name, digest, uploaded, mounted, skipped } = outcome;
    host.tell({
      title: say.pushed(visibleName(name)),
      text: `${digest}\n${say.pushedWith(format, uploaded, mounted, skipped)}`,
    });
    return outcome;
  }

  const start = (work: TransferWork): void => {
    if (work.kind === "push") return void push(work.source, work.target);
    const { kind: _, ...request } = work;
    void pull(request);
  };

  const lookBack = async (): Promise<void> => {
    for (const work of await NOTED.left())
      if (!running.peek().some((entry) => workKey(entry.work) === workKey(work))) halt({ work });
  };
  void lookBack();

  return {
    running,
    halted,
    pull,
    push,
    again: ({ work }) => start(work),
    forget({ work }) {
      NOTED.forget(work);
      drop(work);
    },
  };
}
