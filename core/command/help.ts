import { type GroupSpec, isGroup, type Member } from "./group.ts";
import type { VerbSpec } from "./spec.ts";
import { flagUsages } from "./wrap.ts";

const NAME_WIDTH = 11;

/** What `--help` prints of one command. */
export function verbHelp(path: string, spec: VerbSpec, width: number): string {
  const aliases = spec.aliases === undefined ? "" : `\n\nAliases:\n  ${spec.aliases.join(", ")}`;
  const shown = spec.flags.some(({ hidden }) => hidden !== true);
  const options = shown ? `\n\nOptions:\n${flagUsages(spec.flags, width).trimEnd()}` : "";
  const head = `Usage:  ${path} ${spec.use}\n\n${spec.description ?? spec.summary}`;
  return `${head}${aliases}${spec.experimental === true ? experimental(path) : ""}${options}\n`;
}

/** What `--help` prints of a group, and a group without a command. */
export function groupHelp(path: string, group: GroupSpec, width: number): string {
  const { flags = [], sections = ["Commands"] } = group;
  const head = `Usage:  ${path}${flags.length > 0 ? " [OPTIONS]" : ""} COMMAND\n\n${group.description ?? group.summary}`;
  const options = flags.length === 0 ? "" : `\n\n${OPTIONS(path)}:\n${flagUsages(flags, width).trimEnd()}`;
  const lists = sections.map((section) => {
    const members = group.members.filter(
      ({ hidden, section: own = "Commands" }) => hidden !== true && own === section,
    );
    return `\n\n${section}:\n${members.map(memberLine).join("\n")}`;
  });
  const root = path === "docker";
  return [
    head,
    root ? "" : options,
    group.experimental === true ? experimental(path) : "",
    ...lists,
    root ? options : "",
    `\n\nRun '${path} COMMAND --help' for more information on a command.\n`,
    group.closing ?? "",
  ].join("");
}

const OPTIONS = (path: string): string => (path === "docker" ? "Global Options" : "Options");

function memberLine({ name, plugin, command }: Member): string {
  const { summary } = command;
  return `  ${`${name}${plugin === true ? "*" : ""}`.padEnd(NAME_WIDTH)} ${summary}`;
}

/** The usage line of a command or group, after its path, as it stands under errors. */
export function usageOf(command: VerbSpec | GroupSpec): string {
  if (!isGroup(command)) return command.use;
  return command.flags === undefined ? "COMMAND" : "[OPTIONS] COMMAND";
}

function experimental(path: string): string {
  return `\n\nEXPERIMENTAL:
  ${path} is an experimental feature.
  Experimental features provide early access to product functionality. These
  features may change between releases without warning, or can be removed from a
  future release. Learn more about experimental features in our documentation:
  https://docs.docker.com/go/experimental/`;
}
