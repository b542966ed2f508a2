import type { LayerStanding } from "../../model/archive.ts";
import { useLanguage } from "../desk.ts";

const SIGNS: Readonly<Record<LayerStanding["verdict"], string>> = {
  verified: "M3.5 8.5 6.5 11.5 12.5 4.5",
  pending: "M8 4.5V8l2.5 1.5",
  mismatch: "m4.5 4.5 7 7M11.5 4.5l-7 7",
  failed: "m4.5 4.5 7 7M11.5 4.5l-7 7",
  missing: "M4.5 8h7",
  unverifiable: "M5 8h.1M8 8h.1M11 8h.1",
};

/** What a {@link VerdictMark} shows. */
export interface VerdictMarkProps {
  readonly verdict: LayerStanding["verdict"];
  readonly busy?: boolean;
  /** Whether words beside it say the same already. */
  readonly labelled?: boolean;
}

/** The sign of a verification: tick, clock, cross, dash. The shape tells, not only the colour. */
export function VerdictMark({ verdict, busy = false, labelled = true }: VerdictMarkProps) {
  const { words } = useLanguage();
  const label = words.verification[verdict];
  return (
    <span
      class={`verdict verdict-${verdict}`}
      data-busy={busy}
      title={label}
      role={labelled ? undefined : "img"}
      aria-label={labelled ? undefined : label}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {(verdict === "pending" || verdict === "unverifiable") && <circle cx="8" cy="8" r="6" />}
        <path d={SIGNS[verdict]} />
      </svg>
    </span>
  );
}
