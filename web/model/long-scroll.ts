/**
 * Browsers lay out at most some 17 to 33 million pixels (Firefox 17.9, Chromium 33.5), while a 2 GB file has
 * 134 million hex lines. Beyond this height a list is drawn on a shorter track, and positions are scaled.
 */
export const MAX_TRACK = 8_000_000;

/** Geometry of a list of lines of one height on a scroll track. */
export interface Track {
  /** Pixels of the track. */
  readonly height: number;
  readonly lines: number;
  readonly lineHeight: number;
  /** Pixels in sight. */
  readonly viewport: number;
}

/** The track for `lines` lines. */
export function trackOf(lines: number, lineHeight: number, viewport: number): Track {
  return { height: Math.min(MAX_TRACK, Math.max(lines * lineHeight, viewport)), lines, lineHeight, viewport };
}

/** Whether positions on the track are scaled. */
export function isScaled(track: Track): boolean {
  return track.lines * track.lineHeight > track.height;
}

/** The last line that can stand at the top. */
export function lastTop(track: Track): number {
  return Math.max(0, track.lines - Math.floor(track.viewport / track.lineHeight));
}

/** The line at the top when the track is scrolled by `scrollTop` pixels. */
export function topLine(track: Track, scrollTop: number): number {
  const room = track.height - track.viewport;
  if (room <= 0) return 0;
  if (!isScaled(track)) return Math.max(0, Math.floor(scrollTop / track.lineHeight));
  return Math.round(Math.min(1, Math.max(0, scrollTop / room)) * lastTop(track));
}

/** How far the track is scrolled when `line` stands at the top: the inverse of {@link topLine}. */
export function scrollOf(track: Track, line: number): number {
  if (!isScaled(track)) return line * track.lineHeight;
  const last = lastTop(track);
  return last === 0 ? 0 : (line / last) * (track.height - track.viewport);
}
