const SLASH = 0x2f;
const DOT = 0x2e;

/** The components of one path at a time, cleaned: TREE-1. Holds two numbers a component of the longest path seen. */
export class PathParts {
  /** Component `i` is `bytes[from[i] … to[i]]` of what was split. */
  from = new Int32Array(64);
  to = new Int32Array(64);
  count = 0;
  /** Whether a `..` led above the root and was dropped. */
  clamped = false;

  /** Splits `bytes[start … end]`: empty parts and `.` vanish, `..` takes the part before it along. */
  split(bytes: Uint8Array, start: number, end: number): void {
    this.count = 0;
    this.clamped = false;
    let at = start;
    while (at < end) {
      if (bytes[at] === SLASH) {
        at++;
        continue;
      }
      const from = at;
      while (at < end && bytes[at] !== SLASH) at++;
      if (isDot(bytes, from, at)) continue;
      if (isDotDot(bytes, from, at)) {
        if (this.count > 0) this.count--;
        else this.clamped = true;
        continue;
      }
      if (this.count === this.from.length) this.#grow();
      this.from[this.count] = from;
      this.to[this.count++] = at;
    }
  }

  #grow(): void {
    const from = new Int32Array(this.count * 2);
    const to = new Int32Array(this.count * 2);
    from.set(this.from);
    to.set(this.to);
    this.from = from;
    this.to = to;
  }
}

/** Whether a component is `.`. */
export const isDot = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === 1 && bytes[from] === DOT;

/** Whether a component is `..`. */
export const isDotDot = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === 2 && bytes[from] === DOT && bytes[from + 1] === DOT;

/** Whether a component begins with `.wh.`. */
export const isWhiteout = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from >= 4 &&
  bytes[from] === DOT &&
  bytes[from + 1] === 0x77 &&
  bytes[from + 2] === 0x68 &&
  bytes[from + 3] === DOT;

/** Whether a component begins with `.wh..wh.`: aufs's own, the opaque marker among them. */
export const isAufs = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from >= 8 && isWhiteout(bytes, from, to) && isWhiteout(bytes, from + 4, to);

/** Whether a component is `.wh..wh..opq`. */
export const isOpaque = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === 12 &&
  isAufs(bytes, from, to) &&
  bytes[from + 8] === DOT &&
  bytes[from + 9] === 0x6f &&
  bytes[from + 10] === 0x70 &&
  bytes[from + 11] === 0x71;

/** Bytes of a path given as text or bytes. */
export function pathInput(path: string | Uint8Array): Uint8Array {
  return typeof path === "string" ? new TextEncoder().encode(path) : path;
}
