import type { ComponentChild } from "preact";
import { useDesk } from "../desk.ts";
import { LazyDraft } from "../draft/lazy-draft.tsx";
import { KeptList } from "../kept/kept-list.tsx";
import { LazyPanel } from "../panel/lazy-panel.tsx";
import { ArchivePane } from "./archive-pane.tsx";
import { ImagePane } from "./image-pane.tsx";
import { LinkPane } from "./link-pane.tsx";

/** A pane that has no place of its own for a panel. */
const beside = (pane: ComponentChild) => (
  <>
    {pane}
    <LazyPanel />
  </>
);

/** One image of the current archive, what stands in its place while there is none, or the list of kept images. */
export function Workspace() {
  const desk = useDesk();
  const archive = desk.current.value;
  const route = desk.route.value;
  if (route === undefined) return <KeptList />;
  if (archive === undefined) return beside(<LinkPane name={route.archive} />);
  if (archive.draft !== undefined && archive.state.value.archive !== undefined)
    return <LazyDraft key={archive.key} archive={archive} draft={archive.draft} />;
  const state = archive.state.value;
  const image = state.archive?.images.find((entry) => entry.index === route.image);
  if (state.archive === undefined || image === undefined)
    return beside(<ArchivePane key={archive.key} archive={archive} />);
  return <ImagePane key={`${archive.key} ${image.index}`} archive={archive} image={image} />;
}
