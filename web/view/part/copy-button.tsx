import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { copyText } from "../../platform/clipboard.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "./icon.tsx";

/** What a {@link CopyButton} copies and how it looks. */
export interface CopyButtonProps {
  readonly text: string;
  /** What it is, for the label: "Copy image ID". */
  readonly what: string;
  readonly class?: string;
  readonly title?: string;
  readonly children?: ComponentChildren;
}

/** A button that puts `text` on the clipboard and says so. */
export function CopyButton({ text, what, class: name = "icon-button", title, children }: CopyButtonProps) {
  const desk = useDesk();
  const { words } = useLanguage();
  const done = useSignal(false);
  const copy = async () => {
    done.value = await copyText(text);
    desk.say(done.value ? words.copy.done : words.copy.failed);
    setTimeout(() => {
      done.value = false;
    }, 1200);
  };
  const label = words.copy.copy(what);
  return (
    <button
      type="button"
      class={`${name} copy`}
      data-done={done.value}
      title={title === undefined ? label : `${title}\n${label}`}
      aria-label={children === undefined ? label : undefined}
      onClick={() => void copy()}
    >
      {children}
      <Icon name={done.value ? "done" : "copy"} />
    </button>
  );
}
