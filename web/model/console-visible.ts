/** Orders to a terminal that change nothing but how the text after them looks, and what a text needs. Concealed text (8) is not among them. */
// oxlint-disable-next-line no-control-regex
const KEPT = /\u001b\[(?:(?!0*8(?:;|m))\d{1,3}(?:;(?!0*8(?:;|m))\d{1,3}){0,8})?m|[\t\n\r]+/u;
const PIECES = new RegExp(`(${KEPT.source})`, "u");
const CONTROL = /\p{Cc}/gu;

/** Where Unicode shows C0 controls. */
const PICTURES = 0x2400;

/**
 * `text` that orders nothing of a terminal but colours, tabs and line breaks: what is printed of images and files comes from anywhere, and terminals
 * obey titles, links, clipboards, questions that they answer as if typed, and a cursor that writes over what stands there. Other controls are shown as their
 * pictures: `␛`.
 */
export function visibleText(text: string): string {
  if (text.search(CONTROL) < 0) return text;
  return text
    .split(PIECES)
    .map((piece, at) => (at % 2 === 1 ? piece : piece.replace(CONTROL, picture)))
    .join("");
}

/** `text` of a line that is typed: every control but line breaks as its picture, one character for one. */
export const pictured = (text: string): string =>
  text.replace(CONTROL, (control) => (control === "\n" ? control : picture(control)));

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(PICTURES + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}
