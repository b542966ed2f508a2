import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { visibleName } from "../../model/name.ts";
import { tagOrder } from "../../model/pull-offers.ts";
import { useLanguage } from "../desk.ts";
import { touch } from "../part/media.ts";
import { useVirtual } from "../part/virtual.ts";

/** What a {@link TagList} shows. */
export interface TagListProps {
  readonly tags: readonly string[];
  /** There are more than these. */
  readonly more: boolean;
  readonly chosen: string | undefined;
  readonly choose: (tag: string) => void;
}

/** The tags of a repository: as long as they are, with a filter; arrows move, Enter chooses. */
export function TagList({ tags, more, chosen, choose }: TagListProps) {
  const { words, format } = useLanguage();
  const say = words.registry.look;
  const filter = useSignal("");
  const scroller = useRef<HTMLDivElement>(null);
  const text = filter.value.trim().toLowerCase();
  const shown = tagOrder(tags.filter((tag) => tag.toLowerCase().includes(text)));
  const at = Math.max(0, shown.indexOf(chosen ?? ""));
  const rowHeight = touch.value ? 44 : 24;
  const virtualizer = useVirtual({ count: shown.length, rowHeight, scroller, keep: at });
  const moveTo = (index: number) => {
    const tag = shown[Math.max(0, Math.min(shown.length - 1, index))];
    if (tag === undefined) return;
    choose(tag);
    const target = shown.indexOf(tag);
    virtualizer.scrollToIndex(target);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${target}"]`)?.focus(),
    );
  };
  if (tags.length === 0) return <p class="muted">{say.noTags}</p>;
  return (
    <>
      <label class="field">
        <span>
          {say.tags} ·{" "}
          {more && text === ""
            ? say.countMore(format, tags.length)
            : say.count(format, tags.length, shown.length)}
        </span>
        <input
          type="search"
          aria-label={say.filter}
          placeholder={say.filter}
          value={filter.value}
          spellcheck={false}
          onInput={(event) => (filter.value = event.currentTarget.value)}
        />
      </label>
      {shown.length === 0 && <p class="muted">{say.noMatch}</p>}
      <div
        ref={scroller}
        class="tags-list"
        role="listbox"
        aria-label={say.tags}
        hidden={shown.length === 0}
        onKeyDown={(event) => {
          const step = {
            ArrowDown: 1,
            ArrowUp: -1,
            PageDown: 8,
            PageUp: -8,
            Home: -tags.length,
            End: tags.length,
          }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          moveTo(at + step);
        }}
      >
        <div class="tags-rows" style={{ blockSize: `${virtualizer.getTotalSize()}px` }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const tag = shown[index];
            return (
              tag !== undefined && (
                <button
                  key={tag}
                  type="button"
                  role="option"
                  class="tag-row"
                  data-index={index}
                  tabIndex={index === at ? 0 : -1}
                  aria-selected={tag === chosen}
                  aria-setsize={shown.length}
                  aria-posinset={index + 1}
                  style={{ transform: `translateY(${start}px)`, blockSize: `${rowHeight}px` }}
                  onClick={() => choose(tag)}
                >
                  {visibleName(tag)}
                </button>
              )
            );
          })}
        </div>
      </div>
    </>
  );
}
