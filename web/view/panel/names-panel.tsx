import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import { tagLines } from "../../model/kept-lines.ts";
import { visibleName } from "../../model/name.ts";
import { newName } from "../../model/new-name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { Name } from "../part/name.tsx";
import { Frame } from "./frame.tsx";

/** The names of a kept image: each can be taken away, and others added. */
export function NamesPanel({ id }: { readonly id: string }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.kept.names;
  const text = useSignal("");
  const hint = useId();
  const image = desk.kept.find(id);
  const asked = newName(text.value);
  const name = "name" in asked ? asked.name : undefined;
  const holder = desk.kept.state.value.images.find(({ tags }) => name !== undefined && tags.includes(name));
  const wrong = "fault" in asked && asked.fault !== "empty";
  if (image === undefined) return null;
  const had = holder?.id === id;
  let told = "";
  if ("fault" in asked) told = say.reasons[asked.fault];
  else if (had) told = say.has(asked.name);
  else if (holder === undefined) told = say.adds(asked.name);
  else if (holder.tags.length === 1) told = say.movesLast(asked.name, shortDigest(holder.id));
  else told = say.moves(asked.name, shortDigest(holder.id));
  const untag = (tag: string) =>
    void desk.kept.change(say.title, desk.kept.images.untag(tag), () => ({
      title: say.untagged(visibleName(tag)),
    }));
  const add = async () => {
    if (name === undefined || had) return;
    const done = await desk.kept.change(say.title, desk.kept.images.tag(id, name), () => ({
      title: say.tagged(visibleName(name)),
    }));
    if (done !== undefined) text.value = "";
  };
  return (
    <Frame
      title={say.title}
      lines={name === undefined ? [] : tagLines(image.tags[0] ?? shortDigest(id), name)}
    >
      <p class="muted">
        {say.about} · <code>{shortDigest(id)}</code>
      </p>
      {image.tags.length === 0 && <p>{say.none}</p>}
      <ul class="name-list">
        {image.tags.map((tag) => (
          <li key={tag}>
            <Name text={tag} />
            <button
              type="button"
              class="icon-button"
              aria-label={say.untag(visibleName(tag))}
              title={say.untag(visibleName(tag))}
              onClick={() => untag(tag)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
        {image.repoDigests.map((digest) => (
          <li key={digest} class="muted">
            <code class="whole">{visibleName(digest)}</code>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <label class="field">
          <span>{say.add}</span>
          <input
            type="text"
            autofocus
            value={text.value}
            placeholder={say.placeholder}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="none"
            aria-invalid={wrong}
            aria-describedby={hint}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <p id={hint} class={wrong ? "loss" : "muted"} aria-live="polite">
          {told}
        </p>
        <div class="panel-actions">
          <button type="submit" class="button" disabled={name === undefined || had}>
            {holder === undefined || had ? say.action : say.move}
          </button>
        </div>
      </form>
    </Frame>
  );
}
