import type { HistoryEntry } from "../../model/history.ts";
import { readInstruction } from "../../model/instruction.ts";
import { visibleText } from "../../model/name.ts";
import { mismatchOf, troubleFromWire } from "../../model/trouble.ts";
import { useLanguage } from "../desk.ts";
import { layerBytes } from "../files/layer-pane.tsx";
import { Digest } from "../part/digest.tsx";
import { DigestPair } from "../part/digest-pair.tsx";
import { ShareBar } from "../part/share-bar.tsx";
import { Term } from "../part/term.tsx";
import { VerdictMark } from "../part/verdict-mark.tsx";

/** What a {@link HistoryRow} shows. */
export interface HistoryRowProps {
  readonly entry: HistoryEntry;
  /** Bytes of all layers. */
  readonly total: number;
  readonly show: (layer: number) => void;
}

/** One instruction of the history and the layer it made. */
export function HistoryRow({ entry, total, show }: HistoryRowProps) {
  const { words, format } = useLanguage();
  const { line, layer } = entry;
  const instruction = line === undefined ? undefined : readInstruction(line.createdBy);
  const created = line?.created === undefined ? Number.NaN : Date.parse(line.created) / 1000;
  const share = layer === undefined ? 0 : layerBytes(layer) / total;
  return (
    <tr data-empty={layer === undefined} data-state={layer?.state}>
      <td class="num">
        {layer === undefined ? (
          <span class="muted">–</span>
        ) : (
          <button
            type="button"
            class="link"
            aria-label={words.layers.showFiles(layer.index)}
            title={words.layers.showFiles(layer.index)}
            onClick={() => show(layer.index)}
          >
            {layer.index}
          </button>
        )}
      </td>
      <td class="instruction">
        {instruction === undefined ? (
          <span class="muted">{words.layers.none}</span>
        ) : (
          <code title={visibleText(line?.createdBy ?? "")}>
            {instruction.word !== "" && <b>{instruction.word} </b>}
            {visibleText(instruction.rest)}
          </code>
        )}
        {line?.comment !== undefined && line.comment !== "" && (
          <span class="muted comment">{visibleText(line.comment)}</span>
        )}
        {line?.author !== undefined && line.author !== "" && (
          <span class="muted comment">
            {words.layers.by} {visibleText(line.author)}
          </span>
        )}
        {layer !== undefined && <Mismatch layer={layer} />}
      </td>
      <td class="num">
        {layer === undefined ? <span class="muted">0&nbsp;B</span> : format.bytes(layerBytes(layer))}
      </td>
      <td class="share-cell">
        {layer === undefined ? (
          <Term means={words.layers.emptyTerm}>{words.layers.emptyLayer}</Term>
        ) : (
          <>
            <ShareBar share={share} /> <span class="num">{format.percent(share)}</span>
          </>
        )}
      </td>
      <td class="stamp" title={Number.isNaN(created) ? undefined : format.moment(created)}>
        {Number.isNaN(created) ? "" : format.stamp(created)}
      </td>
      <td class="digests">{layer !== undefined && <Digests layer={layer} />}</td>
      <td>{layer !== undefined && <LayerVerdict layer={layer} />}</td>
    </tr>
  );
}

type Layer = NonNullable<HistoryEntry["layer"]>;

function Digests({ layer }: { readonly layer: Layer }) {
  const { words, format } = useLanguage();
  const { digest, diffID } = layer;
  return (
    <>
      {diffID !== undefined && (
        <span class="digest-line">
          <span class="muted">{words.layers.diffID}</span>{" "}
          <Digest value={diffID} what={words.layers.diffID} />
        </span>
      )}
      {digest !== undefined && digest !== diffID && (
        <span class="digest-line">
          <span class="muted">{words.layers.digest}</span>{" "}
          <Digest value={digest} what={words.layers.digest} />
        </span>
      )}
      <span class="muted digest-line" title={visibleText(layer.path)}>
        {layer.compression === undefined || layer.compression === "none"
          ? words.layers.plain
          : layer.compression}{" "}
        · {format.bytes(layer.storedSize)}
        {layer.entries !== undefined && ` · ${words.layers.entryCount(format, layer.entries)}`}
      </span>
    </>
  );
}

function LayerVerdict({ layer }: { readonly layer: Layer }) {
  const { words, format } = useLanguage();
  const verdict = layer.state === "missing" || layer.state === "failed" ? layer.state : layer.verification;
  return (
    <>
      <span class="standing" data-verdict={verdict}>
        <VerdictMark verdict={verdict} busy={layer.state === "reading"} />
        <Term means={words.verification.terms[verdict]}>{words.verification[verdict]}</Term>
      </span>
      {layer.state === "reading" && (
        <span class="muted digest-line">
          {words.layers.reading(format, layer.readBytes ?? 0, layer.storedSize)}
        </span>
      )}
    </>
  );
}

function Mismatch({ layer }: { readonly layer: Layer }) {
  const digests = layer.problems.map((wire) => mismatchOf(troubleFromWire(wire))).find(Boolean);
  return digests === undefined ? null : <DigestPair {...digests} />;
}
