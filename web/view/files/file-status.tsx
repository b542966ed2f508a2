import type { ImageView } from "../../model/engine.ts";
import { type Opened, useLanguage } from "../desk.ts";
import type { FileList } from "./file-list.ts";

/** The line below the list: how many entries, how many bytes, how many matches, and whether that is all. */
export function FileStatus(props: {
  readonly archive: Opened;
  readonly image: ImageView;
  readonly list: FileList;
}) {
  const { words, format } = useLanguage();
  const state = props.list.state.value;
  const reach = props.archive.state.value.trees.get(props.image.index);
  const total = props.image.layers.length;
  return (
    <div class="file-status">
      {state !== undefined && <span>{words.files.status(format, state.entries, state.bytes)}</span>}
      {state?.matches !== undefined && <span>{words.files.matches(format, state.matches)}</span>}
      {reach !== undefined && !reach.complete && (
        <span class="in-motion">{words.files.partial(format, reach.layers, total)}</span>
      )}
    </div>
  );
}
