import { useLanguage } from "../desk.ts";
import type { Reading } from "./reading.ts";
import { TEXT_LIMIT } from "./reading.ts";

/** The small line below the content: encoding, how much is shown, what it cost. */
export function TextStatus({ reading }: { readonly reading: Reading }) {
  const { words, format } = useLanguage();
  const cost = reading.cost.value;
  const content = reading.content.value;
  const size = reading.size.value;
  const shown = reading.textBytes.value;
  const text = reading.mode.value === "text" && content?.kind === "text";
  const rest = Math.min(reading.step.value, size - shown);
  return (
    <div class="preview-status">
      {text && <span>{words.preview.encodings[content.encoding]}</span>}
      {text && shown < size && (
        <>
          <span>{words.preview.shown(format, shown, size)}</span>
          {shown < TEXT_LIMIT ? (
            <button
              type="button"
              class="link"
              disabled={reading.busy.value}
              onClick={() => void reading.more()}
            >
              {words.preview.more(format, rest)}
            </button>
          ) : (
            <span>{words.preview.textLimit}</span>
          )}
        </>
      )}
      {cost !== undefined && (
        <span class="cost">
          {words.preview.cost(format.took(cost.tookMs), format.bytes(cost.read))}
          {cost.inflated > 0 && words.preview.inflated(format.bytes(cost.inflated))}
        </span>
      )}
    </div>
  );
}
