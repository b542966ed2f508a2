/** How many of the first bytes {@link looksLikeTar} wants. */
export const TAR_HEAD = 512;

/** Whether bytes that begin with `head` can be a tar: its first header has a magic or a right checksum, or it is the end of an empty one. */
export function looksLikeTar(head: Uint8Array): boolean {
  if (head.length < TAR_HEAD) return false;
  if ([0x75, 0x73, 0x74, 0x61, 0x72].every((byte, at) => head[257 + at] === byte)) return true;
  const field = head.subarray(148, 156);
  let sum = 8 * 0x20;
  for (let at = 0; at < TAR_HEAD; at++) if (at < 148 || at >= 156) sum += head[at]!;
  if (sum === 8 * 0x20) return field.every((byte) => byte === 0);
  const digits = /^[ \0]*([0-7]+)/.exec(String.fromCharCode(...field));
  return digits !== null && Number.parseInt(digits[1]!, 8) === sum;
}
