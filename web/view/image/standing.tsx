import { layerStanding } from "../../model/archive.ts";
import type { ImageView } from "../../model/engine.ts";
import { useLanguage } from "../desk.ts";
import { Term } from "../part/term.tsx";
import { VerdictMark } from "../part/verdict-mark.tsx";

/** How far the check of the image's digests has come, and what came out. */
export function Standing({ image }: { readonly image: ImageView }) {
  const { words, format } = useLanguage();
  const standing = layerStanding(image);
  if (standing.total === 0) return null;
  const busy = standing.read < standing.bytes;
  return (
    <span class="standing" data-verdict={standing.verdict}>
      <VerdictMark verdict={standing.verdict} busy={busy} />
      <Term means={words.verification.terms[standing.verdict]}>{words.verification[standing.verdict]}</Term>
      {standing.verdict !== "unverifiable" && standing.verified < standing.total && (
        <span class="muted">{words.verification.progress(format, standing.verified, standing.total)}</span>
      )}
      {busy && (
        <progress
          aria-label={words.library.reading}
          value={standing.read}
          max={Math.max(1, standing.bytes)}
          title={words.library.progress(format, standing.read, standing.bytes)}
        />
      )}
    </span>
  );
}
