import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Content, hasLongLine, isSvg, recognise } from "../../model/content.ts";
import type { NodeView, OpenArchive } from "../../model/engine.ts";
import { baseName } from "../../model/name.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { recall } from "../../platform/memory.ts";

/** Bytes read before anything is known of a file, enough to tell what it is. */
const FIRST = 64 << 10;
/** Bytes of a text read at a time. */
const TEXT_STEP = 1 << 20;
/** The same where lines are so long that each of them is a screenful of work for the browser's layout. */
const LONG_LINE_STEP = 128 << 10;
/** Bytes of a text shown at most. */
export const TEXT_LIMIT = 16 << 20;
/** Bytes of a picture shown at most. */
export const PICTURE_LIMIT = 32 << 20;

/** How a file is shown. */
export type Mode = "text" | "hex" | "picture";

/** What was paid for what is on screen. */
export interface Cost {
  readonly tookMs: number;
  readonly read: number;
  readonly inflated: number;
}

/** The file under the cursor, as far as it is read. */
export interface Reading {
  /** Facts of the path; kept while the next path's are on their way. */
  readonly facts: ReadonlySignal<NodeView | undefined>;
  /** Layer whose version is shown; `undefined` for a path that is gone. */
  readonly layer: ReadonlySignal<number | undefined>;
  /** Layer as of which its bytes are read and links are followed; `undefined` for a path that is gone. */
  readonly asOf: ReadonlySignal<number | undefined>;
  readonly content: ReadonlySignal<Content | undefined>;
  /** Decoded text so far; grows at its end only. */
  readonly text: ReadonlySignal<string>;
  /** Bytes decoded into {@link text}. */
  readonly textBytes: ReadonlySignal<number>;
  /** Bytes that {@link more} reads. */
  readonly step: ReadonlySignal<number>;
  readonly size: ReadonlySignal<number>;
  readonly picture: ReadonlySignal<Blob | undefined>;
  readonly cost: ReadonlySignal<Cost | undefined>;
  readonly busy: ReadonlySignal<boolean>;
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  readonly mode: Signal<Mode>;
  /** Whether long lines are broken. */
  readonly wrap: Signal<boolean>;
  /** Grows when the reader asks to search the text. */
  readonly searches: Signal<number>;
  /** Changes with every file or version shown. */
  readonly serial: ReadonlySignal<number>;
  /** Shows `node` as of layer `upTo`, or its version in `layer`. */
  show(node: number, upTo: number, layer?: number): void;
  clear(): void;
  /** Reads the next piece of a text. */
  more(): Promise<void>;
  /** Bytes `[from, to)` of the file shown. */
  readonly bytes: (from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>;
}

/** A reading of files of `image`; nothing is read before {@link Reading.show}. */
export function createReading(handle: OpenArchive, image: number): Reading {
  const facts = signal<NodeView | undefined>(undefined);
  const layer = signal<number | undefined>(undefined);
  const asOf = signal<number | undefined>(undefined);
  const content = signal<Content | undefined>(undefined);
  const text = signal("");
  const textBytes = signal(0);
  const step = signal(TEXT_STEP);
  const size = signal(0);
  const picture = signal<Blob | undefined>(undefined);
  const cost = signal<Cost | undefined>(undefined);
  const busy = signal(false);
  const trouble = signal<Trouble | undefined>(undefined);
  const mode = signal<Mode>("text");
  const wrap = signal(recall("wrap") === "true");
  const searches = signal(0);
  const serial = signal(0);
  let target = { image, node: -1, layer: 0 };
  let shown = "";
  let end = new AbortController();
  let decoder = new TextDecoder();

  async function read(from: number, to: number, signal: AbortSignal) {
    const slice = await handle.read(target, { from, to }, signal);
    signal.throwIfAborted();
    const before = cost.peek() ?? { tookMs: 0, read: 0, inflated: 0 };
    batch(() => {
      size.value = slice.size;
      cost.value = {
        tookMs: before.tookMs + slice.tookMs,
        read: before.read + slice.read,
        inflated: before.inflated + slice.inflated,
      };
    });
    return slice;
  }

  function append(bytes: Uint8Array<ArrayBuffer>, last: boolean): void {
    text.value += decoder.decode(bytes, { stream: !last });
    textBytes.value += bytes.byteLength;
  }

  function reset(): void {
    end.abort();
    end = new AbortController();
    batch(() => {
      content.value = undefined;
      text.value = "";
      textBytes.value = 0;
      step.value = TEXT_STEP;
      size.value = 0;
      picture.value = undefined;
      cost.value = undefined;
      trouble.value = undefined;
      busy.value = false;
    });
  }

  async function readPicture(
    first: Uint8Array<ArrayBuffer>,
    mediaType: string,
    signal: AbortSignal,
  ): Promise<void> {
    const whole = size.peek();
    if (whole > PICTURE_LIMIT) {
      mode.value = "hex";
      return;
    }
    const bytes = first.byteLength >= whole ? first : (await read(0, whole, signal)).bytes;
    picture.value = new Blob([bytes], { type: mediaType });
  }

  async function readText(
    first: Uint8Array<ArrayBuffer>,
    found: Content,
    signal: AbortSignal,
  ): Promise<void> {
    decoder = new TextDecoder(found.encoding);
    const whole = size.peek();
    append(first, first.byteLength >= whole);
    if (hasLongLine(text.peek())) step.value = LONG_LINE_STEP;
    if (textBytes.peek() < whole) await readTextTo(Math.min(whole, step.peek()), signal);
    const path = facts.peek()?.path ?? "";
    if (isSvg(baseName(path), text.peek()) && textBytes.peek() >= whole) {
      picture.value = new Blob([text.peek()], { type: "image/svg+xml" });
    }
  }

  async function readTextTo(to: number, signal: AbortSignal): Promise<void> {
    const slice = await read(textBytes.peek(), to, signal);
    append(slice.bytes, to >= slice.size);
  }

  async function guarded(step: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = end;
    busy.value = true;
    try {
      await step(signal);
    } catch (error) {
      if (!signal.aborted) trouble.value = troubleOf(error);
    } finally {
      if (!signal.aborted) busy.value = false;
    }
  }

  async function readContent(signal: AbortSignal): Promise<void> {
    const { bytes, size: whole } = await read(0, FIRST, signal);
    const found = recognise(bytes, bytes.byteLength >= whole);
    batch(() => {
      content.value = found;
      mode.value = found.kind === "picture" ? "picture" : found.kind === "binary" ? "hex" : "text";
    });
    if (found.kind === "picture") await readPicture(bytes, found.mediaType ?? "", signal);
    if (found.kind === "text") await readText(bytes, found, signal);
  }

  /** Layer whose bytes to read: the asked for, else the newest that has any. */
  function readableLayer(view: NodeView, asked: number | undefined): number | undefined {
    if (asked !== undefined) return asked;
    const newest = view.versions.at(-1);
    if (view.row.removed || newest?.mark === "D") return undefined;
    return view.versions.findLast((version) => version.readable)?.layer ?? view.row.layer;
  }

  return {
    facts,
    layer,
    asOf,
    content,
    text,
    textBytes,
    step,
    size,
    picture,
    cost,
    busy,
    trouble,
    mode,
    wrap,
    searches,
    serial,
    show(node, upTo, version) {
      const key = `${node} ${upTo} ${version ?? ""}`;
      if (key === shown) return;
      shown = key;
      reset();
      void guarded(async (signal) => {
        const view = await handle.node(image, node, upTo);
        signal.throwIfAborted();
        const from = readableLayer(view, version);
        batch(() => {
          facts.value = view;
          layer.value = from;
          // A link is followed in the tree as it is shown, where its target may be newer than itself.
          asOf.value = from === undefined ? undefined : (version ?? upTo);
          serial.value += 1;
        });
        const { type } = view.row;
        const broken = view.target !== undefined && "broken" in view.target;
        if (from === undefined || broken) return;
        // A link to a directory has no bytes; the engine says so by failing, which is no trouble here.
        if (type !== "file" && type !== "link" && type !== "symlink") return;
        if (type === "symlink" && view.target === undefined) return;
        target = { image, node, layer: version ?? upTo };
        await readContent(signal);
      });
    },
    clear() {
      shown = "";
      reset();
      batch(() => {
        facts.value = undefined;
        layer.value = undefined;
        asOf.value = undefined;
      });
    },
    async more() {
      if (busy.peek() || textBytes.peek() >= Math.min(size.peek(), TEXT_LIMIT)) return;
      await guarded((signal) =>
        readTextTo(Math.min(size.peek(), textBytes.peek() + step.peek(), TEXT_LIMIT), signal),
      );
    },
    bytes: async (from, to) => (await handle.read(target, { from, to }, end.signal)).bytes,
  };
}
