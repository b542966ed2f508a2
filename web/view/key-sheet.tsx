import { useEffect, useRef } from "preact/hooks";
import { useDesk, useLanguage } from "./desk.ts";
import { Icon } from "./part/icon.tsx";
import { pickFiles } from "./pick-files.ts";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))
  );
}

/** The list of keys, and the keys that work anywhere. */
export function KeySheet() {
  const desk = useDesk();
  const { words } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = desk.keysOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  useEffect(() => {
    const end = new AbortController();
    addEventListener(
      "keydown",
      (event) => {
        if (event.defaultPrevented || event.altKey || isTyping(event.composedPath()[0] ?? null)) return;
        if (event.key === "?") desk.keysOpen.value = !desk.keysOpen.value;
        else if (event.key === "o" && !event.ctrlKey && !event.metaKey) pickFiles(desk);
        else return;
        event.preventDefault();
      },
      { signal: end.signal },
    );
    return () => end.abort();
  }, [desk]);
  const anywhere = [
    ["o", words.keys.open],
    ["/", words.keys.filter],
    ["[ ]", words.keys.step],
    ["Ctrl `", words.console.open],
    ["?", words.keys.help],
    ["Esc", words.keys.escape],
  ] as const;
  const files = [
    ["↑ ↓ → ←", words.keys.move],
    ["Home End", words.keys.ends],
    ["PgUp PgDn", words.keys.page],
    ["Enter", words.keys.enter],
    ["Space", words.keys.space],
    ["s", words.keys.save],
    ["h", words.keys.history],
    ["*", words.keys.siblings],
    [words.keys.letters, words.keys.type],
  ] as const;
  const kept = [
    ["Enter", words.kept.keys.open],
    ["Space", words.kept.keys.select],
    ["Del", words.kept.keys.remove],
    ["Ctrl Z", words.kept.keys.undo],
  ] as const;
  const forms = words.keys.filterForms;
  const filter = [
    ["passwd", forms.text],
    ["*.so", forms.glob],
    ["etc/**", forms.path],
    ["/etc/**", forms.root],
    ["/^lib.*/i", forms.regex],
    ["/^\\/etc\\//", forms.pathRegex],
    ["size>1M", forms.size],
    ["type:link", forms.type],
    ["mode:4000", forms.mode],
    ["is:added", forms.mark],
    ["!*.md", forms.not],
  ] as const;
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="keys-title"
      onClose={() => (desk.keysOpen.value = false)}
      onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
    >
      <header>
        <h2 id="keys-title">{words.keys.title}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={words.app.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="sheet-columns">
        <div class="sheet-column">
          <KeyList title={words.keys.groups.anywhere} keys={anywhere} />
          <KeyList title={words.kept.keys.title} keys={kept} />
        </div>
        <KeyList title={words.keys.groups.files} keys={files} />
        <KeyList title={forms.title} keys={filter} />
      </div>
    </dialog>
  );
}

function KeyList(props: { readonly title: string; readonly keys: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3>{props.title}</h3>
      <dl>
        {props.keys.map(([key, means]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((cap) => (
                <kbd key={cap}>{cap}</kbd>
              ))}
            </dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
