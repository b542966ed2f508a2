import type { ImageView } from "../../model/engine.ts";
import { type Trouble, troubleFromWire } from "../../model/trouble.ts";
import { type Opened, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";

/** What is wrong with the image, folded into one line until the reader wants it. */
export function Problems({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const { words, format } = useLanguage();
  const state = archive.state.value;
  const found: { readonly title: string; readonly trouble: Trouble }[] = [];
  if (state.error !== undefined)
    found.push({ title: words.problems.archive, trouble: troubleFromWire(state.error) });
  for (const wire of state.archive?.problems ?? []) {
    found.push({ title: words.problems.archive, trouble: troubleFromWire(wire) });
  }
  for (const wire of image.problems)
    found.push({ title: words.problems.image, trouble: troubleFromWire(wire) });
  for (const layer of image.layers) {
    for (const wire of layer.problems) {
      found.push({ title: words.problems.layer(layer.index), trouble: troubleFromWire(wire) });
    }
  }
  const first = found[0];
  if (first === undefined) return null;
  return (
    <details class="problems">
      <summary>
        <Icon name="warn" />
        <strong>{words.problems.title(format, found.length)}</strong>
        <span class="problems-first">
          {first.title}: {first.trouble.message}
        </span>
      </summary>
      <div class="problems-list">
        {found.map(({ title, trouble }, index) => (
          <TroubleNote key={index} title={title} trouble={trouble} />
        ))}
        <p class="muted">{words.problems.rest}</p>
      </div>
    </details>
  );
}
