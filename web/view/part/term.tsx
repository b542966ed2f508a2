import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** Words with a one-line explanation on hover and focus. */
export function Term({ means, children }: { readonly means: string; readonly children: ComponentChildren }) {
  const id = useId();
  return (
    <span class="term">
      <button type="button" class="term-word" aria-describedby={id}>
        {children}
      </button>
      <span id={id} role="tooltip" class="term-text">
        {means}
      </span>
    </span>
  );
}
