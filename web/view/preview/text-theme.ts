import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The editor in the page's tokens, which reach it through the shadow tree's inheritance. */
export const editorTheme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "12px" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "18px" },
  ".cm-content": { padding: "4px 0" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "none" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--selected)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--found)", color: "var(--ink)" },
  ".cm-searchMatch-selected": { outline: "2px solid var(--cargo)" },
  ".cm-specialChar": { color: "var(--loss)" },
  ".cm-panels": {
    backgroundColor: "var(--well)",
    color: "var(--ink)",
    borderBottom: "1px solid var(--line)",
  },
  ".cm-panel.cm-search": { fontFamily: "var(--sans)", padding: "4px 28px 4px 8px" },
  ".cm-panel input[type=checkbox]": { margin: "0 4px 0 0" },
  ".cm-textfield": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--control)",
    borderRadius: "4px",
    padding: "2px 6px",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--control)",
    borderRadius: "4px",
    padding: "2px 8px",
    minHeight: "24px",
  },
  // Nothing can be replaced in what is read only.
  ".cm-panel.cm-search [name=replace], .cm-panel.cm-search [name=replaceAll], .cm-panel.cm-search [name=select], .cm-panel.cm-search br":
    {
      display: "none",
    },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink)", minWidth: "24px", minHeight: "24px" },
});

/** Few colours: words of the language, strings, numbers, comments. */
export const highlightStyle = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.tagName], color: "var(--code-word)" },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--muted)", fontStyle: "italic" },
  {
    tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName)],
    color: "var(--code-name)",
  },
  { tag: tags.heading, fontWeight: "600" },
  { tag: tags.link, textDecoration: "underline" },
  { tag: tags.invalid, color: "var(--loss)" },
]);
