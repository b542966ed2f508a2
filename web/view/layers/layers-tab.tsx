import type { ImageView } from "../../model/engine.ts";
import { historyEntries } from "../../model/history.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { layerBytes } from "../files/layer-pane.tsx";
import { HistoryRow } from "./history-row.tsx";

/** How the image was made, instruction by instruction, and how each layer stands. */
export function LayersTab({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const entries = historyEntries(image);
  const total = Math.max(
    1,
    image.layers.reduce((sum, layer) => sum + layerBytes(layer), 0),
  );
  const show = (layer: number) => {
    const top = image.layers.length - 1;
    const chosen = layer === top ? undefined : layer;
    desk.go({ archive: archive.key, image: image.index, tab: "files", layer: chosen, scope: "layer" });
  };
  return (
    <div class="scroll">
      {image.history.length === 0 && <p class="note">{words.layers.noHistory}</p>}
      <table class="table layers-table">
        <caption class="offscreen">{words.layers.caption}</caption>
        <thead>
          <tr>
            <th scope="col" class="num">
              #
            </th>
            <th scope="col">{words.layers.instruction}</th>
            <th scope="col" class="num">
              {words.layers.size}
            </th>
            <th scope="col">{words.layers.share}</th>
            <th scope="col">{words.layers.created}</th>
            <th scope="col">{words.layers.digest}</th>
            <th scope="col">{words.verification.label}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, index) => (
            <HistoryRow key={index} entry={entry} total={total} show={show} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
