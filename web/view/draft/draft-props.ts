import type { Opened } from "../opened.ts";

/** What a draft's pane shows. */
export interface DraftProps {
  readonly archive: Opened;
  readonly draft: NonNullable<Opened["draft"]>;
}
