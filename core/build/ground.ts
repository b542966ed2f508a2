import { dockerfileError } from "../dockerfile/mod.ts";
import { parseReference } from "../oci/mod.ts";
import { type BaseImage, openBase } from "./base.ts";
import { readContext } from "./context.ts";
import { withoutIgnored } from "./context-files.ts";
import type { CopyGround } from "./copy-step.ts";
import type { DirNode } from "./files.ts";
import type { BuildLimits } from "./limits.ts";
import type { BuildOptions } from "./options.ts";
import type { Preparation } from "./prepare.ts";
import { fetchFile, parseChecksum } from "./remote.ts";
import type { StageResult } from "./result.ts";

/** What `work` gives, done when it is first asked for and once. */
export function lazily<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/** Where the instructions of a build take files from: the context, stages that are done, images, further contexts, URLs. */
export function copyGround(
  options: BuildOptions,
  {
    prepared,
    root,
    results,
    limits,
  }: {
    readonly prepared: Preparation;
    readonly root: () => Promise<DirNode>;
    readonly results: ReadonlyMap<number, StageResult>;
    readonly limits: BuildLimits;
  },
): CopyGround {
  const { signal, contexts } = options;
  const images = new Map<string, Promise<BaseImage>>();
  return {
    signal,
    context: lazily(async () => withoutIgnored(await root(), prepared.file, { limits, signal })),
    async from(from) {
      if (from.kind === "stage") {
        const stage = results.get(from.stage);
        if (stage === undefined)
          throw dockerfileError(`cannot copy from stage ${from.stage}, it is not built yet`);
        return stage.files();
      }
      const named = contexts?.get(from.text);
      if (named !== undefined) return readContext(named, { limits, signal });
      const image = images.get(from.text) ?? openBase(parseReference(from.text), prepared.platform, options);
      images.set(from.text, image);
      return (await image).files();
    },
    fetch: (url, checksum) =>
      fetchFile(url, checksum === undefined ? undefined : parseChecksum(checksum), { ...options, limits }),
  };
}
