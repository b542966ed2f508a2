import { failed } from "./failure.ts";
import type { FlagSpec } from "./flag.ts";
import type { VerbSpec } from "./spec.ts";

/** What to do instead of running something. */
const INSTEAD =
  "to change an image without running it, use docker create, docker cp and docker commit, or a Dockerfile without RUN; to run it, save it with docker save and load it where Docker is";

/** A verb that needs a running kernel: it says so, and what to do instead. */
export function kernelVerb(spec: {
  readonly use: string;
  readonly summary: string;
  readonly aliases?: readonly string[] | undefined;
  readonly flags?: readonly FlagSpec[] | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly values?: VerbSpec["values"];
  readonly instead?: string | undefined;
}): VerbSpec {
  const { min = 0, max, instead = INSTEAD, flags = [], ...rest } = spec;
  return {
    ...rest,
    flags,
    args: { min, max },
    flagsFirst: true,
    run({ path }) {
      throw failed(`'${path}' needs a kernel to run processes, which is not there: ${instead}`);
    },
  };
}

/** A command of Docker's that is about something that does not exist here: networks, volumes, swarms. */
export function absentVerb(summary: string, instead: string): VerbSpec {
  return {
    use: "[OPTIONS] [ARG...]",
    summary,
    flags: [],
    args: { min: 0 },
    flagsFirst: true,
    run({ path }) {
      throw failed(`'${path}' has nothing to work on here: ${instead}`);
    },
  };
}
