import type { SetChanges } from "../../core/edit/mod.ts";
import type { NamedChange, SettingsEdit, SubjectSettings } from "./making.ts";

/** A name and a value in a form. */
export interface NamedField {
  /** The same as long as it is on screen. */
  readonly key: number;
  readonly name: string;
  readonly value: string;
}

/** The settings of an image as they stand in a form. */
export interface SettingsForm {
  readonly env: readonly NamedField[];
  readonly labels: readonly NamedField[];
  /** A JSON array or words; empty for none. */
  readonly cmd: string;
  readonly entrypoint: string;
  readonly shell: string;
  readonly user: string;
  readonly workingDir: string;
  readonly stopSignal: string;
  /** Parted by spaces or commas. */
  readonly ports: string;
  readonly volumes: string;
  readonly platform: string;
  readonly author: string;
}

/** The settings that are one text each, as a form and a line of words have them in order. */
export const SETTING_TEXTS = [
  "entrypoint",
  "cmd",
  "user",
  "workingDir",
  "ports",
  "volumes",
  "stopSignal",
  "shell",
  "platform",
  "author",
] as const;

let keys = 0;

/** A row of a form. */
export function namedField(name = "", value = ""): NamedField {
  return { key: keys++, name, value };
}

/** A variable as name and value. */
export function envPair(line: string): readonly [name: string, value: string] {
  const at = line.indexOf("=", 1);
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}

/** The form with what the image has. */
export function settingsForm(settings: SubjectSettings): SettingsForm {
  return {
    env: settings.env.map((line) => namedField(...envPair(line))),
    labels: settings.labels.map(([name, value]) => namedField(name, value)),
    cmd: commandText(settings.cmd),
    entrypoint: commandText(settings.entrypoint),
    shell: commandText(settings.shell),
    user: settings.user ?? "",
    workingDir: settings.workingDir ?? "",
    stopSignal: settings.stopSignal ?? "",
    ports: settings.ports.join(" "),
    volumes: settings.volumes.join(" "),
    platform: settings.platform,
    author: settings.author ?? "",
  };
}

function commandText(words: readonly string[] | undefined): string {
  return words === undefined ? "" : JSON.stringify(words);
}

/** The words of a command: a JSON array of texts, or words as a shell parts them. `undefined` for a broken array or an open quote. */
export function commandOf(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[")) return shellWords(trimmed);
  try {
    const value: unknown = JSON.parse(trimmed);
    return Array.isArray(value) && value.every((word) => typeof word === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === "\\" && quote !== "'") word = (word ?? "") + (text[(at += 1)] ?? "");
    else if (quote !== "") {
      if (char === quote) quote = "";
      else word = (word ?? "") + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (/\s/u.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + char;
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}

/** The members of a list in a form. */
export function membersOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/u).filter(Boolean))];
}

/** What cannot be as it stands in the form: the names of its fields. */
export function settingsFaults(form: SettingsForm): ReadonlySet<keyof SettingsForm> {
  const faults = new Set<keyof SettingsForm>();
  for (const field of ["cmd", "entrypoint", "shell"] as const)
    if (commandOf(form[field]) === undefined) faults.add(field);
  for (const port of membersOf(form.ports))
    if (!/^\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp|sctp))?$/u.test(port)) faults.add("ports");
  for (const field of ["env", "labels"] as const)
    if (form[field].some(({ name, value }) => name.trim() === "" && value !== "")) faults.add(field);
  if (form.env.some(({ name }) => name.includes("="))) faults.add("env");
  if (!/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/u.test(form.platform.trim())) faults.add("platform");
  return faults;
}

/** What a form changes; `undefined` when nothing. Fields at fault are left out. */
export function settingsEdit(settings: SubjectSettings, form: SettingsForm): SettingsEdit | undefined {
  const faults = settingsFaults(form);
  const before = settingsForm(settings);
  const text = (field: "user" | "workingDir" | "stopSignal" | "author") =>
    form[field] === before[field] ? undefined : form[field] === "" ? null : form[field];
  const command = (field: "cmd" | "entrypoint" | "shell") => {
    const words = faults.has(field) ? undefined : commandOf(form[field]);
    if (words === undefined || JSON.stringify(words) === JSON.stringify(settings[field] ?? []))
      return undefined;
    return words.length === 0 ? null : words;
  };
  const change: SettingsEdit = {
    env: faults.has("env") ? undefined : namedChange(settings.env.map(envPair), form.env),
    labels: faults.has("labels") ? undefined : namedChange(settings.labels, form.labels),
    cmd: command("cmd"),
    entrypoint: command("entrypoint"),
    shell: command("shell"),
    user: text("user"),
    workingDir: text("workingDir"),
    stopSignal: text("stopSignal"),
    author: text("author"),
    ports: faults.has("ports") ? undefined : setChange(settings.ports, membersOf(form.ports)),
    volumes: setChange(settings.volumes, membersOf(form.volumes)),
    platform:
      faults.has("platform") || form.platform.trim() === settings.platform ? undefined : form.platform.trim(),
  };
  const said = Object.entries(change).filter(([, value]) => value !== undefined);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/** From some names with values to others; `undefined` when nothing is different. */
export function namedChange(
  before: readonly (readonly [name: string, value: string])[],
  after: readonly NamedField[],
): NamedChange | undefined {
  const had = new Map(before);
  const has = new Map(
    after.filter(({ name }) => name.trim() !== "").map(({ name, value }) => [name.trim(), value]),
  );
  const set = [...has].filter(([name, value]) => had.get(name) !== value);
  const unset = [...had.keys()].filter((name) => !has.has(name));
  if (set.length === 0 && unset.length === 0) return undefined;
  return { ...(set.length > 0 && { set }), ...(unset.length > 0 && { unset }) };
}

function setChange(before: readonly string[], after: readonly string[]): SetChanges | undefined {
  const whole = (port: string): string => (/^\d+(?:-\d+)?$/u.test(port) ? `${port}/tcp` : port);
  const had = new Set(before);
  const has = new Set(after.map(whole));
  const add = [...has].filter((one) => !had.has(one));
  const remove = [...had].filter((one) => !has.has(one));
  if (add.length === 0 && remove.length === 0) return undefined;
  return { ...(add.length > 0 && { add }), ...(remove.length > 0 && { remove }) };
}
