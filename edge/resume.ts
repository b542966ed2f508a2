/** A body that is expected to be whole. */
export interface Passage {
  /** What has been opened already. */
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes that it must have. */
  readonly length: number;
  /** Opens the rest from `offset` on, counted from the body's first byte; `undefined` when it cannot be had. */
  readonly reopen: (offset: number) => Promise<ReadableStream<Uint8Array> | undefined>;
  /** Milliseconds without a byte after which a connection counts as broken. */
  readonly idleMs: number;
  /** Sees each piece before it is passed on, and sets the pace with it. */
  readonly tap?:
    | {
        readonly write: (bytes: Uint8Array) => Promise<unknown>;
        readonly end: () => Promise<unknown>;
        readonly abort: () => Promise<unknown>;
      }
    | undefined;
}

/** Breaks in a row, with no byte between them, after which it is given up. */
const MOST_BREAKS = 3;
/** Times that one body is opened again in all: an upstream that drips would else be asked once for every byte. */
const MOST_REOPENED = 100;

/**
 * The bytes of a passage, pulled one piece at a time. Where the connection to the upstream breaks, stalls or ends early, the rest is asked for
 * and comes behind what has been passed on; where it cannot be had, the stream fails, and the client sees a broken connection and never a
 * body that only looks whole (B8).
 */
export function passOn(passage: Passage): ReadableStream<Uint8Array> {
  const { length, tap } = passage;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined = passage.body.getReader();
  let sent = 0;
  let breaks = 0;
  let reopened = 0;
  let reading: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let progress = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Cuts off a read that has brought nothing from one turn of the clock to the next: one timer per body, since one per piece would cost more than the pieces. */
  const watch = (): void => {
    if (timer !== undefined) return;
    const before = progress;
    timer = setTimeout(() => {
      timer = undefined;
      if (reading === undefined) return;
      if (progress === before) reading.cancel().catch(() => undefined);
      else watch();
    }, passage.idleMs);
  };

  const next = async (): Promise<Uint8Array> => {
    let cause: unknown;
    while (breaks < MOST_BREAKS) {
      try {
        if (reader === undefined && reopened++ < MOST_REOPENED)
          reader = (await passage.reopen(sent))?.getReader();
        if (reader === undefined) break;
        reading = reader;
        watch();
        const { done, value } = await reader.read();
        reading = undefined;
        progress++;
        if (!done && value.length > 0) {
          breaks = 0;
          return value;
        }
        if (!done) continue;
        cause = new Error(`the body ended after ${sent} of ${length} bytes`);
      } catch (error) {
        cause = error;
      }
      breaks++;
      await reader?.cancel().catch(() => undefined);
      reader = undefined;
    }
    throw new Error(`Cannot pass on the body: it broke off after ${sent} of ${length} bytes`, { cause });
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (sent === length) return await finish(controller);
          const piece = await next();
          if (sent + piece.length > length)
            throw new Error(`Cannot pass on the body: it has more than ${length} bytes`);
          // A tap that fails has only itself to blame.
          await tap?.write(piece).catch(() => undefined);
          sent += piece.length;
          controller.enqueue(piece);
          if (sent === length) await finish(controller);
        } catch (error) {
          clearTimeout(timer);
          await tap?.abort().catch(() => undefined);
          await reader?.cancel().catch(() => undefined);
          controller.error(error);
        }
      },
      async cancel(reason) {
        clearTimeout(timer);
        await Promise.all([
          reader?.cancel(reason).catch(() => undefined),
          tap?.abort().catch(() => undefined),
        ]);
      },
    },
    { highWaterMark: 0 },
  );

  async function finish(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    clearTimeout(timer);
    await tap?.end().catch(() => undefined);
    controller.close();
    // Read to its end, not cancelled: a connection whose answer was read can carry the next one.
    const last = reader;
    reader = undefined;
    timer = setTimeout(() => void last?.cancel().catch(() => undefined), passage.idleMs);
    const { done } = (await last?.read().catch(() => undefined)) ?? { done: true };
    clearTimeout(timer);
    if (!done) await last?.cancel().catch(() => undefined);
  }
}
