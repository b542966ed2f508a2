import { type Signal, signal } from "@preact/signals";
import type { NodeView } from "../../model/engine.ts";
import { createFileList } from "../files/file-list.ts";
import type { FilesPlace } from "../files/file-lists.ts";
import type { Opened } from "../opened.ts";
import { createReading } from "../preview/reading.ts";
import type { DraftProps } from "./draft-props.ts";

/** A form that stands above the files. */
export type DraftForm =
  | { readonly kind: "file" | "directory" | "symlink"; readonly folder: string }
  | { readonly kind: "rename"; readonly path: string }
  | { readonly kind: "move"; readonly paths: readonly string[] }
  | { readonly kind: "attributes"; readonly targets: readonly NodeView[] };

/** Work under way. */
export interface DraftBusy {
  readonly done: number;
  readonly total: number;
  readonly stop: () => void;
}

/** A text that is being edited. */
export interface TextDraft {
  readonly node: number;
  readonly path: string;
  /** As it is in the draft. */
  readonly before: string;
  readonly now: Signal<string>;
}

/** What the reader does in one draft; it stays while they look at something else. */
export interface DraftPlace extends FilesPlace {
  /** Nodes selected beside the one under the cursor. */
  readonly marked: Signal<ReadonlySet<number>>;
  /** Whether a press selects one more. */
  readonly selecting: Signal<boolean>;
  readonly form: Signal<DraftForm | undefined>;
  readonly busy: Signal<DraftBusy | undefined>;
  readonly text: Signal<TextDraft | undefined>;
  /** Where it is narrow: what is in sight. */
  readonly part: Signal<"files" | "changes">;
}

const places = new WeakMap<Opened["state"], DraftPlace>();

/** The place of a draft, made on first use and kept as long as it is open. */
export function draftPlace({ archive, draft }: DraftProps): DraftPlace {
  const known = places.get(archive.state);
  if (known !== undefined) return known;
  const { handle } = draft;
  const place: DraftPlace = {
    list: createFileList(handle, {
      image: 0,
      // Always as it is now.
      upTo: Number.MAX_SAFE_INTEGER,
      since: draft.standing.peek()?.since,
      scope: "merged",
      showRemoved: true,
    }),
    reading: createReading(handle, 0),
    goal: signal(undefined),
    marked: signal(new Set()),
    selecting: signal(false),
    form: signal(undefined),
    busy: signal(undefined),
    text: signal(undefined),
    part: signal("files"),
  };
  // At once, and not when the page is drawn next: what is asked of the list after a change is asked of the changed one.
  draft.standing.subscribe((standing) => {
    if (standing === undefined) return;
    place.list.renew(standing.layers);
    // An editor in which nothing was typed would show what is no longer so.
    if (!isUnsaved(place.text.peek())) place.text.value = undefined;
  });
  places.set(archive.state, place);
  return place;
}

/** Whether a text differs from what is in the draft. */
export const isUnsaved = (text: TextDraft | undefined): text is TextDraft =>
  text !== undefined && text.now.value !== text.before;
