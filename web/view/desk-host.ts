import type { ReadonlySignal } from "@preact/signals";
import type { Language } from "../model/language.ts";
import type { Route } from "../model/route.ts";
import type { Trouble } from "../model/trouble.ts";

/** What a notice says beside a failure. */
export interface Telling {
  readonly title: string;
  readonly text?: string | undefined;
  readonly action?:
    | {
        readonly label: string;
        readonly run: () => void;
        /** It takes the last change back: Ctrl+Z does it as well. */
        readonly undo?: boolean;
      }
    | undefined;
  /** Milliseconds after which it goes by itself. */
  readonly forMs?: number | undefined;
}

/** What the parts of a desk need of it: where the reader is, and ways to speak to them. */
export interface DeskHost {
  readonly route: ReadonlySignal<Route | undefined>;
  readonly language: ReadonlySignal<Language>;
  /** Moves to `route`; `replace` leaves no step in the browser's history. */
  go(route: Route | undefined, options?: { readonly replace?: boolean }): void;
  say(text: string): void;
  /** Shows a failure, and says it. */
  fail(title: string, trouble: Trouble): void;
  /** Shows what has come of something, and says it. */
  tell(telling: Telling): void;
}
