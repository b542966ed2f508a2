import { ArchiveEntry } from "./archive-entry.tsx";
import { useDesk, useLanguage } from "./desk.ts";
import { DraftEntries } from "./draft/draft-entries.tsx";
import { KeptEntries } from "./kept/kept-entries.tsx";
import { LoadEntries } from "./kept/load-entries.tsx";
import { RoomFoot } from "./kept/room-foot.tsx";
import { TransferEntries } from "./registry/transfer-entries.tsx";
import { Transfers } from "./transfers.tsx";

/** The left column: archives opened in place, the images that are kept, what is on its way, and the room there is. */
export function Library() {
  const desk = useDesk();
  const { words } = useLanguage();
  const archives = desk.archives.value;
  return (
    <nav class="library" aria-label={words.app.library}>
      <div class="library-scroll">
        {archives.length > 0 && (
          <section aria-labelledby="in-place">
            <h2 id="in-place">{words.kept.inPlace}</h2>
            <ul class="archives">
              {archives.map((archive) => (
                <ArchiveEntry key={archive.key} archive={archive} />
              ))}
            </ul>
          </section>
        )}
        <TransferEntries />
        <LoadEntries />
        <KeptEntries />
        <DraftEntries />
      </div>
      <Transfers />
      <RoomFoot />
    </nav>
  );
}
