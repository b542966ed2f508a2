import type { Output } from "../../core/command/mod.ts";
import { visibleText } from "../model/console-visible.ts";

/** Characters that may wait before who prints has to. */
const ROOM = 256 * 1024;

/** The terminal as commands write to it: what is printed while the page still draws waits, and goes with the next message. */
export class Screen {
  readonly columns: number;
  readonly #send: (text: string) => Promise<void>;
  #waiting = "";
  #sending: Promise<void> | undefined;

  constructor(columns: number, send: (text: string) => Promise<void>) {
    this.columns = columns;
    this.#send = send;
  }

  /** An output to it; `terminal`: progress may move there. */
  output(terminal: boolean): Output {
    const decoder = new TextDecoder();
    return {
      terminal,
      columns: this.columns,
      write: (chunk) =>
        this.#print(visibleText(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }))),
      paint: (text) => this.#print(text),
    };
  }

  /** Settles when all of it has been drawn. */
  async drawn(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  #print(text: string): void | Promise<void> {
    if (text === "") return undefined;
    this.#waiting += text;
    this.#sending ??= this.#go();
    return this.#waiting.length > ROOM ? this.drawn() : undefined;
  }

  async #go(): Promise<void> {
    // What comes in this very turn goes in one message.
    await Promise.resolve();
    while (this.#waiting !== "") {
      const text = this.#waiting;
      this.#waiting = "";
      await this.#send(text);
    }
    this.#sending = undefined;
  }
}
