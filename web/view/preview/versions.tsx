import type { NodeView } from "../../model/engine.ts";
import { readInstruction } from "../../model/instruction.ts";
import { visibleText } from "../../model/name.ts";
import { useLanguage } from "../desk.ts";
import type { FilesPlace } from "../files/file-lists.ts";
import { MarkLetter } from "../part/mark.tsx";

/** Which layers wrote, changed or removed the path; each version that has bytes can be opened. */
export function Versions(props: { readonly facts: NodeView; readonly place: FilesPlace }) {
  const { words, format } = useLanguage();
  const { facts, place } = props;
  const shown = place.reading.layer.value;
  const open = (layer: number) => place.reading.show(facts.node, place.list.spec.peek().upTo, layer);
  return (
    <section class="versions">
      <h3 id="versions-title" tabIndex={-1}>
        {words.versions.title}
      </h3>
      {facts.versions.length === 0 && <p class="muted">{words.versions.none}</p>}
      <ol>
        {facts.versions.map((version) => {
          const instruction =
            version.createdBy === undefined ? undefined : readInstruction(version.createdBy);
          const what =
            instruction === undefined ? "" : visibleText(`${instruction.word} ${instruction.rest}`.trim());
          const current = version.layer === shown && version.readable;
          return (
            <li key={version.layer} data-current={current}>
              <span class="layer-index">{version.layer}</span>
              <MarkLetter mark={version.mark} />
              <span class="version-size">{version.mark === "D" ? "" : format.bytes(version.size)}</span>
              <span class="version-text" title={what}>
                {what}
              </span>
              {version.readable && !current && (
                <button
                  type="button"
                  class="link"
                  aria-label={words.versions.open(version.layer)}
                  onClick={() => open(version.layer)}
                >
                  {words.versions.openShort}
                </button>
              )}
              {current && <span class="muted">{words.versions.current}</span>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
