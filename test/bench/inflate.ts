import { createDecompressor } from "../../core/compression/mod.ts";
import { joined } from "../support/deflate.ts";
import { randomBytes, seeded, textLikeBytes } from "../support/random.ts";

/** MB/s of output from gzip of one input: ours, the platform's `DecompressionStream`, `node:zlib` in one go (where there is one). */
export interface InflateSpeeds {
  readonly input: string;
  readonly ours: number;
  readonly platform: number;
  readonly zlib: number | undefined;
  /** Ours : platform; above 1 is faster. */
  readonly ratio: number;
}

const MB = 1_000_000;

/** Input by name: like a system's files, like logs and sparse files, and what was compressed before. */
const INPUTS: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
  "text and machine code": () =>
    joined(textLikeBytes(10 * MB, 1), codeLikeBytes(12 * MB, 2), new Uint8Array(2 * MB)),
  repetitive: () => {
    const line = textLikeBytes(20_000, 3);
    return Uint8Array.from({ length: 24 * MB }, (_, at) => (at % 5003 ? line[at % line.length] : at >> 12));
  },
  noise: () => randomBytes(24 * MB, 4),
};

/** Bytes about as compressible as machine code: words of few opcodes, registers and mostly small operands. */
function codeLikeBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  const opcodes = Array.from({ length: 60 }, () => Math.floor(random() * 256));
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    bytes[at++] = opcodes[Math.floor(random() ** 2 * 60)];
    bytes[at++] = 0xc0 | Math.floor(random() ** 2 * 64);
    if (random() < 0.4) bytes[at++] = Math.floor(random() ** 3 * 256);
    if (random() < 0.15 && at > 5000) {
      const from = at - 40 - Math.floor(random() ** 2 * 4900);
      bytes.copyWithin(at, from, from + 6 + Math.floor(random() * 30));
      at += 20;
    }
  }
  return bytes;
}

/** Measures in turns, so that a drift of the machine hits all alike, and keeps the best turn of each: about 10 s in all. In Node, Deno and a page's worker. */
export async function benchInflate(turns = 4): Promise<readonly InflateSpeeds[]> {
  const speeds: InflateSpeeds[] = [];
  for (const [input, make] of Object.entries(INPUTS)) {
    const stream = new Blob([make()]).stream().pipeThrough(new CompressionStream("gzip"));
    const gzip = new Uint8Array(await new Response(stream).arrayBuffer());
    const best = { ours: 0, platform: 0, zlib: 0 };
    for (let turn = 0; turn < turns; turn++) {
      best.ours = Math.max(best.ours, await speed(gzip, inflateOurs));
      best.platform = Math.max(best.platform, await speed(gzip, inflatePlatform));
      best.zlib = Math.max(best.zlib, await speed(gzip, inflateZlib));
    }
    speeds.push({
      input,
      ours: Math.round(best.ours),
      platform: Math.round(best.platform),
      zlib: best.zlib === 0 ? undefined : Math.round(best.zlib),
      ratio: Math.round((best.ours / best.platform) * 100) / 100,
    });
  }
  return speeds;
}

async function speed(
  gzip: Uint8Array<ArrayBuffer>,
  inflate: (gzip: Uint8Array<ArrayBuffer>) => number | Promise<number>,
): Promise<number> {
  const start = performance.now();
  const bytes = await inflate(gzip);
  return bytes / (performance.now() - start) / 1000;
}

function inflateOurs(gzip: Uint8Array): number {
  let size = 0;
  const machine = createDecompressor("gzip", (bytes) => {
    size += bytes.length;
  });
  for (let at = 0; at < gzip.length; at += 65_536) machine.push(gzip.subarray(at, at + 65_536));
  machine.end();
  return size;
}

/** Fed a megabyte at a time: small chunks cost the platform's streams more than inflating. */
async function inflatePlatform(gzip: Uint8Array<ArrayBuffer>): Promise<number> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at < gzip.length) controller.enqueue(gzip.subarray(at, (at += 1_048_576)));
      else controller.close();
    },
  });
  const reader = source.pipeThrough(new DecompressionStream("gzip")).getReader();
  let size = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) size += step.value.length;
  return size;
}

/** `node:zlib`, asked of the running host, since a page's bundler could not resolve an import of it. */
function inflateZlib(gzip: Uint8Array): number {
  const host = globalThis as {
    process?: {
      getBuiltinModule?: (name: string) => { gunzipSync?: (bytes: Uint8Array) => Uint8Array } | undefined;
    };
  };
  return host.process?.getBuiltinModule?.("node:zlib")?.gunzipSync?.(gzip).length ?? 0;
}
