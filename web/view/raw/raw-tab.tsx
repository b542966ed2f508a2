import { useSignal } from "@preact/signals";
import type { DocumentKind, ImageView } from "../../model/engine.ts";
import { downloadName } from "../../model/name.ts";
import { downloadBlob } from "../../platform/save.ts";
import { type Opened, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { CopyButton } from "../part/copy-button.tsx";
import { Icon } from "../part/icon.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { JsonText } from "./json-text.tsx";
import { Manifests } from "./manifests.tsx";

const KINDS: readonly DocumentKind[] = ["manifest", "config", "inspect", "index", "archive-manifest"];

/** The documents that the archive has for an image. One that cannot be read is there all the same. */
async function presentKinds(archive: Opened, image: number): Promise<ReadonlySet<DocumentKind>> {
  const found = await Promise.all(
    KINDS.map(async (kind) => ({ kind, text: await archive.handle.document(image, kind).catch(() => "") })),
  );
  return new Set(found.filter(({ text }) => text !== undefined).map(({ kind }) => kind));
}

/** The documents of the image as text: as stored, or set out for reading. */
export function RawTab({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const { words, format } = useLanguage();
  const kind = useSignal<DocumentKind>("manifest");
  const raw = useSignal(false);
  const present = useAnswer(() => presentKinds(archive, image.index), [archive, image.index]).value.value;
  const asked =
    present === undefined || present.has(kind.value) ? kind.value : ([...present][0] ?? "manifest");
  const form = raw.value;
  const answer = useAnswer(
    () => archive.handle.document(image.index, asked, form),
    [archive, image.index, asked, form],
  ).value;
  const { value: shown, trouble } = answer;
  const save = () => {
    const name = asked === "archive-manifest" ? "manifest.json" : `${asked}.json`;
    downloadBlob(new Blob([shown ?? ""], { type: "application/json" }), downloadName(name));
  };
  return (
    <div class="raw">
      <div class="raw-tools">
        <fieldset class="segments">
          <legend class="offscreen">{words.raw.choose}</legend>
          {KINDS.filter((one) => present?.has(one) ?? true).map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="document"
                checked={asked === one}
                onChange={() => (kind.value = one)}
              />
              <span>{words.raw.documents[one]}</span>
            </label>
          ))}
        </fieldset>
        <fieldset class="segments">
          <legend class="offscreen">{words.raw.form}</legend>
          {[false, true].map((one) => (
            <label key={String(one)}>
              <input type="radio" name="form" checked={form === one} onChange={() => (raw.value = one)} />
              <span>{one ? words.raw.raw : words.raw.pretty}</span>
            </label>
          ))}
        </fieldset>
        <span class="bar-space" />
        {shown !== undefined && (
          <>
            <span class="muted">{format.bytes(shown.length)}</span>
            <CopyButton text={shown} what={words.raw.documents[asked]} class="button">
              {words.raw.copy}
            </CopyButton>
            <button type="button" class="button" onClick={save}>
              <Icon name="save" />
              {words.raw.save}
            </button>
          </>
        )}
      </div>
      {trouble !== undefined && <TroubleNote trouble={trouble} />}
      <div class="scroll raw-body">
        {asked === "inspect" && <p class="muted note-tight">{words.raw.madeByUs}</p>}
        {shown === undefined ? (
          answer.settled && <p class="note">{words.raw.absent}</p>
        ) : (
          <JsonText
            key={`${asked} ${form}`}
            text={shown}
            archive={archive}
            image={image}
            open={(one) => (kind.value = one)}
          />
        )}
        <Manifests archive={archive} />
      </div>
    </div>
  );
}
