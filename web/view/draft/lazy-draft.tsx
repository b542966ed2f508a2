import { useAnswer } from "../part/answer.ts";
import type { DraftProps } from "./draft-props.ts";

/** The pane of a draft; what edits is fetched when the first is opened. */
export function LazyDraft(props: DraftProps) {
  const answer = useAnswer(() => import("./draft-pane.tsx"), []).value;
  const Pane = answer.value?.DraftPane;
  if (answer.trouble !== undefined) return <p class="note loss">{answer.trouble.message}</p>;
  return Pane === undefined ? null : <Pane {...props} />;
}
