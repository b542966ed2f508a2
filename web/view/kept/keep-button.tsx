import { isArchiveKept } from "../../model/keeping.ts";
import { visibleName } from "../../model/name.ts";
import type { RemoteKey } from "../../model/remote-key.ts";
import { type TransferWork, workKey } from "../../model/transfer.ts";
import { type Desk, type Opened, useDesk, useLanguage } from "../desk.ts";
import { EditArchive } from "../draft/edit-archive.tsx";
import { Icon } from "../part/icon.tsx";
import { showKept } from "./show-kept.ts";

/** Whether an archive in place can be kept, is being kept, or is kept already with all its names; `no`: it has no image. */
export function keepStanding(desk: Desk, archive: Opened): "open" | "busy" | "kept" | "no" {
  const { phase } = desk.kept.state.value;
  const view = archive.state.value.archive;
  if (archive.kept || view === undefined || phase === "failed") return "no";
  if (view.kind === "rootfs" || view.kind === "layer" || view.images.length === 0) return "no";
  if (desk.loads.running.value.some((load) => load.archive === archive)) return "busy";
  const { remote } = archive;
  if (remote !== undefined && desk.traffic.running.value.some(({ work }) => isPullOf(work, remote)))
    return "busy";
  return isArchiveKept(view, desk.kept.state.value.images) ? "kept" : "open";
}

const isPullOf = (work: TransferWork, { reference, platform }: RemoteKey): boolean =>
  workKey(work) === workKey({ kind: "pull", reference, platform });

/** Loads an archive that is open in place into the browser; nothing where there is nothing to keep. */
export function KeepButton({
  archive,
  class: name = "button",
}: {
  readonly archive: Opened;
  readonly class?: string;
}) {
  const desk = useDesk();
  const { words } = useLanguage();
  const standing = keepStanding(desk, archive);
  if (standing !== "open") return null;
  const { remote } = archive;
  if (remote !== undefined) {
    const { label, term } = { label: words.registry.field.action, term: words.registry.field.term };
    return (
      <button type="button" class={name} title={term} onClick={() => void desk.traffic.pull(remote)}>
        <Icon name="keep" />
        {label}
      </button>
    );
  }
  return (
    <button
      type="button"
      class={name}
      title={words.kept.keep.term}
      aria-label={words.kept.keep.of(visibleName(archive.name))}
      onClick={() => desk.loads.keep(archive)}
    >
      <Icon name="keep" />
      {words.kept.keep.action}
    </button>
  );
}

/** Keeps the archive that is looked at; says so while that is under way, and leads to what is kept. */
export function KeepStanding({ archive }: { readonly archive: Opened }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const standing = keepStanding(desk, archive);
  const image = archive.state.value.archive?.images.find(({ id }) => desk.kept.find(id) !== undefined);
  if (standing === "no") return null;
  return (
    <span class="kept-actions">
      {standing === "open" && <KeepButton archive={archive} />}
      {standing === "open" && <EditArchive archive={archive} />}
      {standing === "busy" && (
        <button type="button" class="button" disabled>
          <Icon name="keep" />
          {archive.remote === undefined ? words.kept.load.title : words.registry.transfer.pulling}
        </button>
      )}
      {standing === "kept" && image !== undefined && (
        <button
          type="button"
          class="button button-quiet kept-mark"
          title={words.kept.keep.all}
          onClick={() => showKept(desk, image.id)}
        >
          <Icon name="done" />
          {words.kept.keep.kept}
        </button>
      )}
    </span>
  );
}
