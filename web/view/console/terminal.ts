import "@xterm/xterm/css/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { codeWidth } from "../../model/console-width.ts";

import { withAdoptedStyles } from "./adopted-styles.ts";
import { terminalTheme } from "./terminal-theme.ts";

/** A terminal in the page. */
export interface PageTerminal {
  readonly columns: number;
  /** Settles when it has been taken. */
  write(text: string): Promise<void>;
  /** Column of the cursor, from 0, once everything written has been taken. */
  column(): Promise<number>;
  /** Empties it but for the row of the cursor. */
  clear(): void;
  /** All that it holds, as text. */
  text(): string;
  focus(): void;
  /** Fits it into its place. */
  fit(): void;
  /** Takes the colours of the page as they are now. */
  paint(): void;
  readOut(on: boolean): void;
  close(): void;
}

/** What a terminal tells. */
export interface TerminalEvents {
  /** What was typed or pasted, as terminals send it. */
  readonly onData: (data: string) => void;
  readonly onColumns: () => void;
  /** Keys that are not the terminal's; `true` when it was one. */
  readonly onKey: (event: KeyboardEvent, selected: { readonly text: string; clear(): void }) => boolean;
}

/** Rows kept above those in sight. */
const SCROLLBACK = 10_000;

/** Opens a terminal in `host`. */
export function openTerminal(host: HTMLElement, label: string, events: TerminalEvents): PageTerminal {
  const style = getComputedStyle(host);
  const terminal = new Terminal({
    allowProposedApi: true,
    convertEol: true,
    cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    cursorStyle: "bar",
    cursorWidth: 2,
    cursorInactiveStyle: "outline",
    fontFamily: style.fontFamily,
    fontSize: Number.parseFloat(style.fontSize),
    lineHeight: 1.25,
    // What images say of themselves may hold links; nothing of them is opened from here.
    linkHandler: { activate: () => {} },
    macOptionIsMeta: true,
    scrollback: SCROLLBACK,
    theme: terminalTheme(host),
  });
  terminal.unicode.register({
    version: "page",
    wcwidth: codeWidth,
    charProperties: (code, before) => properties(codeWidth(code), before),
  });
  terminal.unicode.activeVersion = "page";
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  withAdoptedStyles(host.ownerDocument, () => terminal.open(host));
  terminal.textarea?.setAttribute("aria-label", label);
  terminal.onData(events.onData);
  terminal.onResize(events.onColumns);
  terminal.attachCustomKeyEventHandler(
    (event) =>
      !events.onKey(event, { text: terminal.getSelection(), clear: () => terminal.clearSelection() }),
  );
  // Pasted text comes marked as such.
  terminal.write("\x1b[?2004h");
  fit.fit();
  const write = (text: string): Promise<void> => new Promise((resolve) => terminal.write(text, resolve));
  return {
    get columns() {
      return terminal.cols;
    },
    write,
    async column() {
      await write("");
      return terminal.buffer.active.cursorX;
    },
    clear: () => terminal.clear(),
    text: () => textOf(terminal),
    focus: () => terminal.focus(),
    fit: () => fit.fit(),
    paint() {
      terminal.options.theme = terminalTheme(host);
    },
    readOut(on) {
      terminal.options.screenReaderMode = on;
    },
    close: () => terminal.dispose(),
  };
}

/**
 * What xterm.js keeps of a character: its width, and whether it joins the one before. @see xterm.js 6.0, `IUnicodeVersionProvider.charProperties`:
 * bit 0 says that it joins, bits 1 and 2 are the width.
 */
function properties(width: 0 | 1 | 2, before: number): number {
  const widthBefore = (before >> 1) & 3;
  const joins = width === 0 && widthBefore > 0;
  return ((joins ? widthBefore : width) << 1) | (joins ? 1 : 0);
}

function textOf(terminal: Terminal): string {
  const { active } = terminal.buffer;
  const lines: string[] = [];
  for (let index = 0; index < active.length; index += 1) {
    const row = active.getLine(index);
    if (row === undefined) continue;
    const goesOn = active.getLine(index + 1)?.isWrapped === true;
    const text = row.translateToString(!goesOn);
    if (row.isWrapped && lines.length > 0) lines.push((lines.pop() ?? "") + text);
    else lines.push(text);
  }
  return `${lines.join("\n").trimEnd()}\n`;
}
