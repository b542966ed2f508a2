import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import { type CommitFields, changeLines, fieldsOf, leavesOut } from "../../model/draft-changes.ts";
import { commitLines } from "../../model/draft-lines.ts";
import { visibleName } from "../../model/name.ts";
import { newName } from "../../model/new-name.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { useAnswer } from "../part/answer.ts";
import { TroubleNote } from "../part/trouble-note.tsx";
import type { DraftProps } from "./draft-props.ts";

/** What a commit takes of the form's settings, by the instruction that sets each. */
const INSTRUCTIONS = [
  ["entrypoint", "ENTRYPOINT"],
  ["cmd", "CMD"],
  ["user", "USER"],
  ["workingDir", "WORKDIR"],
  ["env", "ENV"],
  ["ports", "EXPOSE"],
  ["volumes", "VOLUME"],
  ["labels", "LABEL"],
] as const;

const LONG: ReadonlySet<string> = new Set(["env", "ports", "volumes", "labels"]);

/** Makes an image of a draft: its name, what the new layer will hold, how it is started. */
export function CommitPanel({ draft }: Pick<DraftProps, "draft">) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.drafts.commitPanel;
  const standing = draft.standing.value;
  const plan = useAnswer(() => draft.handle.planCommit(), [standing?.revision]).value;
  const name = useSignal("");
  const message = useSignal("");
  const author = useSignal("");
  const fields = useSignal<CommitFields | undefined>(undefined);
  const progress = useSignal<{ readonly done: number; readonly total: number } | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  const settings = plan.value?.settings;
  useEffect(() => {
    if (settings !== undefined) fields.value ??= fieldsOf(settings);
  }, [settings]);
  const asked = newName(name.value);
  const wrong = "fault" in asked && asked.fault !== "empty";
  const named = "name" in asked ? asked.name : undefined;
  const holder = desk.kept.state.value.images.find(({ tags }) => named !== undefined && tags.includes(named));
  const before = settings && fieldsOf(settings);
  const changes = before === undefined || fields.value === undefined ? [] : changeLines(before, fields.value);
  const left = before !== undefined && fields.value !== undefined && leavesOut(before, fields.value);
  const request = {
    names: named === undefined ? [] : [named],
    message: message.value.trim(),
    author: author.value.trim(),
    changes,
  };
  const busy = progress.value !== undefined;
  const commit = async () => {
    trouble.value = undefined;
    progress.value = { done: 0, total: 0 };
    try {
      const id = await draft.handle.commit(request, {
        listen: (told) => {
          progress.value = told;
        },
      });
      desk.panel.value = undefined;
      desk.tell({ title: say.done(named ?? shortDigest(id)), text: say.keepDraft });
      desk.go({ archive: id, image: 0, tab: "files" });
    } catch (error) {
      trouble.value = troubleOf(error);
      progress.value = undefined;
    }
  };
  const entries = plan.value?.entries ?? 0;
  return (
    <Frame title={say.title} lines={standing === undefined ? [] : commitLines(standing.name, request)}>
      <form
        class="commit-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong && !busy) void commit();
        }}
      >
        <label class="field">
          <span>{say.name}</span>
          <input
            type="text"
            autofocus
            value={name.value}
            placeholder={say.nameTerm}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="none"
            aria-invalid={wrong}
            onInput={(event) => (name.value = event.currentTarget.value)}
          />
        </label>
        <p class={wrong ? "loss" : "muted"} aria-live="polite">
          {wrong && words.kept.names.reasons[asked.fault]}
          {!wrong && holder !== undefined && named !== undefined && say.taken(visibleName(named))}
        </p>
        <Line label={say.message} value={message.value} set={(text) => (message.value = text)} />
        <Line label={say.author} value={author.value} set={(text) => (author.value = text)} />
        <dl class="commit-layer">
          <dt>{say.layer}</dt>
          <dd>
            {plan.value === undefined
              ? "…"
              : entries === 0
                ? say.nothing
                : say.layerIs(format, entries, plan.value.bytes)}
          </dd>
        </dl>
        <details>
          <summary>{say.settings}</summary>
          <p class="muted">{say.settingsTerm}</p>
          {fields.value !== undefined && (
            <Settings
              fields={fields.value}
              set={(key, text) => {
                if (fields.value !== undefined) fields.value = { ...fields.value, [key]: text };
              }}
            />
          )}
          {left && <p class="loss">{say.onlyAdds}</p>}
        </details>
        {changes.length > 0 && (
          <pre class="printed">{changes.map((line) => `--change ${line}`).join("\n")}</pre>
        )}
        {plan.trouble !== undefined && <TroubleNote trouble={plan.trouble} />}
        {trouble.value !== undefined && (
          <TroubleNote title={words.drafts.failedTo.commit} trouble={trouble.value}>
            <p>{words.drafts.failedTo.nothing}</p>
          </TroubleNote>
        )}
        {busy && (progress.value?.total ?? 0) > 0 && (
          <p class="in-motion">
            {say.working(format, progress.value?.done ?? 0, progress.value?.total ?? 0)}
          </p>
        )}
        <div class="panel-actions">
          <button
            type="submit"
            class="button button-main"
            disabled={wrong || busy || plan.value === undefined}
          >
            {say.action}
          </button>
        </div>
      </form>
    </Frame>
  );
}

function Line(props: {
  readonly label: string;
  readonly value: string;
  readonly set: (text: string) => void;
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        type="text"
        value={props.value}
        autocomplete="off"
        onInput={(event) => props.set(event.currentTarget.value)}
      />
    </label>
  );
}

function Settings(props: {
  readonly fields: CommitFields;
  readonly set: (key: keyof CommitFields, text: string) => void;
}) {
  const { words } = useLanguage();
  const say = words.drafts.commitPanel;
  return (
    <>
      {INSTRUCTIONS.map(([key, label]) => (
        <label key={key} class="field">
          <span>
            <code>{label}</code> <span class="muted">{say.terms[key]}</span>
          </span>
          {LONG.has(key) ? (
            <textarea
              rows={Math.min(6, 1 + props.fields[key].split("\n").length)}
              value={props.fields[key]}
              spellcheck={false}
              onInput={(event) => props.set(key, event.currentTarget.value)}
            />
          ) : (
            <input
              type="text"
              value={props.fields[key]}
              spellcheck={false}
              autocomplete="off"
              autocapitalize="none"
              onInput={(event) => props.set(key, event.currentTarget.value)}
            />
          )}
        </label>
      ))}
      <label class="field">
        <span>{say.lines}</span>
        <textarea
          rows={2}
          value={props.fields.lines}
          spellcheck={false}
          title={say.linesTerm}
          onInput={(event) => props.set("lines", event.currentTarget.value)}
        />
      </label>
    </>
  );
}
