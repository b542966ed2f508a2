import { visibleName } from "../../model/name.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { Digest } from "../part/digest.tsx";

/** What `index.json` leads to: manifests of platforms, attestations, artifacts, and which of them are there. */
export function Manifests({ archive }: { readonly archive: Opened }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const manifests = archive.state.value.archive?.manifests ?? [];
  if (manifests.length === 0) return null;
  return (
    <section class="manifests" aria-labelledby="manifests-title">
      <h2 id="manifests-title">{words.raw.manifests}</h2>
      <ul>
        {manifests.map((manifest, index) => {
          const what = manifest.attestation
            ? words.raw.attestation
            : (manifest.platform ?? manifest.artifactType ?? manifest.mediaType);
          return (
            <li key={index} style={{ paddingInlineStart: `${manifest.depth * 16}px` }}>
              <Digest value={manifest.digest} what={words.layers.digest} />
              {manifest.image === undefined ? (
                <span title={manifest.mediaType}>{visibleName(what)}</span>
              ) : (
                <button
                  type="button"
                  class="link"
                  onClick={() => desk.go({ archive: archive.key, image: manifest.image ?? 0, tab: "raw" })}
                >
                  {visibleName(what)}
                </button>
              )}
              <span class="muted">{manifest.depth === 0 && manifest.tags.map(visibleName).join(", ")}</span>
              <span class="muted num">{format.bytes(manifest.size)}</span>
              <span class={manifest.state === "ok" ? "muted" : "loss"}>
                {words.raw.states[manifest.state]}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
