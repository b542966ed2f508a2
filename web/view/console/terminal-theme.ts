import type { ITheme } from "@xterm/xterm";

/** The sixteen colours of a terminal, and what it is drawn with, as tokens of the page. */
const TOKENS = {
  background: "--well",
  foreground: "--ink",
  cursor: "--hull",
  cursorAccent: "--well",
  selectionBackground: "--selected",
  scrollbarSliderBackground: "--line",
  scrollbarSliderHoverBackground: "--control",
  scrollbarSliderActiveBackground: "--control",
  black: "--well",
  red: "--loss",
  green: "--gain",
  yellow: "--cargo",
  blue: "--hull",
  magenta: "--code-word",
  cyan: "--code-string",
  white: "--ink",
  brightBlack: "--muted",
  brightRed: "--loss",
  brightGreen: "--gain",
  brightYellow: "--cargo",
  brightBlue: "--hull",
  brightMagenta: "--code-word",
  brightCyan: "--code-string",
  brightWhite: "--ink",
} as const satisfies Partial<Record<keyof ITheme, string>>;

/** The colours of the page, as they are where `host` stands, in the form that a terminal takes. */
export function terminalTheme(host: HTMLElement): ITheme {
  const probe = host.ownerDocument.createElement("span");
  host.append(probe);
  const canvas = host.ownerDocument.createElement("canvas");
  canvas.width = 1;
  canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const theme: Record<string, string> = {};
  for (const [name, token] of Object.entries(TOKENS)) {
    probe.style.color = `var(${token})`;
    const { color } = getComputedStyle(probe);
    theme[name] = brush === null ? color : plainColour(brush, color);
  }
  probe.remove();
  return theme;
}

/** A colour in whatever space as red, green and blue: the canvas converts. */
function plainColour(brush: CanvasRenderingContext2D, colour: string): string {
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = brush.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
