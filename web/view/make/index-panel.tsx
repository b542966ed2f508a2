import { useSignal } from "@preact/signals";
import { shortDigest } from "../../model/archive.ts";
import { indexLines } from "../../model/make-lines.ts";
import { visibleName } from "../../model/name.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { showKept } from "../kept/show-kept.ts";
import { Frame } from "../panel/frame.tsx";
import { useAnswer } from "../part/answer.ts";
import { Icon } from "../part/icon.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { NameField, nameIn } from "./name-field.tsx";

/** One image for several platforms: made of kept images, or of some of the platforms of one. */
export function IndexPanel({ refs }: { readonly refs: readonly string[] }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.make.index;
  const from = useSignal(refs);
  const left = useSignal<ReadonlySet<string>>(new Set());
  const name = useSignal("");
  const trouble = useSignal<Trouble | undefined>(undefined);
  const busy = useSignal(false);
  const asked = useAnswer(() => desk.making.platforms(from.value), [from.value.join(" ")]).value;
  const platforms = asked.value ?? [];
  const chosen = platforms.filter(({ digest }) => !left.value.has(digest));
  const counts = new Map<string, number>();
  for (const { platform } of chosen) counts.set(platform, (counts.get(platform) ?? 0) + 1);
  const twice = [...counts].find(([, count]) => count > 1)?.[0];
  const title = nameIn(name.value);
  const others = desk.kept.state.value.images.flatMap(({ id, tags }) => {
    const ref = tags[0] ?? id;
    return from.value.includes(ref) ? [] : [{ ref, title: tags[0] ?? shortDigest(id) }];
  });
  const make = async () => {
    if (title === undefined || title === "" || chosen.length === 0 || busy.peek()) return;
    busy.value = true;
    trouble.value = undefined;
    try {
      const digests = chosen.map(({ digest }) => digest);
      const made = await desk.making.makeIndex({ refs: from.peek(), digests, names: [title] });
      desk.panel.value = undefined;
      desk.tell({ title: say.made(format, visibleName(title), digests.length) });
      // What is open of it may be one platform alone.
      const open = desk.kept.opened.peek().find(({ key }) => key === made.id);
      if (open !== undefined) desk.kept.close(open);
      desk.kept.open(made.id);
      showKept(desk, made.id);
    } catch (error) {
      trouble.value = troubleOf(error);
    }
    busy.value = false;
  };
  return (
    <Frame
      title={say.title}
      lines={indexLines(from.value, {
        name: title ?? "",
        platforms: chosen.length < platforms.length ? chosen.map(({ platform }) => platform) : undefined,
      })}
    >
      <p class="muted">{say.about}</p>
      <div>
        <p class="muted">{say.images}</p>
        <ul class="name-list">
          {from.value.map((ref) => (
            <li key={ref}>
              <code>{visibleName(ref.startsWith("sha256:") ? shortDigest(ref) : ref)}</code>
              <button
                type="button"
                class="icon-button"
                aria-label={words.make.drop(visibleName(ref))}
                onClick={() => (from.value = from.value.filter((one) => one !== ref))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
        <label class="field">
          <span>{say.addImage}</span>
          <select
            value=""
            onChange={({ currentTarget }) => {
              if (currentTarget.value !== "") from.value = [...from.value, currentTarget.value];
              currentTarget.value = "";
            }}
          >
            <option value="">{say.choose}</option>
            {others.map(({ ref, title: text }) => (
              <option key={ref} value={ref}>
                {visibleName(text)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <fieldset class="choices">
        <legend>{say.platforms}</legend>
        {platforms.map(({ platform, digest, ref }) => (
          <label key={digest} class="check">
            <input
              type="checkbox"
              checked={!left.value.has(digest)}
              onChange={() => {
                const next = new Set(left.peek());
                if (!next.delete(digest)) next.add(digest);
                left.value = next;
              }}
            />
            <strong>{platform}</strong>
            <span class="muted">
              {visibleName(ref.startsWith("sha256:") ? shortDigest(ref) : ref)} · {shortDigest(digest)}
            </span>
          </label>
        ))}
      </fieldset>
      {asked.trouble !== undefined && <TroubleNote trouble={asked.trouble} />}
      {twice !== undefined && <p class="loss">{say.twice(twice)}</p>}
      {chosen.length === 0 && asked.settled && <p class="loss">{say.few}</p>}
      {trouble.value !== undefined && (
        <div role="alert">
          <TroubleNote trouble={trouble.value} title={say.failed} advice={false} />
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <NameField text={name} />
        {title === "" && <p class="muted">{say.needName}</p>}
        <div class="panel-actions">
          <button
            type="submit"
            class="button button-main"
            disabled={
              title === undefined ||
              title === "" ||
              chosen.length === 0 ||
              twice !== undefined ||
              busy.value ||
              !asked.settled
            }
          >
            {say.action}
          </button>
        </div>
      </form>
    </Frame>
  );
}
