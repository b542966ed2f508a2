export { type DraftLayer, draftOf, encodeDraftConfig, type ImageDraft } from "./draft.ts";
export * from "./edit.ts";
export type { LayerRange, Line } from "./layers.ts";
export { type PathTest, pathTest } from "./path-pattern.ts";
export * from "./platforms.ts";
export { type BaseGuess, possibleBases } from "./rebase.ts";
export type { NamedChanges, SetChanges, SettingsChange } from "./settings.ts";
export { lookForStrip, type StripLook } from "./strip-look.ts";
export type { EditProgress } from "./work.ts";
