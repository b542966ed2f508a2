import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { ShellLine } from "../../model/kept-lines.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { ShellFoot } from "../part/shell-foot.tsx";

/** What a {@link Frame} holds. */
export interface FrameProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What does the same from a shell. */
  readonly lines?: readonly ShellLine[];
  /** It has more to show than fits a narrow one. */
  readonly wide?: boolean;
}

/** A panel beside what it is about, which stays in sight and in use: Escape closes it, and the focus goes back to where it came from. */
export function Frame({ title, children, lines = [], wide = false }: FrameProps) {
  const desk = useDesk();
  const { words } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const close = () => (desk.panel.value = undefined);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.show();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="panel"
      data-wide={wide}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        close();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="icon-button" aria-label={words.app.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="panel-body">{children}</div>
      <ShellFoot lines={lines} />
    </dialog>
  );
}
