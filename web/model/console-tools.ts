import { jq } from "./console-jq.ts";
import { inputsOf, streamOfChunks, type Tool, toolFlags } from "./console-tool.ts";
import { sha256sum, tar } from "./console-tools-bytes.ts";
import { awk, cut, sort, uniq, wc } from "./console-tools-order.ts";
import { cat, grep, head, tail } from "./console-tools-take.ts";

/** `echo [-n] WORD…`. */
const echo: Tool = async (call) => {
  const { args } = call;
  const bare = args[0] === "-n";
  await call.print(`${(bare ? args.slice(1) : args).join(" ")}${bare ? "" : "\n"}`);
  return 0;
};

/** A tool that sends everything through a stream of the browser's. */
function through(make: () => GenericTransformStream): Tool {
  return async (call) => {
    const { rest } = toolFlags(call.args, { switches: "cdfkn123456789" });
    const changed: ReadableStream<Uint8Array<ArrayBuffer>> = streamOfChunks(inputsOf(call, rest)).pipeThrough(
      make(),
    );
    const reader = changed.getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read())
        await call.print(next.value);
    } finally {
      await reader.cancel().catch(() => {});
    }
    return 0;
  };
}

const unzip = through(() => new DecompressionStream("gzip"));
const zip = through(() => new CompressionStream("gzip"));

/** The small commands of the console, by name: what stands behind a pipe. */
export const TOOLS: Readonly<Record<string, Tool>> = {
  awk,
  cat,
  cut,
  echo,
  grep,
  gunzip: unzip,
  gzip: (call) => (call.args.some((arg) => /^-\w*d/u.test(arg)) ? unzip(call) : zip(call)),
  head,
  jq,
  sha256sum,
  sort,
  tail,
  tar,
  uniq,
  wc,
  zcat: unzip,
};
