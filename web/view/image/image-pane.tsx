import type { ImageView } from "../../model/engine.ts";
import { ConfigTab } from "../config/config-tab.tsx";
import type { Opened } from "../desk.ts";
import { useDesk } from "../desk.ts";
import { FilesTab } from "../files/files-tab.tsx";
import { LayersTab } from "../layers/layers-tab.tsx";
import { RawTab } from "../raw/raw-tab.tsx";
import { SpaceTab } from "../space/space-tab.tsx";
import { Foot } from "./foot.tsx";
import { ImageHeader } from "./image-header.tsx";
import { ImageTabs } from "./image-tabs.tsx";
import { Problems } from "./problems.tsx";

/** One image: its header, its tabs, and the command line it stands for. */
export function ImagePane({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const tab = desk.route.value?.tab ?? "files";
  return (
    <div class="image">
      <ImageHeader archive={archive} image={image} />
      <Problems archive={archive} image={image} />
      <ImageTabs archive={archive} image={image} />
      <div class="tab-panel" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === "files" && <FilesTab archive={archive} image={image} />}
        {tab === "layers" && <LayersTab archive={archive} image={image} />}
        {tab === "config" && <ConfigTab archive={archive} image={image} />}
        {tab === "space" && <SpaceTab archive={archive} image={image} />}
        {tab === "raw" && <RawTab archive={archive} image={image} />}
      </div>
      <Foot archive={archive} image={image} />
    </div>
  );
}
