import { visibleName } from "../../model/name.ts";
import { troubleFromWire } from "../../model/trouble.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { Name } from "../part/name.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { Manifests } from "../raw/manifests.tsx";
import { RegistryTrouble } from "../registry/registry-trouble.tsx";

/** An archive without an image to show: being opened, refused, or empty. */
export function ArchivePane({ archive }: { readonly archive: Opened }) {
  const { words, format } = useLanguage();
  const desk = useDesk();
  const state = archive.state.value;
  const reference = archive.remote?.reference ?? "";
  const name = visibleName(archive.name);
  if (state.phase === "failed" && state.error !== undefined) {
    return (
      <div class="archive-pane" role="alert">
        <h1>{words.problems.openFailed(name)}</h1>
        {archive.remote === undefined ? (
          <TroubleNote trouble={troubleFromWire(state.error)}>
            <p>{words.problems.kept}</p>
          </TroubleNote>
        ) : (
          <RegistryTrouble
            trouble={troubleFromWire(state.error)}
            about={archive.remote.reference}
            atMs={Date.now()}
            choosePlatform={(platform) => desk.openRemote({ reference, platform })}
          />
        )}
      </div>
    );
  }
  if (state.archive === undefined) {
    return (
      <div class="archive-pane">
        <h1>
          <Name text={archive.name} />
        </h1>
        <progress aria-label={words.library.opening} value={state.done} max={Math.max(1, state.total)} />
        <p>
          {words.library.opening} · {words.library.progress(format, state.done, state.total)}
        </p>
      </div>
    );
  }
  const { problems, manifests } = state.archive;
  return (
    <div class="archive-pane">
      <h1>{state.archive.images.length === 0 ? words.image.noImages : words.image.gone}</h1>
      {manifests.length > 0 && <p>{words.image.noImagesHint}</p>}
      {problems.map((problem, index) => (
        <TroubleNote key={index} trouble={troubleFromWire(problem)} />
      ))}
      <Manifests archive={archive} />
    </div>
  );
}
