import type { ComponentChildren } from "preact";
import { visibleText } from "../../model/name.ts";
import { adviceKey, mismatchOf, type Trouble } from "../../model/trouble.ts";
import { useLanguage } from "../desk.ts";
import { DigestPair } from "./digest-pair.tsx";
import { Icon } from "./icon.tsx";

/** What a {@link TroubleNote} tells. */
export interface TroubleNoteProps {
  readonly trouble: Trouble;
  /** What it happened to. */
  readonly title?: string;
  /** What was kept, and what can be done from here. */
  readonly children?: ComponentChildren;
  readonly advice?: boolean;
}

/** A failure: what happened, to which object, why, what was kept, what to do. */
export function TroubleNote({ trouble, title, children, advice = true }: TroubleNoteProps) {
  const { words } = useLanguage();
  const digests = mismatchOf(trouble);
  const key = advice ? adviceKey(trouble.code) : undefined;
  return (
    <div class="trouble">
      <Icon name="warn" />
      <div>
        {title !== undefined && <strong>{title}</strong>}
        <p class="trouble-message">{visibleText(trouble.message)}</p>
        {digests !== undefined && <DigestPair {...digests} />}
        {trouble.causes.length > 0 && (
          <p>
            {words.problems.because} {trouble.causes.map(visibleText).join(" ← ")}
          </p>
        )}
        {key !== undefined && <p>{words.problems.advice[key]}</p>}
        {children}
      </div>
    </div>
  );
}
