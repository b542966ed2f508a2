import type { Attributes } from "./files.ts";
import type { PathRules } from "./ignore.ts";
import type { ModeChange } from "./mode.ts";
import type { Owner } from "./owner.ts";

/** How files are copied. */
export interface CopyOptions {
  /** Who owns what is copied; `undefined`: who owned it. */
  readonly owner: Owner | undefined;
  /** Who owns what is unpacked; `undefined`: who the archive says. */
  readonly unpackedOwner?: Owner | undefined;
  readonly mode: ModeChange | undefined;
  readonly exclude: PathRules;
  /** Whether archives are unpacked instead. */
  readonly unpack: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A directory that a build makes by the way: with `mode` no more than that allows. */
export const madeDir = (owner: Owner | undefined, mode?: ModeChange): Attributes => ({
  mode: mode?.made ?? 0o755,
  uid: owner?.uid ?? 0,
  gid: owner?.gid ?? 0,
  mtime: undefined,
});
