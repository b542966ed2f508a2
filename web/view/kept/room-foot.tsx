import { NEARLY_FULL, roomShare } from "../../model/kept.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Term } from "../part/term.tsx";

/** Asks the browser to keep what is stored, and says what it answered. */
export function AskPersistence() {
  const desk = useDesk();
  const { words } = useLanguage();
  const ask = async () => {
    const agreed = await desk.kept.images.askPersistence();
    desk.tell({ title: agreed ? words.kept.room.agreed : words.kept.room.refused });
  };
  return (
    <button type="button" class="link" onClick={() => void ask()}>
      {words.kept.room.ask}
    </button>
  );
}

/** How much of the room that the browser gives is used, and whether it keeps what is there. */
export function RoomFoot() {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const { room, phase, images, total } = desk.kept.state.value;
  if (phase !== "ready") return null;
  const share = roomShare(room);
  const full = share !== undefined && share > NEARLY_FULL;
  const say = words.kept.room;
  const used = room.used ?? total;
  return (
    <footer class="room" data-full={full} aria-label={say.label}>
      {share !== undefined && (
        <progress aria-label={say.label} class="room-bar" value={share} max={1} title={say.estimate} />
      )}
      <p title={say.estimate}>
        {room.quota === undefined ? say.used(format, used) : say.of(format, used, room.quota)}
      </p>
      {full && <p class="loss">{say.nearlyFull}</p>}
      {room.persistent ? (
        <p class="muted">{say.persistent}</p>
      ) : (
        images.length > 0 && (
          <p class="muted room-fleeting">
            <Term means={say.fleetingTerm}>{say.fleeting}</Term> <AskPersistence />
          </p>
        )
      )}
    </footer>
  );
}
