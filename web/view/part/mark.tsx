import type { Mark } from "../../model/engine.ts";
import { useLanguage } from "../desk.ts";

/** The letter of a change, with its meaning for those who do not see it or hover over it. */
export function MarkLetter({ mark }: { readonly mark: Mark }) {
  const { words } = useLanguage();
  if (mark === "") return null;
  return (
    <abbr
      class={`mark mark-${mark}`}
      title={words.files.markTerms[mark]}
      aria-label={words.files.marks[mark]}
    >
      {mark}
    </abbr>
  );
}
