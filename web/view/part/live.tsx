import { useDesk } from "../desk.ts";

/** Says what happened to those who do not see it. */
export function Live() {
  return (
    <div class="offscreen" role="status" aria-live="polite">
      {useDesk().said}
    </div>
  );
}
