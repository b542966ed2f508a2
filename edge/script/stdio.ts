import { fstatSync, readSync, writeSync } from "node:fs";
import process from "node:process";
import type { Input, Output } from "../../core/command/mod.ts";
import { positionalSource, readFrom } from "./positional.ts";
import { systemCode } from "./system-error.ts";

const CHUNK = 65_536;

/** Standard input. */
export function standardInput(): Input {
  return {
    terminal: process.stdin.isTTY,
    stream() {
      const stdin = process.stdin;
      const iterator = stdin[Symbol.asyncIterator]();
      return new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          async pull(controller) {
            const { done, value } = await iterator.next();
            if (done === true) controller.close();
            else controller.enqueue(new Uint8Array(value));
          },
          async cancel() {
            await iterator.return?.();
            stdin.destroy();
          },
        },
        { highWaterMark: 0 },
      );
    },
    async source() {
      try {
        const found = fstatSync(0);
        return found.isFile() ? positionalSource(found.size, readFrom(0)) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * Standard output or standard error. Written at once, so that nothing is lost when the process ends; a pipe whose reader is behind is waited for.
 * A reader who has gone ends the process, as a signal would.
 */
export function standardOutput(file: 1 | 2): Output {
  const stream = file === 1 ? process.stdout : process.stderr;
  const encoder = new TextEncoder();
  const gone = (code: string | undefined): void => {
    if (code === "EPIPE") process.exit(141);
  };
  // Told to the write that failed; without a listener it would end the process with a trace.
  stream.on("error", () => {});
  return {
    terminal: stream.isTTY,
    columns: stream.columns ?? 80,
    async write(chunk) {
      const bytes = typeof chunk === "string" ? encoder.encode(chunk) : chunk;
      for (let at = 0; at < bytes.length; ) {
        try {
          at += writeSync(file, bytes, at, Math.min(CHUNK, bytes.length - at));
        } catch (error) {
          const code = systemCode(error);
          gone(code);
          if (code !== "EAGAIN") throw error;
          // The reader is behind: the event loop knows when it is not. Waiting by the clock instead would cost most of a pipe's speed.
          await new Promise<void>((resolve, reject) => {
            stream.write(bytes.subarray(at), (failure) => {
              gone(systemCode(failure));
              if (failure) reject(failure);
              else resolve();
            });
          });
          return;
        }
      }
    },
  };
}

/** What somebody types at the terminal, up to the end of the line; nothing of it is shown when it is hidden. */
export function askAtTerminal({ hidden }: { readonly hidden: boolean }): Promise<string | undefined> {
  const { stdin } = process;
  if (hidden) stdin.setRawMode(true);
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  try {
    for (;;) {
      if (readSync(0, one) === 0) return Promise.resolve(undefined);
      const byte = one[0] ?? 0;
      if (byte === 10 || byte === 13) break;
      if (hidden && (byte === 3 || byte === 4)) return Promise.resolve(undefined);
      if (hidden && (byte === 8 || byte === 127)) bytes.pop();
      else bytes.push(byte);
    }
  } finally {
    if (hidden) {
      stdin.setRawMode(false);
      writeSync(1, "\n");
    }
  }
  return Promise.resolve(new TextDecoder().decode(new Uint8Array(bytes)));
}
