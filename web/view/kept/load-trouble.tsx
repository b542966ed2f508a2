import { visibleText } from "../../model/name.ts";
import type { Trouble } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";

/** Why a load broke off: of a full disk how much is missing, what has been kept, and what to do. */
export function LoadTrouble({ trouble }: { readonly trouble: Trouble }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.kept.trouble;
  if (trouble.code !== "store/full") return <p class="load-trouble">{visibleText(trouble.message)}</p>;
  const { needed, free, missing, kept } = trouble.detail ?? {};
  // No more can have stayed than there is.
  const { used = Number.POSITIVE_INFINITY } = desk.kept.state.value.room;
  return (
    <div class="load-trouble" role="alert">
      <p>
        {typeof missing === "number" && missing > 0 ? say.full(format, missing) : say.fullUnknown}{" "}
        {typeof needed === "number" && typeof free === "number" && say.fullDetail(format, needed, free)}
      </p>
      {typeof kept === "number" && <p>{say.fullKept(format, Math.min(kept, used))}</p>}
      <p>{say.fullDo}</p>
    </div>
  );
}
