import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { DocumentKind, ImageView } from "../../model/engine.ts";
import { jsonTokens } from "../../model/json-text.ts";
import { visibleText } from "../../model/name.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";

/** Lines drawn at first, and with each "more". */
const STEP = 600;
/** A longer line is shown plain and cut: its colours would cost more than they tell. */
const LONGEST = 4000;
/** Beyond this even plain text lays out too slowly; copying and saving give the whole. */
const LONGEST_SHOWN = 200_000;

/** What a {@link JsonText} shows. */
export interface JsonTextProps {
  readonly text: string;
  readonly archive: Opened;
  readonly image: ImageView;
  /** Goes to another document of the image. */
  readonly open: (kind: DocumentKind) => void;
}

/** JSON with its digests as links to what they name in this archive. */
export function JsonText({ text, archive, image, open }: JsonTextProps) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const shown = useSignal(STEP);
  const lines = useMemo(() => text.split("\n"), [text]);
  const targets = useMemo(() => {
    const found = new Map<string, () => void>();
    const at = { archive: archive.key, image: image.index };
    for (const manifest of archive.state.value.archive?.manifests ?? []) {
      const { image: index } = manifest;
      if (index !== undefined) found.set(manifest.digest, () => desk.go({ ...at, image: index, tab: "raw" }));
    }
    for (const { index, digest, diffID } of image.layers) {
      const go = () => desk.go({ ...at, tab: "files", layer: index, scope: "layer" });
      if (digest !== undefined) found.set(digest, go);
      if (diffID !== undefined) found.set(diffID, go);
    }
    if (image.manifestDigest !== undefined) found.set(image.manifestDigest, () => open("manifest"));
    found.set(image.id, () => open("config"));
    return found;
  }, [archive, image, desk, open]);
  const rest = lines.length - shown.value;
  return (
    <>
      <pre class="json">
        {lines.slice(0, shown.value).map((line, index) => (
          <JsonLine key={index} line={line} targets={targets} />
        ))}
      </pre>
      {rest > 0 && (
        <button type="button" class="button" onClick={() => (shown.value += STEP)}>
          {words.raw.more(format, Math.min(STEP, rest))}
        </button>
      )}
    </>
  );
}

function JsonLine({
  line,
  targets,
}: {
  readonly line: string;
  readonly targets: ReadonlyMap<string, () => void>;
}) {
  if (line.length > LONGEST) {
    const cut = line.length > LONGEST_SHOWN;
    return <div>{visibleText(cut ? `${line.slice(0, LONGEST_SHOWN)}…` : line)}</div>;
  }
  return (
    <div>
      {jsonTokens(line).map((token, index) => {
        const text = visibleText(token.text);
        const go = token.kind === "digest" ? targets.get(token.text.slice(1, -1)) : undefined;
        if (go !== undefined) {
          return (
            <button key={index} type="button" class="link json-digest" onClick={go}>
              {text}
            </button>
          );
        }
        return token.kind === "plain" ? (
          text
        ) : (
          <span key={index} class={`json-${token.kind}`}>
            {text}
          </span>
        );
      })}
      {"\n"}
    </div>
  );
}
