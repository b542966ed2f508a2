import { normalizeProps, useMachine } from "@zag-js/preact";
import * as zagSplitter from "@zag-js/splitter";
import type { ComponentChildren } from "preact";
import { Fragment } from "preact";
import { useId } from "preact/hooks";

/** One of the panes a {@link Splitter} sets side by side. */
export interface SplitPane {
  readonly id: string;
  /** CSS length. */
  readonly min: string;
  /** CSS length it starts with. */
  readonly start: string;
  /** What the handle before it does, for screen readers. */
  readonly handle?: string;
  readonly content: ComponentChildren;
}

/** Panes side by side with handles between them, moved by pointer or arrow keys. */
export function Splitter({ panes }: { readonly panes: readonly SplitPane[] }) {
  const service = useMachine(zagSplitter.machine, {
    id: useId(),
    panels: panes.map(({ id, min }) => ({ id, minSize: min })),
    defaultSize: panes.map((pane) => pane.start),
    keyboardResizeBy: 2,
  });
  const api = zagSplitter.connect(service, normalizeProps);
  return (
    <div {...api.getRootProps()} class="splitter">
      {panes.map((pane, index) => {
        const before = panes[index - 1];
        return (
          <Fragment key={pane.id}>
            {before !== undefined && (
              <div
                {...api.getResizeTriggerProps({ id: `${before.id}:${pane.id}` })}
                class="split-handle"
                aria-label={pane.handle}
              />
            )}
            <div {...api.getPanelProps({ id: pane.id })} class="split-pane">
              {pane.content}
            </div>
          </Fragment>
        );
      })}
    </div>
  );
}
