import type { Spool } from "../image/mod.ts";
import type { CommandContext } from "./context.ts";
import type { OpenFile } from "./files.ts";

/** Places for bytes that wait for their end: on the disk where the host has one. {@link Spools.close} gives them back. */
export interface Spools {
  /** `undefined` where there are no files: the caller's default serves. */
  readonly spool: (() => Spool) | undefined;
  close(): Promise<void>;
}

/** The places of a command. */
export function spoolsOf({ files, signal }: CommandContext): Spools {
  const held: OpenFile[] = [];
  if (files === undefined) return { spool: undefined, close: async () => {} };
  return {
    spool() {
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
      const writer = writable.getWriter();
      const file = files.setAside(readable, { signal });
      // Told by end(); until then nobody listens.
      file.catch(() => {});
      return {
        async write(chunk) {
          await writer.write(chunk.slice());
        },
        async end() {
          await writer.close();
          const open = await file;
          held.push(open);
          return open.source;
        },
      };
    },
    async close() {
      for (const open of held.splice(0)) await open.close();
    },
  };
}
