import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import type { CheckOutcome, StoreFinding } from "../../model/images.ts";
import { visibleName } from "../../model/name.ts";
import { type Trouble, troubleFromWire, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Digest } from "../part/digest.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { VerdictMark } from "../part/verdict-mark.tsx";
import { Frame } from "./frame.tsx";

/** Compares everything that is kept with its digests and offers to drop what is damaged. */
export function CheckPanel() {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.kept.check;
  const progress = useSignal<{ readonly done: number; readonly total: number } | undefined>(undefined);
  const outcome = useSignal<CheckOutcome | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  const end = useRef<AbortController | undefined>(undefined);
  const check = async () => {
    const controller = new AbortController();
    end.current = controller;
    outcome.value = undefined;
    trouble.value = undefined;
    progress.value = { done: 0, total: desk.kept.state.peek().total };
    try {
      outcome.value = await desk.kept.images.check({
        signal: controller.signal,
        listen: (told) => {
          progress.value = told;
        },
      });
      const { findings, blobs, bytes } = outcome.value;
      desk.say(findings.length === 0 ? say.whole(format, blobs, bytes) : say.found(format, findings.length));
    } catch (error) {
      trouble.value = troubleOf(error);
    } finally {
      progress.value = undefined;
    }
  };
  useEffect(() => () => end.current?.abort(), []);
  const findings = outcome.value?.findings ?? [];
  const damaged = findings.filter(({ kind }) => kind === "damaged").map(({ digest }) => digest);
  const drop = async () => {
    try {
      const freed = await desk.kept.images.dropDamaged(damaged);
      desk.tell({ title: say.dropped(format, freed) });
      await check();
    } catch (error) {
      trouble.value = troubleOf(error);
    }
  };
  const { value: going } = progress;
  return (
    <Frame title={say.title}>
      <p>{say.about}</p>
      {going !== undefined && (
        <div>
          <progress aria-label={say.title} value={going.done} max={Math.max(1, going.total)} />
          <p class="muted">{say.progress(format, going.done, going.total)}</p>
        </div>
      )}
      {trouble.value !== undefined && <TroubleNote trouble={trouble.value} />}
      {outcome.value !== undefined && findings.length === 0 && (
        <p class="check-whole">
          <VerdictMark verdict="verified" /> {say.whole(format, outcome.value.blobs, outcome.value.bytes)}
        </p>
      )}
      {findings.length > 0 && (
        <>
          <p class="loss">{say.found(format, findings.length)}</p>
          <ul class="findings">
            {findings.map((finding) => (
              <FindingLine key={finding.digest} finding={finding} />
            ))}
          </ul>
          <p class="muted">{damaged.length > 0 ? say.dropAbout : say.missingAbout}</p>
        </>
      )}
      <div class="panel-actions">
        {damaged.length > 0 && (
          <button type="button" class="button button-loss" onClick={() => void drop()}>
            {say.drop(format, damaged.length)}
          </button>
        )}
        {going === undefined ? (
          <button type="button" class="button" onClick={() => void check()}>
            {say.action}
          </button>
        ) : (
          <button type="button" class="button" onClick={() => end.current?.abort()}>
            {say.stop}
          </button>
        )}
      </div>
    </Frame>
  );
}

function FindingLine({ finding }: { readonly finding: StoreFinding }) {
  const { words } = useLanguage();
  const say = words.kept.check;
  const needed = finding.images.map(({ id, tags }) => visibleName(tags[0] ?? shortDigest(id)));
  return (
    <li>
      <p>
        <strong>{say.kinds[finding.kind]}</strong>{" "}
        <Digest value={finding.digest} what={words.layers.digest} />
      </p>
      <p class="muted">
        {say.neededBy}: {needed.length > 0 ? needed.join(", ") : say.nobody}
      </p>
      <TroubleNote trouble={troubleFromWire(finding.problem)} advice={false} />
    </li>
  );
}
