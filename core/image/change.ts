import {
  type Directives,
  dockerfileError,
  expandWord,
  type InstructionBody,
  parseDockerfile,
  readInstruction,
} from "../dockerfile/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import type { ContainerConfig } from "../oci/mod.ts";
import { applySetting, expandSetting, type SettingBody } from "./change-setting.ts";

/** The instructions that `--change` takes. */
const TAKEN: ReadonlySet<string> = new Set(
  "CMD ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL ONBUILD STOPSIGNAL USER VOLUME WORKDIR".split(" "),
);

/**
 * `config` after the instructions of `docker commit --change` and `docker import --change`. Variables stand for what its `env` says.
 * With no changes it is `config` itself.
 * @throws CoreError `dockerfile/invalid` with the engine's words
 */
export function applyChanges(config: ContainerConfig, changes: readonly string[]): ContainerConfig {
  if (changes.length === 0) return config;
  const text = changes.join("\n");
  if (text === "") throw dockerfileError("file with no instructions");
  const { nodes, directives } = parseDockerfile(text);
  const wrong = nodes.find(({ keyword }) => !TAKEN.has(keyword.toUpperCase()));
  if (wrong !== undefined) throw dockerfileError(`${wrong.keyword} is not a valid change command`);
  const state = { cmdSet: false };
  return nodes
    .map(readInstruction)
    .filter(isSetting)
    .reduce((made, body) => asEngine(() => applied(made, body, { directives, state })), config);
}

const isSetting = <B extends InstructionBody>(body: B): body is B & SettingBody =>
  TAKEN.has(body.kind.toUpperCase());

function applied(
  config: ContainerConfig,
  body: SettingBody,
  run: { readonly directives: Directives; readonly state: { cmdSet: boolean } },
): ContainerConfig {
  const values = new Map((config.env ?? []).map(variable));
  const expand = (word: string) =>
    expandWord(word, (name) => values.get(name), { escape: run.directives.escape });
  const expanded = expandSetting(body, {
    one: (word) => expand(word).value,
    many: (word) => expand(word).words,
  });
  // Engines mark commands as escaped for Windows only; builders always.
  return { ...applySetting(config, expanded, run.state), argsEscaped: config.argsEscaped };
}

/** Name and value of a line of Env. */
export function variable(line: string): readonly [name: string, value: string] {
  const equals = line.indexOf("=");
  return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
}

/** Engines spell the complaints about ports with a capital letter. */
function asEngine<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isCoreError(error, "dockerfile/invalid") || !/^invalid (container|host)Port/.test(error.message))
      throw error;
    throw new CoreError(error.code, `I${error.message.slice(1)}`, error.detail);
  }
}
