import type { ImageView } from "../../model/engine.ts";
import { keptImageLines } from "../../model/kept-lines.ts";
import { lookLines } from "../../model/registry-lines.ts";
import { shellLines } from "../../model/shell-line.ts";
import { type Opened, useDesk } from "../desk.ts";
import { ShellFoot } from "../part/shell-foot.tsx";

/** The command that this view stands for, with its twins in other tools. */
export function Foot({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const view = archive.state.value.archive;
  const tab = desk.route.value?.tab ?? "files";
  if (view === undefined) return null;
  if (archive.remote !== undefined)
    return <ShellFoot toggle lines={lookLines(archive.remote.reference, archive.remote.platform)} />;
  if (!archive.kept) return <ShellFoot toggle lines={shellLines({ archive: view, image, tab })} />;
  const name = desk.kept.find(archive.key)?.tags[0] ?? image.id;
  return <ShellFoot toggle lines={keptImageLines(name, tab)} />;
}
