import { useEffect } from "preact/hooks";
import { visibleText } from "../model/name.ts";
import { type Desk, isPassing, type Notice, useDesk, useLanguage } from "./desk.ts";
import { Icon } from "./part/icon.tsx";
import { TroubleNote } from "./part/trouble-note.tsx";

function act(desk: Desk, notice: Notice): void {
  desk.dismiss(notice);
  notice.action?.run();
}

function isTyping(target: EventTarget | undefined): boolean {
  return target instanceof HTMLInputElement && target.type !== "checkbox" && target.type !== "radio";
}

/** What has come of actions, and failures that belong to no pane, until they are dismissed or have been there long enough. */
export function Notices() {
  const desk = useDesk();
  const { words } = useLanguage();
  const notices = desk.notices.value;
  useEffect(() => {
    const end = new AbortController();
    addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
        const last = desk.notices.peek().findLast(({ action }) => action?.undo === true);
        if (last === undefined || isTyping(event.composedPath()[0])) return;
        event.preventDefault();
        act(desk, last);
      },
      { signal: end.signal },
    );
    return () => end.abort();
  }, [desk]);
  if (notices.length === 0) return null;
  return (
    <aside class="notices" aria-label={words.app.notices}>
      {notices.map((notice) => (
        <div key={notice.id} class="notice" data-passing={isPassing(notice)}>
          {notice.trouble === undefined ? (
            <div class="told">
              <strong>{visibleText(notice.title)}</strong>
              {notice.text !== undefined && <p>{visibleText(notice.text)}</p>}
            </div>
          ) : (
            <TroubleNote title={notice.title} trouble={notice.trouble} />
          )}
          {notice.action !== undefined && (
            <button type="button" class="button" onClick={() => act(desk, notice)}>
              {notice.action.label}
            </button>
          )}
          <button
            type="button"
            class="icon-button"
            aria-label={words.app.close}
            onClick={() => desk.dismiss(notice)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </aside>
  );
}
