import type { NodeView } from "../../model/engine.ts";
import { useLanguage } from "../desk.ts";
import type { FilesPlace } from "../files/file-lists.ts";
import { useAnswer } from "../part/answer.ts";
import { HexView } from "./hex-view.tsx";
import { PictureView } from "./picture-view.tsx";
import type { Reading } from "./reading.ts";
import { TargetLink } from "./target-link.tsx";
import { TextStatus } from "./text-status.tsx";

/** What the {@link PreviewContent} shows. */
export interface PreviewContentProps {
  readonly facts: NodeView;
  readonly reading: Reading;
  readonly place: FilesPlace;
}

/** The bytes of the file as text, hex or picture, or why there are none. */
export function PreviewContent({ facts, reading, place }: PreviewContentProps) {
  const { words, format } = useLanguage();
  const content = reading.content.value;
  const { row } = facts;
  if (reading.layer.value === undefined) return <p class="preview-note">{words.preview.gone}</p>;
  if (facts.target !== undefined) {
    const broken = "broken" in facts.target;
    if (broken || content === undefined) return <TargetLink facts={facts} place={place} />;
  }
  if (row.type === "dir") return <p class="preview-note">{words.preview.directory(format, row.size)}</p>;
  if (content === undefined) {
    if (row.type === "file" || row.type === "link") {
      return (
        <div class="preview-note">
          {reading.busy.value && <span class="in-motion">{words.preview.loading}</span>}
        </div>
      );
    }
    return <p class="preview-note">{words.preview.notAFile(words.files.types[row.type])}</p>;
  }
  if (content.kind === "empty") return <p class="preview-note">{words.preview.empty}</p>;
  const mode = reading.mode.value;
  return (
    <>
      {facts.target !== undefined && <TargetLink facts={facts} place={place} />}
      <div class="preview-content">
        {mode === "hex" && <HexView key={reading.serial.value} reading={reading} />}
        {mode === "picture" && <PictureView reading={reading} />}
        {mode === "text" && <LazyText reading={reading} path={facts.path} />}
      </div>
      <TextStatus reading={reading} />
    </>
  );
}

function LazyText({ reading, path }: { readonly reading: Reading; readonly path: string }) {
  const Text = useAnswer(() => import("./text-view.tsx"), []).value.value?.TextView;
  // Until the editor has come the text stands there plain: the first screenful is enough.
  if (Text === undefined) return <pre class="text-plain">{reading.text.value.slice(0, 8192)}</pre>;
  return <Text key={reading.serial.value} reading={reading} path={path} />;
}
