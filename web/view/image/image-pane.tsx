import { useEffect } from "preact/hooks";
import type { ImageView } from "../../model/engine.ts";
import { ConfigTab } from "../config/config-tab.tsx";
import type { Opened } from "../desk.ts";
import { useDesk } from "../desk.ts";
import { FilesTab } from "../files/files-tab.tsx";
import { KeepStanding } from "../kept/keep-button.tsx";
import { KeptActions } from "../kept/kept-actions.tsx";
import { LayersTab } from "../layers/layers-tab.tsx";
import { LazyPanel } from "../panel/lazy-panel.tsx";
import { RawTab } from "../raw/raw-tab.tsx";
import { SpaceTab } from "../space/space-tab.tsx";
import { Foot } from "./foot.tsx";
import { ImageHeader } from "./image-header.tsx";
import { ImageTabs } from "./image-tabs.tsx";
import { Problems } from "./problems.tsx";

/** One image: its header, its tabs beside what can be done with it, and the command line it stands for. */
export function ImagePane({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const tab = desk.route.value?.tab ?? "files";
  // No tree is made of an image nobody looks at, and every tab waits for what comes of it.
  useEffect(() => archive.handle.look(image.index), [archive, image.index]);
  return (
    <div class="image">
      <ImageHeader archive={archive} image={image} />
      <Problems archive={archive} image={image} />
      <div class="tab-line">
        <ImageTabs archive={archive} image={image} />
        {archive.kept ? <KeptActions archive={archive} /> : <KeepStanding archive={archive} />}
      </div>
      <div class="tab-panel" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === "files" && <FilesTab archive={archive} image={image} />}
        {tab === "layers" && <LayersTab archive={archive} image={image} />}
        {tab === "config" && <ConfigTab archive={archive} image={image} />}
        {tab === "space" && <SpaceTab archive={archive} image={image} />}
        {tab === "raw" && <RawTab archive={archive} image={image} />}
        <LazyPanel />
      </div>
      <Foot archive={archive} image={image} />
    </div>
  );
}
