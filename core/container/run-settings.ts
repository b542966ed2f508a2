import { CoreError } from "../error.ts";
import type { RunConfig } from "../image/mod.ts";
import type { Healthcheck } from "../oci/mod.ts";

/**
 * How a container is started: what its maker says, filled up with what the image says. An entrypoint of the maker's drops the image's command.
 * @throws CoreError `container/command` when neither says what to start, unless it is `idle`.
 */
export function runSettings(
  own: RunConfig,
  image: RunConfig,
  options: { readonly idle?: boolean | undefined } = {},
): RunConfig {
  const given = own.entrypoint;
  const merged: RunConfig = {
    ...own,
    user: own.user || image.user,
    workingDir: own.workingDir || image.workingDir,
    stopSignal: own.stopSignal || image.stopSignal,
    exposedPorts: united(own.exposedPorts, image.exposedPorts),
    volumes: united(own.volumes, image.volumes),
    env: environment(own.env, image.env),
    labels: new Map([...(image.labels ?? []), ...(own.labels ?? [])]),
    healthcheck: health(own.healthcheck, image.healthcheck),
    ...command(own, image),
  };
  const entrypoint = given?.length === 1 && given[0] === "" ? undefined : merged.entrypoint;
  if (options.idle !== true && (entrypoint ?? []).length === 0 && (merged.cmd ?? []).length === 0)
    throw new CoreError("container/command", "no command specified");
  return { ...merged, entrypoint };
}

function command(own: RunConfig, image: RunConfig): Pick<RunConfig, "cmd" | "entrypoint" | "argsEscaped"> {
  if ((own.entrypoint ?? []).length > 0) return {};
  const bare = (own.cmd ?? []).length === 0;
  return {
    ...(bare && { cmd: image.cmd, argsEscaped: image.argsEscaped }),
    entrypoint: own.entrypoint ?? image.entrypoint,
  };
}

function united(
  own: readonly string[] | undefined,
  image: readonly string[] | undefined,
): readonly string[] | undefined {
  if ((own ?? []).length === 0) return image;
  return [...new Set([...own!, ...(image ?? [])])];
}

const keyOf = (variable: string): string => {
  const equals = variable.indexOf("=");
  return equals < 0 ? variable : variable.slice(0, equals);
};

/** The maker's variables, then those of the image that he does not set. */
function environment(
  own: readonly string[] | undefined,
  image: readonly string[] | undefined,
): readonly string[] | undefined {
  if ((own ?? []).length === 0) return image;
  const set = new Set(own!.map(keyOf));
  return [...own!, ...(image ?? []).filter((variable) => !set.has(keyOf(variable)))];
}

function health(own: Healthcheck | undefined, image: Healthcheck | undefined): Healthcheck | undefined {
  if (own === undefined || image === undefined) return own ?? image;
  return {
    test: (own.test ?? []).length > 0 ? own.test : image.test,
    interval: own.interval || image.interval,
    timeout: own.timeout || image.timeout,
    startPeriod: own.startPeriod || image.startPeriod,
    startInterval: own.startInterval || image.startInterval,
    retries: own.retries || image.retries,
  };
}
