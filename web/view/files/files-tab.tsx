import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ImageView } from "../../model/engine.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { narrow } from "../part/media.ts";
import { Splitter } from "../part/splitter.tsx";
import { Preview } from "../preview/preview.tsx";
import { type FilesPlace, filesPlace } from "./file-lists.ts";
import { FilePane } from "./file-pane.tsx";
import { LayerPane } from "./layer-pane.tsx";

/** Layers, files and preview side by side; one at a time where it is narrow. */
export function FilesTab({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const place = filesPlace(archive, image);
  const { list, reading } = place;
  useSignalEffect(() => {
    const reach = archive.state.value.trees.get(image.index);
    list.reach(reach?.layers ?? 0);
  });
  useSignalEffect(() => {
    // The tree below the cursor changed layer or node: what is shown follows, a moment later while keys repeat.
    const node = list.selected.value;
    const { upTo } = list.spec.value;
    const timer = setTimeout(() => {
      if (node === undefined) reading.clear();
      else reading.show(node, upTo);
    }, 60);
    return () => clearTimeout(timer);
  });
  useRouteOfFiles(archive, image);
  const layers = <LayerPane image={image} list={list} />;
  const files = <FilePane archive={archive} image={image} place={place} />;
  const preview = <Preview place={place} />;
  if (narrow.value) return desk.pane.value === "preview" ? preview : files;
  return (
    <Splitter
      panes={[
        { id: "layers", min: "120px", start: "20%", content: layers },
        {
          id: "files",
          min: "260px",
          start: "47%",
          handle: `${words.layers.title} | ${words.files.title}`,
          content: files,
        },
        {
          id: "preview",
          min: "220px",
          start: "33%",
          handle: `${words.files.title} | ${words.preview.title}`,
          content: preview,
        },
      ]}
    />
  );
}

type Goal = NonNullable<ReturnType<FilesPlace["goal"]["peek"]>>;

/** Puts the cursor on what another view or the address named; removed paths are listed if that is what it takes. */
async function follow(archive: Opened, image: ImageView, wish: Goal): Promise<void> {
  const { list } = filesPlace(archive, image);
  const { upTo } = list.spec.peek();
  const node =
    "node" in wish
      ? wish.node
      : await archive.handle.find(image.index, wish.path, upTo).catch(() => undefined);
  if (node === undefined || (await list.reveal(node))) return;
  list.update({ showRemoved: true, filter: "", scope: "merged", changedOnly: false });
  await list.reveal(node);
}

/** Keeps the address in step with the layer and path shown, and follows it once at the start. */
function useRouteOfFiles(archive: Opened, image: ImageView): void {
  const desk = useDesk();
  const { list, reading, goal } = filesPlace(archive, image);
  useEffect(() => {
    const route = desk.route.peek();
    if (route === undefined) return;
    if (route.path !== undefined && route.path !== reading.facts.peek()?.path)
      goal.value ??= { path: route.path };
    const layer = Math.min(route.layer ?? image.layers.length - 1, image.layers.length - 1);
    const { upTo, scope: before } = list.spec.peek();
    const scope = route.scope ?? before;
    if (layer !== upTo || scope !== before) list.update({ upTo: Math.max(0, layer), scope });
  }, [desk, list, reading, goal, image.layers.length]);
  useSignalEffect(() => {
    // A path can be found only once the tree is whole.
    const reach = archive.state.value.trees.get(image.index);
    const wish = goal.value;
    if (reach?.complete !== true || wish === undefined || list.state.value === undefined) return;
    goal.value = undefined;
    void follow(archive, image, wish);
  });
  useSignalEffect(() => {
    const { upTo, scope } = list.spec.value;
    const path = reading.facts.value?.path;
    const route = desk.route.peek();
    if (route === undefined || route.archive !== archive.key || route.tab !== "files") return;
    const layer = upTo === image.layers.length - 1 ? undefined : upTo;
    const chosen = scope === "layer" ? "layer" : undefined;
    desk.go({ ...route, layer, scope: chosen, path: path ?? route.path }, { replace: true });
  });
}
