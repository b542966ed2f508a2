import { useDesk, useLanguage } from "./desk.ts";
import { Icon } from "./part/icon.tsx";
import { TroubleNote } from "./part/trouble-note.tsx";

/** Failures that belong to no pane, until the reader dismisses them. */
export function Notices() {
  const desk = useDesk();
  const { words } = useLanguage();
  const notices = desk.notices.value;
  if (notices.length === 0) return null;
  return (
    <aside class="notices">
      {notices.map(({ id, title, trouble }) => (
        <div key={id} class="notice">
          <TroubleNote title={title} trouble={trouble} />
          <button
            type="button"
            class="icon-button"
            aria-label={words.app.close}
            onClick={() => {
              desk.notices.value = desk.notices.value.filter((notice) => notice.id !== id);
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </aside>
  );
}
