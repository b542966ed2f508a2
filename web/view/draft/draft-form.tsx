import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { canMove, folderOf, isFileName, joined, modeOf, nameIn, ownerOf } from "../../model/draft-paths.ts";
import type { DraftEdit } from "../../model/drafts.ts";
import { octalMode } from "../../model/mode.ts";
import { visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { type DraftActions, movedTo } from "./draft-actions.ts";
import type { DraftForm, DraftPlace } from "./draft-place.ts";

/** What a form of a draft works with. */
export interface FormProps {
  readonly place: DraftPlace;
  readonly actions: DraftActions;
}

/** The form above the files, while there is one. It closes when its change is made, or by Escape. */
export function FormPlace({ place, actions }: FormProps) {
  const form = place.form.value;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (form !== undefined) box.current?.querySelector<HTMLInputElement>("input")?.select();
  }, [form]);
  if (form === undefined) return null;
  const close = () => {
    place.form.value = undefined;
    document.querySelector<HTMLElement>(".tree [role=row][tabindex='0']")?.focus();
  };
  return (
    <div
      ref={box}
      class="draft-form"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <Fields form={form} place={place} actions={actions} close={close} />
    </div>
  );
}

type FieldsProps<K extends DraftForm["kind"]> = FormProps & {
  readonly form: Extract<DraftForm, { readonly kind: K }>;
  readonly close: () => void;
};

function Fields({ form, ...props }: FormProps & { readonly form: DraftForm; readonly close: () => void }) {
  switch (form.kind) {
    case "rename":
      return <RenameForm key={form.path} form={form} {...props} />;
    case "move":
      return <MoveForm key={form.paths.join()} form={form} {...props} />;
    case "attributes":
      return <AttributesForm key={form.targets.map(({ node }) => node).join()} form={form} {...props} />;
    default:
      return <NewForm key={form.kind + form.folder} form={{ ...form, kind: form.kind }} {...props} />;
  }
}

/** A form's own parts: its heading, its fields, what is wrong with them, its buttons. */
function Frame(props: {
  readonly title: string;
  readonly wrong: string | undefined;
  readonly action: string;
  readonly close: () => void;
  readonly submit: () => void;
  readonly children: preact.ComponentChildren;
}) {
  const { words } = useLanguage();
  const id = useId();
  return (
    <form
      aria-labelledby={id}
      onSubmit={(event) => {
        event.preventDefault();
        if (props.wrong === undefined) props.submit();
      }}
    >
      <h3 id={id}>{props.title}</h3>
      <div class="draft-fields">{props.children}</div>
      <p class="loss" aria-live="polite">
        {props.wrong}
      </p>
      <div class="draft-form-actions">
        <button type="submit" class="button button-main" disabled={props.wrong !== undefined}>
          {props.action}
        </button>
        <button type="button" class="button" onClick={props.close}>
          {words.drafts.form.cancel}
        </button>
      </div>
    </form>
  );
}

function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly means?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly set: (text: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="text"
        title={props.means}
        aria-describedby={props.means === undefined ? undefined : `${id}-means`}
        value={props.value}
        placeholder={props.placeholder}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="none"
        onInput={(event) => props.set(event.currentTarget.value)}
      />
      {props.means !== undefined && (
        <span id={`${id}-means`} class="offscreen">
          {props.means}
        </span>
      )}
    </div>
  );
}

function NewForm({ form, place, actions, close }: FieldsProps<"file" | "directory" | "symlink">) {
  const { words } = useLanguage();
  const say = words.drafts.form;
  const name = useSignal("");
  const link = useSignal("");
  const { kind, folder } = form;
  const titles = { file: say.newFile, directory: say.newDirectory, symlink: say.newSymlink };
  // Folders may be named on the way: they are made.
  const parts = name.value.replace(/\/+$/u, "").split("/");
  const touched = name.value !== "";
  const named = parts.every(isFileName);
  const wrong = named ? (kind === "symlink" && link.value === "" ? say.badLink : undefined) : say.badName;
  const submit = async () => {
    const path = joined(folder, parts.join("/"));
    const parents = parts.length > 1;
    const edit: DraftEdit =
      kind === "symlink"
        ? { kind, path, link: link.value }
        : kind === "file"
          ? { kind, path, parents, content: new Blob([]) }
          : { kind, path, parents };
    close();
    const made = await actions.worker.edit([edit], {
      done: words.drafts.did.made(path),
      failed: words.drafts.failedTo.made,
      reveal: path,
    });
    // What was typed is not lost when it did not go.
    if (!made) place.form.value = form;
  };
  return (
    <Frame
      title={`${titles[kind]} ${say.in(visibleName(folder))}`}
      wrong={touched ? wrong : undefined}
      action={say.make}
      close={close}
      submit={() => wrong === undefined && void submit()}
    >
      <Field label={say.name} value={name.value} set={(text) => (name.value = text)} />
      {kind === "symlink" && (
        <Field label={say.link} value={link.value} set={(text) => (link.value = text)} />
      )}
    </Frame>
  );
}

function RenameForm({ form, actions, close }: FieldsProps<"rename">) {
  const { words, format } = useLanguage();
  const say = words.drafts.form;
  const { path } = form;
  const name = useSignal(nameIn(path));
  const wrong = isFileName(name.value) ? undefined : say.badName;
  const submit = async () => {
    close();
    const to = joined(folderOf(path), name.value);
    if (to === path) return;
    await actions.worker.edit([{ kind: "move", path, to }], {
      done: words.drafts.did.moved(format, 1, to),
      failed: words.drafts.failedTo.moved,
      reveal: to,
    });
  };
  return (
    <Frame
      title={say.rename(visibleName(path))}
      wrong={wrong}
      action={words.drafts.renameAction}
      close={close}
      submit={() => void submit()}
    >
      <Field label={say.name} value={name.value} set={(text) => (name.value = text)} />
    </Frame>
  );
}

function MoveForm({ form, actions, close }: FieldsProps<"move">) {
  const { words, format } = useLanguage();
  const say = words.drafts.form;
  const { paths } = form;
  const folder = useSignal(folderOf(paths[0] ?? "/"));
  const wrong = folder.value.startsWith("/") ? undefined : say.badPath;
  const submit = async () => {
    close();
    const to = folder.value.replace(/(.)\/+$/u, "$1");
    const moved = paths.filter((path) => canMove(path, to));
    await actions.worker.edit(
      moved.map((path) => ({ kind: "move", path, to: movedTo(path, to) })),
      {
        done: words.drafts.did.moved(format, moved.length, to),
        failed: words.drafts.failedTo.moved,
        reveal: moved[0] === undefined ? undefined : movedTo(moved[0], to),
      },
    );
  };
  return (
    <Frame
      title={say.move(format, paths.length)}
      wrong={wrong}
      action={say.apply}
      close={close}
      submit={() => void submit()}
    >
      <Field label={say.moveTo} value={folder.value} set={(text) => (folder.value = text)} />
    </Frame>
  );
}

function AttributesForm({ form, actions, close }: FieldsProps<"attributes">) {
  const desk = useDesk();
  const { words, format } = desk.language.value;
  const say = words.drafts.form;
  const { targets } = form;
  const [first] = targets;
  const one = targets.length === 1 ? first : undefined;
  const mode = useSignal(one === undefined ? "" : octalMode(one.row.mode));
  const owner = useSignal(one === undefined ? "" : `${one.row.uid}:${one.row.gid}`);
  const below = useSignal(false);
  const folders = targets.some(({ row }) => row.type === "dir");
  const newMode = mode.value.trim() === "" ? undefined : modeOf(mode.value);
  const newOwner = owner.value.trim() === "" ? undefined : ownerOf(owner.value);
  const badMode = mode.value.trim() !== "" && newMode === undefined;
  const badOwner = owner.value.trim() !== "" && newOwner === undefined;
  const wrong = badMode ? say.badMode : badOwner ? say.badOwner : undefined;
  const submit = async () => {
    close();
    const edits = targets.flatMap(({ path, row }): DraftEdit[] => {
      const deep = below.value && row.type === "dir";
      const ownerDiffers =
        newOwner !== undefined && (deep || row.uid !== newOwner.uid || row.gid !== newOwner.gid);
      return [
        // chown clears setuid where there is a kernel; here the mode that is asked for comes last and stands.
        ...(ownerDiffers ? [{ kind: "owner", path, ...newOwner, below: deep } as const] : []),
        ...(newMode !== undefined && (deep || (row.mode & 0o7777) !== newMode)
          ? [{ kind: "mode", path, mode: newMode, below: deep } as const]
          : []),
      ];
    });
    await actions.worker.edit(edits, {
      done: words.drafts.did.changed(format, targets.length),
      failed: words.drafts.failedTo.changed,
    });
  };
  return (
    <Frame
      title={say.attributes(format, targets.length)}
      wrong={wrong}
      action={say.apply}
      close={close}
      submit={() => void submit()}
    >
      <Field
        label={say.mode}
        means={say.modeTerm}
        value={mode.value}
        placeholder="0644"
        set={(text) => (mode.value = text)}
      />
      <Field
        label={say.owner}
        means={say.ownerTerm}
        value={owner.value}
        placeholder="0:0"
        set={(text) => (owner.value = text)}
      />
      {folders && (
        <label class="check">
          <input
            type="checkbox"
            checked={below.value}
            onChange={(event) => (below.value = event.currentTarget.checked)}
          />
          {say.below}
        </label>
      )}
    </Frame>
  );
}
