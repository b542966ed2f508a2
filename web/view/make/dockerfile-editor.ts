import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { LanguageDescription, syntaxHighlighting } from "@codemirror/language";
import { languages } from "@codemirror/language-data";
import { Compartment, EditorState, type Range, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  GutterMarker,
  gutterLineClass,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { editorTheme, highlightStyle } from "../preview/text-theme.ts";

/** Something about lines of a Dockerfile. */
export interface LineMark {
  readonly kind: "error" | "warning";
  /** From 1, both included. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** An editor of a Dockerfile in a page. */
export interface DockerfileEditor {
  setText(text: string): void;
  mark(marks: readonly LineMark[]): void;
  /** Puts the cursor on a line. */
  goTo(line: number): void;
  close(): void;
}

const setMarks = StateEffect.define<readonly LineMark[]>();

class MarkClass extends GutterMarker {
  override elementClass: string;
  constructor(kind: LineMark["kind"]) {
    super();
    this.elementClass = `cm-${kind}-number`;
  }
}

const NUMBERS = { error: new MarkClass("error"), warning: new MarkClass("warning") };

interface Marked {
  readonly lines: DecorationSet;
  readonly numbers: RangeSet<GutterMarker>;
}

/** Marks stay with their lines while the text changes, until others come. */
const marked = StateField.define<Marked>({
  create: () => ({ lines: Decoration.none, numbers: RangeSet.empty }),
  update(value, { changes, effects, state }) {
    const marks = effects.find((effect) => effect.is(setMarks))?.value;
    if (marks === undefined) return { lines: value.lines.map(changes), numbers: value.numbers.map(changes) };
    const lines: Range<Decoration>[] = [];
    const numbers: Range<GutterMarker>[] = [];
    for (const { kind, start, end, message } of marks) {
      for (let line = Math.max(1, start); line <= Math.min(end, state.doc.lines); line += 1) {
        const { from } = state.doc.line(line);
        lines.push(Decoration.line({ class: `cm-${kind}-line`, attributes: { title: message } }).range(from));
        numbers.push(NUMBERS[kind].range(from));
      }
    }
    return { lines: Decoration.set(lines, true), numbers: RangeSet.of(numbers, true) };
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ lines }) => lines),
    gutterLineClass.from(field, ({ numbers }) => numbers),
  ],
});

function tint(token: string): string {
  const colour = `color-mix(in oklab, var(${token}) 12%, transparent)`;
  return `linear-gradient(${colour}, ${colour})`;
}

const theme = EditorView.theme({
  // No background colour: Chromium would carry it over, as an inline style, into what is typed in its place.
  ".cm-error-line": { boxShadow: "inset 3px 0 var(--loss)", backgroundImage: tint("--loss") },
  ".cm-warning-line": { boxShadow: "inset 3px 0 var(--cargo)", backgroundImage: tint("--cargo") },
  ".cm-error-number": { color: "var(--loss)", fontWeight: "700" },
  ".cm-warning-number": { color: "var(--cargo)", fontWeight: "700" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
});

/** Typing over a selection is done here: Chromium would carry the look of what was there over as an inline style, which the page's policy forbids. */
function replaceSelection(event: InputEvent, view: EditorView): boolean {
  const plain = event.inputType === "insertText" && event.data !== null && !view.composing;
  if (!plain || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data ?? ""), { userEvent: "input.type" });
  return true;
}

/** An editor in `host`, in a shadow tree like the reader's, so that the page's policy needs no exception. Tab leaves it. */
export function createDockerfileEditor(
  host: HTMLElement,
  options: {
    readonly text: string;
    readonly label: string;
    readonly change: (text: string) => void;
  },
): DockerfileEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const language = new Compartment();
  let closed = false;
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        EditorView.contentAttributes.of({
          "aria-label": options.label,
          spellcheck: "false",
          autocapitalize: "none",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.change(update.state.doc.toString());
        }),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        history(),
        lineNumbers(),
        drawSelection(),
        highlightSpecialChars(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        syntaxHighlighting(highlightStyle),
        editorTheme,
        theme,
        marked,
        language.of([]),
      ],
    }),
  });
  const colour = async () => {
    const support = await LanguageDescription.matchLanguageName(languages, "Dockerfile")?.load();
    if (!closed && support !== undefined) view.dispatch({ effects: language.reconfigure(support) });
  };
  // Without its language pack a text is still a text.
  colour().catch(() => undefined);
  return {
    setText(text) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    mark(marks) {
      view.dispatch({ effects: setMarks.of(marks) });
    },
    goTo(line) {
      const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    close() {
      closed = true;
      view.destroy();
    },
  };
}
