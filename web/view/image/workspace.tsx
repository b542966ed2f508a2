import { useDesk } from "../desk.ts";
import { ArchivePane } from "./archive-pane.tsx";
import { ImagePane } from "./image-pane.tsx";

/** One image of the current archive, or what stands in its place while there is none. */
export function Workspace() {
  const desk = useDesk();
  const archive = desk.current.value;
  const route = desk.route.value;
  if (archive === undefined || route === undefined) return null;
  const state = archive.state.value;
  const image = state.archive?.images.find((entry) => entry.index === route.image);
  if (state.archive === undefined || image === undefined)
    return <ArchivePane key={archive.key} archive={archive} />;
  return <ImagePane key={`${archive.key} ${image.index}`} archive={archive} image={image} />;
}
