import type { Language } from "../../model/language.ts";
import type { PendingEdit, WorkingLayer } from "../../model/make-edits.ts";
import { SETTING_TEXTS } from "../../model/make-settings.ts";
import type { SettingsEdit } from "../../model/making.ts";
import { visibleName } from "../../model/name.ts";

/** What a layer is called while the image is edited. */
export function layerWords({ words, format }: Language, { from }: WorkingLayer): string {
  const say = words.make.layers;
  if (from.length === 0) return say.fresh;
  return from.length === 1 ? say.layer(format, from[0]!) : say.from(format, from.length);
}

/** What a pending edit does, in a line. */
export function editWords(language: Language, edit: PendingEdit): string {
  const { words, format } = language;
  const say = words.make.change.edit;
  // Of a layer that came of an edit, which one is told by that edit.
  const layer = (key: string): string => {
    const [, index] = /^layer (\d+)$/u.exec(key) ?? [];
    return index === undefined ? words.make.layers.fresh : words.make.layers.layer(format, Number(index));
  };
  switch (edit.kind) {
    case "settings":
      return say.settings(settingNames(language, edit.change));
    case "annotations":
      return say.annotations(format, (edit.change.set?.length ?? 0) + (edit.change.unset?.length ?? 0));
    case "append":
      return say.append(visibleName(edit.tar.name));
    case "append-files":
      return say.appendFiles(format, edit.files.length);
    case "remove-layer":
      return say.remove(layer(edit.layer));
    case "roll-back":
      return say.rollBack(layer(edit.layer));
    case "squash":
      return say.squash(layer(edit.from), layer(edit.to));
    case "flatten":
      return say.flatten;
    case "strip":
      return say.strip(edit.paths.map(visibleName).join(words.make.settings.list));
    case "rebase":
      return say.rebase(...edit.names);
    case "recompress":
      return say.recompress[edit.compression];
    default:
      return say.mediaTypes[edit.family];
  }
}

function settingNames({ words }: Language, change: SettingsEdit): string {
  const say = words.make.settings;
  const named = (["env", "labels"] as const).flatMap((kind) =>
    [...(change[kind]?.set ?? []).map(([name]) => name), ...(change[kind]?.unset ?? [])].map(visibleName),
  );
  const texts = SETTING_TEXTS.flatMap((name) => (change[name] === undefined ? [] : say[name]));
  return [...texts, ...named].join(say.list);
}
