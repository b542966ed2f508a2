/**
 * `path` without empty parts, `.`, and `..` that can be resolved; `.` for nothing. An absolute one leads nowhere above the root. As Go's
 * `path.Clean`, which engines clean names with; also for text that stands for bytes.
 * @see https://pkg.go.dev/path#Clean
 */
export function cleanPath(path: string): string {
  const absolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!absolute) parts.push(part);
  }
  return (absolute ? "/" : "") + parts.join("/") || ".";
}
