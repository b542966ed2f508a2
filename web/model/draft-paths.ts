/** Paths in a draft, and what may be typed for them. */

/** The folder that a path lies in. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/** The last part of a path. */
export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `name` in `folder`. */
export function joined(folder: string, name: string): string {
  return folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
}

/** Whether a file can be called so; names that begin with `.wh.` are removals in layers. */
export function isFileName(name: string): boolean {
  return (
    name !== "" && name !== "." && name !== ".." && !/[/\0]/u.test(name) && !name.startsWith(".wh.") // eslint-disable-line no-control-regex
  );
}

/** The mode that an octal text says; `undefined` when it is none. */
export function modeOf(text: string): number | undefined {
  return /^[0-7]{1,4}$/u.test(text.trim()) ? Number.parseInt(text.trim(), 8) : undefined;
}

/** Owner and group by number: `1000:1000`; one number means both. `undefined` when it is neither. */
export function ownerOf(text: string): { readonly uid: number; readonly gid: number } | undefined {
  const found = /^(\d{1,10})(?::(\d{1,10}))?$/u.exec(text.trim());
  if (found === null) return undefined;
  const uid = Number(found[1]);
  const gid = found[2] === undefined ? uid : Number(found[2]);
  return uid > 0xffff_ffff || gid > 0xffff_ffff ? undefined : { uid, gid };
}

/** Without those that lie below another of them: what is done to a folder is done to what is in it. */
export function outermost(paths: readonly string[]): readonly string[] {
  const all = new Set(paths);
  return [...all].filter((path) => {
    for (let above = folderOf(path); above !== "/"; above = folderOf(above)) if (all.has(above)) return false;
    return true;
  });
}

/** Why `path` cannot be moved into `folder`, or whether it is there already. */
export function canMove(path: string, folder: string): boolean {
  return folderOf(path) !== folder && folder !== path && !folder.startsWith(`${path}/`);
}
