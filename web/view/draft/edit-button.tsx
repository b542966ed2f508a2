import { useSignal } from "@preact/signals";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";

/** Makes a draft of a kept image and goes there. */
export function EditButton({ image }: { readonly image: string }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const busy = useSignal(false);
  const edit = async () => {
    busy.value = true;
    await desk.drafts.create(image);
    busy.value = false;
  };
  return (
    <button
      type="button"
      class="button"
      disabled={busy.value}
      title={words.drafts.editTerm}
      onClick={() => void edit()}
    >
      <Icon name="edit" />
      {words.drafts.edit}
    </button>
  );
}
