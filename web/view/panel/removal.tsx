import type { RemovalView } from "../../model/images.ts";
import { useLanguage } from "../desk.ts";

/** What a removal takes, what it frees, and what stays because others use it. */
export function Removal({ view, shared = 0 }: { readonly view: RemovalView; readonly shared?: number }) {
  const { words, format } = useLanguage();
  const say = words.kept.remove;
  if (view.names.length === 0 && view.images.length === 0) return <p class="muted">{say.nothing}</p>;
  return (
    <div class="removal">
      <ul>
        {view.names.length > 0 && <li>{say.names(format, view.names.length)}</li>}
        {view.images.length > 0 ? (
          <li>{say.images(format, view.images.length)}</li>
        ) : (
          <li class="muted">{say.noImages}</li>
        )}
        {view.layers.length > 0 && <li>{say.layers(format, view.layers.length)}</li>}
      </ul>
      <p>
        <strong>
          {view.frees > 0 ? say.frees(format, view.frees) : view.images.length > 0 && say.freesNothing}
        </strong>
      </p>
      {view.images.length > 0 && shared > 0 && view.frees > 0 && (
        <p class="muted">{say.shared(format, shared)}</p>
      )}
      <details>
        <summary>{say.details}</summary>
        <pre class="printed">{view.lines.join("\n")}</pre>
      </details>
    </div>
  );
}
