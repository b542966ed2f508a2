import { effect } from "@preact/signals";
import { type Desk, type Opened, useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";

/** Keeps an archive and then makes a draft of one of its images: a draft stands on what is kept. */
function keepAndEdit(desk: Desk, archive: Opened, id: string): void {
  desk.loads.keep(archive);
  let begun = false;
  const end = effect(() => {
    const running = desk.loads.running.value.some((load) => load.archive === archive);
    const image = desk.kept.state.value.images.find((entry) => entry.id === id);
    const kept = image !== undefined;
    begun ||= running;
    if (kept && !running) void desk.drafts.create(image.tags[0] ?? id);
    // A load that broke off says so itself.
    if (kept ? !running : begun && !running && desk.loads.stopped.value.length > 0)
      queueMicrotask(() => end());
  });
}

/** "Edit" for an image that is open in place. */
export function EditArchive({ archive }: { readonly archive: Opened }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const shown = desk.route.value?.image;
  const image = archive.state.value.archive?.images.find(({ index }) => index === shown);
  if (image === undefined || image.id === "" || archive.remote !== undefined) return null;
  return (
    <button
      type="button"
      class="button"
      title={`${words.drafts.editTerm} ${words.drafts.keepFirst}`}
      onClick={() => keepAndEdit(desk, archive, image.id)}
    >
      <Icon name="edit" />
      {words.drafts.edit}
    </button>
  );
}
