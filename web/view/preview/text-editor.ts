import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  LanguageDescription,
  syntaxHighlighting,
} from "@codemirror/language";
import { languages } from "@codemirror/language-data";
import { openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { hasLongLine } from "../../model/content.ts";
import { baseName } from "../../model/name.ts";
import { editorTheme, highlightStyle } from "./text-theme.ts";

/** What is done with a text that may be changed. */
export interface TextEdit {
  /** What parts its lines: they keep it. */
  readonly lineEnd: "\n" | "\r\n";
  readonly changed: (text: string) => void;
  readonly save: () => void;
}

/** An editor in a page. */
export interface TextEditor {
  focus(): void;
  /** Shows `text`, which begins with what is shown already. */
  extend(text: string): void;
  setWrap(wrap: boolean): void;
  search(): void;
  close(): void;
}

const SHEBANGS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:ba|da|z|k)?sh\b/u, "Shell"],
  [/\bpython/u, "Python"],
  [/\bperl/u, "Perl"],
  [/\bruby/u, "Ruby"],
  [/\bnode/u, "JavaScript"],
];

function languageOf(path: string, text: string): LanguageDescription | null {
  const byName = LanguageDescription.matchFilename(languages, baseName(path));
  if (byName !== null) return byName;
  const shebang = /^#!(.*)/u.exec(text.slice(0, 200))?.[1];
  const name = shebang && SHEBANGS.find(([pattern]) => pattern.test(shebang))?.[1];
  if (name) return LanguageDescription.matchLanguageName(languages, name);
  if (/(?:^|\/)etc\/|\.(?:conf|cfg|ini|service|list|env)$/u.test(path)) {
    return LanguageDescription.matchLanguageName(languages, "Properties files");
  }
  return null;
}

function reading(label: string): Extension {
  return [
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true" }),
  ];
}

function editing(label: string, { lineEnd, changed, save }: TextEdit): Extension {
  const onSave = (): boolean => {
    save();
    return true;
  };
  return [
    // Tab goes on to the next control: keyboards are not caught (WCAG 2.1.2).
    EditorView.contentAttributes.of({ "aria-label": label }),
    EditorState.lineSeparator.of(lineEnd),
    history(),
    keymap.of([{ key: "Mod-s", run: onSave }, ...defaultKeymap, ...historyKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.sliceDoc());
    }),
  ];
}

/** An editor in `host`. It lives in a shadow tree, where its style sheets are adopted and the page's policy needs no exception. */
export function createTextEditor(
  host: HTMLElement,
  options: {
    readonly path: string;
    readonly text: string;
    readonly wrap: boolean;
    readonly label: string;
    /** Default: it is only read. */
    readonly edit?: TextEdit | undefined;
  },
): TextEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const wrapping = new Compartment();
  const language = new Compartment();
  let closed = false;
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        options.edit === undefined ? reading(options.label) : editing(options.label, options.edit),
        lineNumbers(),
        foldGutter(),
        drawSelection(),
        highlightSpecialChars(),
        bracketMatching(),
        search({ top: true }),
        keymap.of([...searchKeymap, ...foldKeymap]),
        syntaxHighlighting(highlightStyle),
        editorTheme,
        wrapping.of(options.wrap ? EditorView.lineWrapping : []),
        language.of([]),
      ],
    }),
  });
  const found = hasLongLine(options.text) ? null : languageOf(options.path, options.text);
  const colour = async (description: LanguageDescription) => {
    const support = await description.load();
    if (!closed) view.dispatch({ effects: language.reconfigure(support) });
  };
  // Without its language pack a text is still a text.
  if (found !== null) colour(found).catch(() => undefined);
  // CodeMirror turns \r\n into \n, so its length is not the text's: what has been given is counted here.
  let given = options.text.length;
  return {
    focus: () => view.focus(),
    extend(text) {
      if (text.length <= given) return;
      const insert = text.slice(given);
      given = text.length;
      view.dispatch({ changes: { from: view.state.doc.length, insert } });
    },
    setWrap(wrap) {
      view.dispatch({ effects: wrapping.reconfigure(wrap ? EditorView.lineWrapping : []) });
    },
    search() {
      openSearchPanel(view);
    },
    close() {
      closed = true;
      view.destroy();
    },
  };
}
