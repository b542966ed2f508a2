import type { PendingEdit } from "../../model/make-edits.ts";
import { useLanguage } from "../desk.ts";
import { type ChangeBench, newKey } from "./change-bench.ts";

/** How layers are stored, and whose media types documents and layers have. */
export function ChangeFormat({ bench }: { readonly bench: ChangeBench }) {
  const { words } = useLanguage();
  const say = words.make.format;
  const pending = bench.pending.value;
  const compressing = pending.find((edit) => edit.kind === "recompress");
  const typing = pending.find((edit) => edit.kind === "media-types");
  const set = (old: PendingEdit | undefined, edit: PendingEdit | undefined) => {
    if (edit !== undefined) bench.add(edit);
    else if (old !== undefined) bench.drop(old);
  };
  return (
    <>
      <label class="field">
        <span>{say.compression}</span>
        <select
          value={compressing?.compression ?? ""}
          onChange={({ currentTarget: { value } }) => {
            const compression = value === "gzip" || value === "none" ? value : undefined;
            set(compressing, compression && { key: newKey(), kind: "recompress", compression });
          }}
        >
          <option value="">{say.keep}</option>
          <option value="gzip">{say.gzip}</option>
          <option value="none">{say.none}</option>
        </select>
      </label>
      <p class="muted">{say.compressionTerm}</p>
      <label class="field">
        <span>{say.mediaTypes}</span>
        <select
          value={typing?.family ?? ""}
          onChange={({ currentTarget: { value } }) => {
            const family = value === "oci" || value === "docker" ? value : undefined;
            set(typing, family && { key: newKey(), kind: "media-types", family });
          }}
        >
          <option value="">{say.keep}</option>
          <option value="oci">{say.oci}</option>
          <option value="docker">{say.docker}</option>
        </select>
      </label>
      <p class="muted">{say.now(say[bench.subject.family])}</p>
      <label class="field">
        <span>{say.madeWith}</span>
        <select
          value={bench.compression.value}
          disabled={compressing !== undefined}
          onChange={({ currentTarget: { value } }) => {
            bench.compression.value = value === "none" ? "none" : "gzip";
          }}
        >
          <option value="gzip">{say.gzip}</option>
          <option value="none">{say.none}</option>
        </select>
      </label>
    </>
  );
}
