import type { Panel } from "../panel/panels.ts";
import { useAnswer } from "../part/answer.ts";
import { ChangePanel } from "./change-panel.tsx";
import { ExportFilesPanel } from "./export-panel.tsx";
import { ImportPanel } from "./import-panel.tsx";
import { IndexPanel } from "./index-panel.tsx";

/** The panels that make images. */
export function MakePlace({ panel }: { readonly panel: Panel }) {
  switch (panel.kind) {
    case "change":
      return <ChangePanel key={panel.id} id={panel.id} />;
    case "index":
      return <IndexPanel key={panel.refs.join(" ")} refs={panel.refs} />;
    case "import":
      return <ImportPanel />;
    case "export-files":
      return <ExportFilesPanel key={panel.ref} name={panel.ref} />;
    case "build":
      return <Build />;
    default:
      return null;
  }
}

/** The editor of Dockerfiles is the heaviest of it, and comes only when it is asked for. */
function Build() {
  const { value, trouble } = useAnswer(() => import("./build-panel.tsx"), []).value;
  if (trouble !== undefined) return <p class="note loss">{trouble.message}</p>;
  return value === undefined ? null : <value.BuildPanel />;
}
