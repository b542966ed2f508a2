// Names come from the image and may be made to deceive: controls, line breaks, and the bidirectional overrides that
// turn `exe.txt` around (Unicode UAX #9 §2, TR 36 §3).
const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

/** A stretch of a name: plain text, or one character that would not be seen. */
export interface NamePart {
  readonly text: string;
  readonly hidden: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const BREAKS: Readonly<Record<string, string>> = { "\\n": "\n", "\\r": "", "\\t": "\t" };

function visibleForm(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const escape = ESCAPES[character];
  if (escape !== undefined) return escape;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** `name` cut so that what cannot be seen is told apart and spelled out. */
export function nameParts(name: string): readonly NamePart[] {
  const parts: NamePart[] = [];
  let from = 0;
  for (const match of name.matchAll(HIDDEN)) {
    if (match.index > from) parts.push({ text: name.slice(from, match.index), hidden: false });
    parts.push({ text: visibleForm(match[0]), hidden: true });
    from = match.index + match[0].length;
  }
  if (from < name.length || parts.length === 0) parts.push({ text: name.slice(from), hidden: false });
  return parts;
}

/** `name` in one string with the unseen spelled out: for titles and labels. */
export function visibleName(name: string): string {
  return nameParts(name)
    .map((part) => (part.hidden ? `\u2039${part.text}\u203a` : part.text))
    .join("");
}

/** As {@link visibleName} for running text, in which tabs and line breaks are what they are. */
export function visibleText(text: string): string {
  return nameParts(text)
    .map((part) => (part.hidden ? (BREAKS[part.text] ?? `\u2039${part.text}\u203a`) : part.text))
    .join("");
}

const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;
const FORBIDDEN = /[<>:"/\\|?*]/gu;

/**
 * A file name that is safe to propose on any system for what the image calls `name`: no separators, no hidden characters, no device
 * names, no leading or trailing dots or spaces that change its meaning, at most 120 characters with the extension kept.
 */
export function downloadName(name: string, extension = ""): string {
  let safe = name.replace(HIDDEN, "_").replace(FORBIDDEN, "_").trim();
  safe = safe.replace(/^\.+(?=\.|$)/u, "_").replace(/[. ]+$/u, "");
  if (safe === "" || RESERVED.test(safe)) safe = `_${safe}`;
  const room = 120 - extension.length;
  if (safe.length > room) {
    const dot = safe.lastIndexOf(".");
    const tail = dot > 0 && safe.length - dot <= 12 ? safe.slice(dot) : "";
    safe = safe.slice(0, room - tail.length) + tail;
  }
  return safe + extension;
}

/** Last component of a path; `/` for the root. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/u, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1) || "/";
}

/** What the archive of the demo image is called: a link into it can be followed without any file. */
export const DEMO_NAME = "breakbulk-demo.tar";
