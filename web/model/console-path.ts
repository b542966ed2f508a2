/** `path` from the one folder of the page: no leading slash, no `.`, no `..`; "" for the folder itself. */
export function pagePath(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names.join("/");
}

/** The last name of a path. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The paths of folders above a path, the outermost first. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) folders.push(path.slice(0, at));
  return folders;
}

/** Whether there is a file or folder at `path` among some paths of files. */
export function isThere(path: string, paths: Iterable<string>): boolean {
  if (path === "") return true;
  for (const one of paths) if (one === path || one.startsWith(`${path}/`)) return true;
  return false;
}
