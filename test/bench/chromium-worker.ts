/** The worker that `chromium.ts` runs in the browser: takes the name of a measurement and, for some, a file. */
import { decompress } from "../../core/compression/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { readTable, TarDecoder } from "../../core/tar/mod.ts";
import { scanLayer } from "../../core/tree/mod.ts";
import { benchInflate } from "./inflate.ts";
import { benchSha256 } from "./sha256.ts";

const WORK: Readonly<Record<string, (file: File) => Promise<unknown>>> = {
  sha256: async () => benchSha256(),
  inflate: async () => benchInflate(),
  list: async (file) => (await readTable(file)).count,
  "decompress and list": async (file) => {
    const decoder = new TarDecoder();
    await decompress(file, (bytes) => decoder.push(bytes));
    decoder.end();
    return decoder.table().count;
  },
  scan: async (file) => (await scanLayer(file, { newHasher: newSha256 })).table.count,
};

addEventListener("message", (event: MessageEvent<{ name: string; file: File }>) => {
  const { name, file } = event.data;
  const start = performance.now();
  WORK[name]?.(file).then(
    (result) => postMessage({ wallMs: performance.now() - start, result }),
    (error: unknown) => postMessage({ error: String(error) }),
  );
});
