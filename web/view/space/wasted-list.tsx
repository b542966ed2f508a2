import { useRef } from "preact/hooks";
import type { ImageView, UsageView } from "../../model/engine.ts";
import { visibleName } from "../../model/name.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { filesPlace } from "../files/file-lists.ts";
import { touch } from "../part/media.ts";
import { Name } from "../part/name.tsx";
import { useVirtual } from "../part/virtual.ts";

/** The paths whose bytes are stored and never seen, largest first; each leads to its history. */
export function WastedList(props: {
  readonly archive: Opened;
  readonly image: ImageView;
  readonly usage: UsageView;
}) {
  const { words, format } = useLanguage();
  const desk = useDesk();
  const scroller = useRef<HTMLDivElement>(null);
  const { wasted } = props.usage;
  const virtualizer = useVirtual({ count: wasted.length, rowHeight: touch.value ? 44 : 24, scroller });
  const go = (node: number) => {
    filesPlace(props.archive, props.image).goal.value = { node };
    desk.go({ archive: props.archive.key, image: props.image.index, tab: "files" });
  };
  return (
    <section aria-labelledby="wasted-title" class="wasted">
      <h2 id="wasted-title">{words.space.wastedList}</h2>
      {wasted.length === 0 ? (
        <p class="muted">{words.space.nothingWasted}</p>
      ) : (
        <div
          ref={scroller}
          class="wasted-scroll"
          role="table"
          aria-labelledby="wasted-title"
          aria-rowcount={wasted.length + 1}
        >
          <div class="wasted-row wasted-head" role="row" aria-rowindex={1}>
            <span role="columnheader">{words.space.path}</span>
            <span role="columnheader">{words.space.kind}</span>
            <span role="columnheader" class="num">
              {words.space.copies}
            </span>
            <span role="columnheader" class="num">
              {words.space.bytes}
            </span>
          </div>
          <div role="rowgroup" class="wasted-body" style={{ blockSize: `${virtualizer.getTotalSize()}px` }}>
            {virtualizer.getVirtualItems().map((item) => {
              const entry = wasted[item.index];
              if (entry === undefined) return null;
              return (
                <div
                  key={item.index}
                  class="wasted-row"
                  role="row"
                  aria-rowindex={item.index + 2}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <span role="cell">
                    <button
                      type="button"
                      class="link"
                      title={visibleName(entry.path)}
                      onClick={() => go(entry.node)}
                    >
                      <Name text={entry.path} />
                    </button>
                  </span>
                  <span role="cell">{words.space.kinds[entry.kind]}</span>
                  <span role="cell" class="num">
                    {format.count(entry.copies)}
                  </span>
                  <span role="cell" class="num">
                    {format.bytes(entry.bytes)}
                  </span>
                </div>
              );
            })}
          </div>
        </div>
      )}
    </section>
  );
}
