import { visibleText } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";

/** Why the kept images cannot be used, or not for long, and what to do; nothing while all is well. */
export function KeptTrouble({ brief = false }: { readonly brief?: boolean }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const { phase, outdated, error } = desk.kept.state.value;
  const say = words.kept.trouble;
  let told: { readonly title: string; readonly text: string; readonly reload: boolean } | undefined;
  if (outdated) told = { title: say.outdated, text: say.outdatedDo, reload: true };
  else if (phase === "blocked") told = { title: say.blocked, text: say.blockedDo, reload: false };
  else if (error?.code === "store/newer") told = { title: say.newer, text: say.newerDo, reload: true };
  else if (error?.code === "store/unavailable")
    told = { title: say.unavailable, text: say.unavailableDo, reload: false };
  else if (error?.code === "store/full")
    told = { title: say.fullUnknown, text: words.problems.advice.full, reload: true };
  else if (error !== undefined) told = { title: say.broken, text: say.brokenDo, reload: true };
  if (told === undefined) return null;
  return (
    <div class="kept-trouble" data-brief={brief} role={brief ? undefined : "alert"}>
      <Icon name="warn" />
      <div>
        <strong>{told.title}</strong>
        <p>{told.text}</p>
        {!brief && error !== undefined && <p class="muted">{visibleText(error.message)}</p>}
        {told.reload && (
          <button type="button" class="button" onClick={() => location.reload()}>
            {say.reload}
          </button>
        )}
      </div>
    </div>
  );
}
