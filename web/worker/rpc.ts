import { CoreError, errorFromWire, type WireError } from "../../core/error.ts";

/** What messages travel over: a `Worker`, a `MessagePort`, or the global scope of a worker. */
export interface Endpoint {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** Ports deliver nothing before it is called. */
  start?(): void;
}

/** The calls a side answers, by name: one request, one answer (no promise), both structured-cloneable. */
export type Calls = { readonly [name: string]: (request: never) => unknown };

/** The request of a call, and what it answers. */
type Request<C extends Calls, N extends keyof C> = Parameters<C[N]>[0];
type Answer<C extends Calls, N extends keyof C> = ReturnType<C[N]>;

/** Functions that answer `C`; the signal aborts when the caller no longer wants the answer. */
export type Answers<C extends Calls> = {
  readonly [N in keyof C]: (
    request: Request<C, N>,
    signal: AbortSignal,
  ) => Answer<C, N> | Transferred<Answer<C, N>> | Promise<Answer<C, N> | Transferred<Answer<C, N>>>;
};

/** What a caller may add to a call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Objects of the request that move instead of being copied. */
  readonly transfer?: Transferable[] | undefined;
}

/** The calling side of a connection. */
export interface Remote<C extends Calls> {
  /**
   * The answer of the other side.
   * @throws CoreError as the other side threw it, or the reason of {@link end}; the signal's reason when it aborts first.
   */
  call<N extends keyof C & string>(
    name: N,
    request: Request<C, N>,
    options?: CallOptions,
  ): Promise<Answer<C, N>>;
  /** Rejects every call under way and to come with `error`: the other side is gone. */
  end(error: unknown): void;
}

/** A value some of whose parts move to the other side. */
class Transferred<T> {
  readonly value: T;
  readonly parts: Transferable[];
  constructor(value: T, parts: Transferable[]) {
    this.value = value;
    this.parts = parts;
  }
}

/** `value` as an answer, with `parts` of it moved to the caller instead of copied: they are gone from this side. */
export function transferred<T>(value: T, parts: Transferable[]): Transferred<T> {
  return new Transferred(value, parts);
}

type Fault =
  | { readonly kind: "core"; readonly error: WireError }
  | { readonly kind: "range" | "type" | "abort"; readonly message: string };

type Message =
  | { readonly call: number; readonly name: string; readonly request: unknown }
  | { readonly cancel: number }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly fault: Fault };

/** A connection whose other side {@link answer}s `C`. */
export function connect<C extends Calls>(endpoint: Endpoint): Remote<C> {
  interface Pending {
    // oxlint-disable-next-line typescript/no-explicit-any -- the wire is where types are taken on trust
    resolve(value: any): void;
    reject(error: unknown): void;
    readonly release: () => void;
  }
  const pending = new Map<number, Pending>();
  let next = 0;
  let ended: { readonly error: unknown } | undefined;

  const onMessage = (event: MessageEvent): void => {
    const message: Message = event.data;
    if (!("answer" in message)) return;
    const call = pending.get(message.answer);
    if (call === undefined) return;
    pending.delete(message.answer);
    call.release();
    if ("fault" in message) call.reject(errorOf(message.fault));
    else call.resolve(message.value);
  };
  endpoint.addEventListener("message", onMessage);
  endpoint.start?.();

  return {
    async call(name, request, options = {}) {
      const { signal, transfer = [] } = options;
      signal?.throwIfAborted();
      if (ended !== undefined) throw ended.error;
      const id = next++;
      return new Promise<Answer<C, typeof name>>((resolve, reject) => {
        const onAbort = (): void => {
          pending.delete(id);
          endpoint.postMessage({ cancel: id } satisfies Message, []);
          reject(signal?.reason);
        };
        const release = (): void => signal?.removeEventListener("abort", onAbort);
        pending.set(id, { resolve, reject, release });
        signal?.addEventListener("abort", onAbort, { once: true });
        try {
          endpoint.postMessage({ call: id, name, request } satisfies Message, transfer);
        } catch (error) {
          pending.delete(id);
          release();
          reject(error);
        }
      });
    },
    end(error) {
      ended ??= { error };
      endpoint.removeEventListener("message", onMessage);
      for (const call of pending.values()) {
        call.release();
        call.reject(error);
      }
      pending.clear();
    },
  };
}

/** Answers the calls that arrive at `endpoint`, each at once: several may be under way. Gives back what ends it. */
export function answer<C extends Calls>(endpoint: Endpoint, answers: Answers<C>): () => void {
  const running = new Map<number, AbortController>();

  const run = async (id: number, name: string, request: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = Object.hasOwn(answers, name) ? answers[name] : undefined;
      if (handler === undefined) throw new TypeError(`No call is named ${name}`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the wire is where types are taken on trust
      const result = await handler(request as never, controller.signal);
      if (controller.signal.aborted) return;
      const [value, parts] = result instanceof Transferred ? [result.value, result.parts] : [result, []];
      endpoint.postMessage({ answer: id, value } satisfies Message, parts);
    } catch (error) {
      if (controller.signal.aborted) return;
      endpoint.postMessage({ answer: id, fault: faultOf(error) } satisfies Message, []);
    } finally {
      running.delete(id);
    }
  };

  const onMessage = (event: MessageEvent): void => {
    const message: Message = event.data;
    if ("call" in message) void run(message.call, message.name, message.request);
    else if ("cancel" in message) {
      running.get(message.cancel)?.abort(new DOMException("The call was given up", "AbortError"));
    }
  };
  endpoint.addEventListener("message", onMessage);
  endpoint.start?.();
  return () => {
    endpoint.removeEventListener("message", onMessage);
    for (const controller of running.values()) controller.abort();
  };
}

/** Names of what a browser throws when a file is not any more what it was when it was chosen. */
const FILE_LOST: ReadonlySet<string> = new Set(["NotReadableError", "NotFoundError"]);

/**
 * `error` as plain JSON. What is no {@link CoreError} is a file that changed under us, or else a fault of ours: it keeps its text under
 * `worker/fault`.
 */
export function wireOf(error: unknown): WireError {
  if (error instanceof CoreError) return error.toJSON();
  if (error instanceof DOMException && FILE_LOST.has(error.name)) {
    const message =
      "Cannot read the file: it was changed, moved or taken away since it was opened; open it again";
    return { code: "worker/file", message, detail: {}, cause: String(error) };
  }
  return { code: "worker/fault", message: `Cannot go on: ${String(error)}`, detail: {} };
}

function faultOf(error: unknown): Fault {
  if (error instanceof RangeError) return { kind: "range", message: error.message };
  if (error instanceof TypeError) return { kind: "type", message: error.message };
  if (error instanceof DOMException && error.name === "AbortError") {
    return { kind: "abort", message: error.message };
  }
  return { kind: "core", error: wireOf(error) };
}

function errorOf(fault: Fault): unknown {
  if (fault.kind === "core") return errorFromWire(fault.error);
  if (fault.kind === "range") return new RangeError(fault.message);
  if (fault.kind === "type") return new TypeError(fault.message);
  return new DOMException(fault.message, "AbortError");
}
