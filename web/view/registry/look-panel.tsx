import { useSignal } from "@preact/signals";
import { visibleName } from "../../model/name.ts";
import { tagOrder } from "../../model/pull-offers.ts";
import { askedFor, pastedName } from "../../model/pull-text.ts";
import { lookLines, tagsLines } from "../../model/registry-lines.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { useAnswer } from "../part/answer.ts";
import { RegistryTrouble } from "./registry-trouble.tsx";
import { RemoteImage } from "./remote-image.tsx";
import { TagList } from "./tag-list.tsx";

/** Tags that are listed. */
const TAGS = 20_000;

/** A repository in a registry: its tags, and of the chosen one what a pull would bring. Nothing of it is kept. */
export function LookPanel({
  name,
  platform,
}: {
  readonly name: string;
  readonly platform?: string | undefined;
}) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.registry.look;
  const typed = useSignal(name);
  const asked = useSignal(name);
  const picked = useSignal<string | undefined>(undefined);
  const wanted = useSignal(platform);
  const subject = askedFor(asked.value);
  const repository = "fault" in subject ? undefined : subject.repository;
  const {
    value: list,
    trouble,
    settled,
  } = useAnswer(
    () => (repository === undefined ? undefined : desk.registries.tags(repository, { limit: TAGS })),
    [repository],
  ).value;
  const tags = list?.tags ?? [];
  const given = "fault" in subject ? undefined : subject.tag;
  const digest = !("fault" in subject) && subject.name.includes("@");
  const usual = tags.includes("latest") ? "latest" : tagOrder(tags)[0];
  const tag = picked.value ?? given ?? (trouble === undefined ? usual : "latest");
  let reference: string | undefined;
  if (!("fault" in subject)) {
    if (digest && picked.value === undefined) reference = subject.name;
    else if (tag !== undefined) reference = `${subject.repository}:${tag}`;
  }
  return (
    <Frame
      title={repository === undefined ? say.title : visibleName(repository)}
      lines={
        reference === undefined
          ? repository === undefined
            ? []
            : tagsLines(repository)
          : lookLines(reference, wanted.value)
      }
    >
      <form
        class="look-form"
        onSubmit={(event) => {
          event.preventDefault();
          picked.value = undefined;
          wanted.value = undefined;
          asked.value = pastedName(typed.value);
        }}
      >
        <input
          type="text"
          aria-label={say.name}
          value={typed.value}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
        <button type="submit" class="button">
          {say.action}
        </button>
      </form>
      {"fault" in subject && typed.value.trim() !== "" && (
        <p class="loss">{words.registry.field.notName(subject.fault)}</p>
      )}
      {!settled && repository !== undefined && list === undefined && <p class="muted">{say.readingTags}</p>}
      {trouble !== undefined && repository !== undefined && (
        <RegistryTrouble trouble={trouble} about={repository} atMs={Date.now()} />
      )}
      {list !== undefined && (
        <TagList
          tags={tags}
          more={list.more}
          chosen={digest && picked.value === undefined ? undefined : tag}
          choose={(next) => (picked.value = next)}
        />
      )}
      {reference !== undefined && (list !== undefined || trouble !== undefined) && (
        <RemoteImage reference={reference} platform={wanted} quiet={trouble !== undefined} />
      )}
    </Frame>
  );
}
