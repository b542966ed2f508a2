import { type BodyOf, type CommandLine, dockerfileError, type InstructionBody } from "../dockerfile/mod.ts";
import type { ContainerConfig } from "../oci/mod.ts";
import { cleanPath } from "../tar/mod.ts";
import { parsePorts } from "./change-port.ts";
import { isSignal } from "./change-signal.ts";

/** The instructions that change how an image is run and nothing else. WORKDIR and MAINTAINER are apart. */
export type SettingKind =
  | "cmd"
  | "entrypoint"
  | "env"
  | "expose"
  | "healthcheck"
  | "label"
  | "onbuild"
  | "shell"
  | "stopsignal"
  | "user"
  | "volume"
  | "workdir";

/** One of them. */
export type SettingBody = BodyOf<SettingKind>;

/** What applying settings remembers from one to the next. */
export interface SettingState {
  /** A CMD was met: an ENTRYPOINT after it leaves it alone. */
  cmdSet: boolean;
}

/** The shell of shell forms where none is set. */
export const DEFAULT_SHELL: readonly string[] = ["/bin/sh", "-c"];

/**
 * `config` after one instruction, whose variables are substituted already.
 * @throws CoreError `dockerfile/invalid` with BuildKit's words
 */
export function applySetting(
  config: ContainerConfig,
  body: SettingBody,
  state: SettingState,
): ContainerConfig {
  switch (body.kind) {
    case "cmd":
      state.cmdSet = true;
      return { ...config, cmd: commandWords(body.command, config.shell), argsEscaped: true };
    case "entrypoint": {
      const entrypoint = commandWords(body.command, config.shell);
      const cmd = state.cmdSet ? config.cmd : undefined;
      return { ...config, cmd, entrypoint: entrypoint.length > 0 ? entrypoint : undefined };
    }
    case "env":
      return { ...config, env: body.pairs.reduce(withVariable, [...(config.env ?? [])]) };
    case "expose": {
      const ports = new Set([...(config.exposedPorts ?? []), ...body.values.flatMap(parsePorts)]);
      return { ...config, exposedPorts: [...ports] };
    }
    case "healthcheck":
      return { ...config, healthcheck: body.health };
    case "label": {
      const labels = new Map(config.labels);
      for (const { name, value } of body.pairs) labels.set(name, value);
      return { ...config, labels };
    }
    case "onbuild":
      return { ...config, onBuild: [...(config.onBuild ?? []), body.trigger] };
    case "shell":
      return { ...config, shell: body.words };
    case "stopsignal":
      if (!isSignal(body.value)) throw dockerfileError(`invalid signal: ${body.value}`);
      return { ...config, stopSignal: body.value };
    case "user":
      return { ...config, user: body.value };
    case "volume":
      if (body.values.includes("")) throw dockerfileError("VOLUME specified can not be an empty string");
      return { ...config, volumes: [...new Set([...(config.volumes ?? []), ...body.values])] };
    default:
      return { ...config, workingDir: workdirOf(config.workingDir, body.value) };
  }
}

/** A command line with the shell in front where it is a text for one. */
export function commandWords({ json, words }: CommandLine, shell: readonly string[] = []): readonly string[] {
  return json ? words : [...(shell.length > 0 ? shell : DEFAULT_SHELL), ...words];
}

/** `path` as the next WORKDIR after `current`: what is absolute as it is written, the rest joined and clean. */
export function workdirOf(current: string | undefined, path: string): string {
  if (path.startsWith("/")) return path;
  return cleanPath(`/${current ?? ""}/${path}`);
}

/** `env` with a variable set: where it stands already, else at the end. */
export function withVariable(
  env: string[],
  { name, value }: { readonly name: string; readonly value: string },
): string[] {
  const at = env.findIndex((line) => line === name || line.startsWith(`${name}=`));
  env.splice(at < 0 ? env.length : at, at < 0 ? 0 : 1, `${name}=${value}`);
  return env;
}

/** A word after substitution, and the same as a list. */
export interface SettingExpander {
  one(word: string): string;
  many(word: string): readonly string[];
}

/** `body` with its variables substituted, where its kind has any. */
export function expandSetting<B extends InstructionBody>(body: B, expand: SettingExpander): B {
  switch (body.kind) {
    case "env":
    case "label":
      return {
        ...body,
        pairs: body.pairs.map(({ name, value }) => ({ name: expand.one(name), value: expand.one(value) })),
      };
    case "expose":
      return { ...body, values: body.values.flatMap((word) => expand.many(word)) };
    case "volume":
      return { ...body, values: body.values.map((word) => expand.one(word)) };
    case "user":
    case "workdir":
    case "stopsignal":
      return { ...body, value: expand.one(body.value) };
    default:
      return body;
  }
}
