import type { Output } from "./context.ts";
import { formatSize } from "./units.ts";

/** How far something is. Without a total, only how much there is. */
export interface Progress {
  readonly bytes: number;
  readonly total: number;
}

/** Wide enough for a bar. */
const BAR_WIDTH = 110;
const BAR = 50;

/**
 * Lines that stand for things under way, by ID. At a terminal each has one line, which is written over; elsewhere every message is a line, and those that
 * only tell progress are left out. Messages may come faster than they are written: of several for one line the last is shown.
 */
export class ProgressLines {
  readonly #output: Output;
  readonly #lines = new Map<string, number>();
  #waiting: { readonly id: string; readonly text: string; readonly moving: boolean }[] = [];
  #work: Promise<void> | undefined;
  #failure: unknown;

  constructor(output: Output) {
    this.#output = output;
  }

  /** A line by itself. What came before is written over no more. */
  say(text: string): void {
    this.#add({ id: "", text, moving: false });
  }

  /** What becomes of the thing with this ID. */
  tell(id: string, status: string, progress?: Progress): void {
    const shown = progress === undefined ? "" : progressText(progress, this.#output.columns);
    if (!this.#output.terminal && shown !== "") return;
    this.#add({
      id,
      text: `${id}: ${status}${this.#output.terminal ? ` ${shown}` : ""}`,
      moving: shown !== "",
    });
  }

  /** Settles when all has been written. @throws what writing failed with. */
  async end(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #add(message: { readonly id: string; readonly text: string; readonly moving: boolean }): void {
    const last = this.#waiting.at(-1);
    if (last?.moving === true && message.moving && last.id === message.id) this.#waiting.pop();
    this.#waiting.push(message);
    this.#work ??= this.#write();
  }

  async #write(): Promise<void> {
    // After whoever told it has gone on: so what comes in one turn is written in one.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) {
        const text = this.#waiting.map((message) => this.#render(message)).join("");
        this.#waiting = [];
        const { terminal } = this.#output;
        await (terminal && this.#output.paint !== undefined
          ? this.#output.paint(text)
          : this.#output.write(text));
      }
    } catch (error) {
      this.#failure ??= error;
    } finally {
      this.#work = undefined;
    }
  }

  #render({ id, text }: { readonly id: string; readonly text: string }): string {
    if (id === "" || !this.#output.terminal) {
      this.#lines.clear();
      return `${this.#output.terminal ? harmless(text) : text}\n`;
    }
    let begin = "";
    let line = this.#lines.get(id);
    if (line === undefined) {
      line = this.#lines.size;
      this.#lines.set(id, line);
      begin = "\n";
    }
    const up = this.#lines.size - line;
    return `${begin}\u001b[${up}A\u001b[2K\r${harmless(text)}\r\u001b[${up}B`;
  }
}

/** Nothing in a line moves the cursor but what moves it here. */
const harmless = (text: string): string => text.replace(/[^\P{Cc}\n\t]+/gu, " ");

/** A bar where there is room, and how much of how much. @see Docker's pkg/jsonmessage, 28.5 */
export function progressText({ bytes, total }: Progress, columns: number): string {
  if (bytes <= 0 && total <= 0) return "";
  const current = formatSize(bytes, 4).padStart(8);
  if (total <= 0) return current;
  const done = Math.min(Math.floor(Math.floor((bytes / total) * 100) / 2), BAR);
  const bar = columns > BAR_WIDTH ? `[${"=".repeat(done)}>${" ".repeat(BAR - done)}] ` : "";
  return bar + (bytes > total ? current : `${current}/${formatSize(total, 4)}`);
}
