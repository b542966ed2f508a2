import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type AssembledEdits, assemble, type PendingEdit, withEdit } from "../../model/make-edits.ts";
import {
  type NamedField,
  namedChange,
  namedField,
  type SettingsForm,
  settingsEdit,
  settingsForm,
} from "../../model/make-settings.ts";
import type { EditPlan, EditProgress, EditSubject, MadeImage, Making } from "../../model/making.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";

/** An image with what is to be changed of it. It outlives the panel, so that a closed one can be opened again. */
export interface ChangeBench {
  readonly subject: EditSubject;
  readonly form: Signal<SettingsForm>;
  readonly annotations: Signal<readonly NamedField[]>;
  /** What new layers are stored with. */
  readonly compression: Signal<"gzip" | "none">;
  /** All that waits, settings and annotations included. */
  readonly pending: ReadonlySignal<readonly PendingEdit[]>;
  readonly assembled: ReadonlySignal<AssembledEdits>;
  readonly plan: Signal<EditPlan | undefined>;
  /** While edits are made: how far they are. */
  readonly progress: ReadonlySignal<EditProgress | "begin" | undefined>;
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  add(edit: PendingEdit): void;
  drop(edit: PendingEdit): void;
  /** Makes the edits, as far as a plan. */
  show(): Promise<void>;
  stop(): void;
  keep(names: readonly string[]): Promise<MadeImage | undefined>;
  discard(): void;
}

/** A name for an edit that no other has. */
let keys = 0;
export const newKey = (): string => `edit ${keys++}`;

/** The bench of one image. */
export function createChangeBench(making: Making, subject: EditSubject): ChangeBench {
  const fields = () => subject.annotations.map(([name, value]) => namedField(name, value));
  const form = signal(settingsForm(subject.settings));
  const annotations = signal<readonly NamedField[]>(fields());
  const compression = signal<"gzip" | "none">("gzip");
  const listed = signal<readonly PendingEdit[]>([]);
  const plan = signal<EditPlan | undefined>(undefined);
  const progress = signal<EditProgress | "begin" | undefined>(undefined);
  const trouble = signal<Trouble | undefined>(undefined);
  let end: AbortController | undefined;
  const pending = computed(() => {
    let all = listed.value;
    const change = settingsEdit(subject.settings, form.value);
    if (change !== undefined) all = withEdit(all, { key: "settings", kind: "settings", change });
    const named = namedChange(subject.annotations, annotations.value);
    if (named !== undefined) all = withEdit(all, { key: "annotations", kind: "annotations", change: named });
    return all;
  });
  const assembled = computed(() => assemble(subject, pending.value));
  const discard = (): void => {
    const held = plan.peek();
    plan.value = undefined;
    if (held !== undefined) void making.discardEdit(held.plan).catch(() => {});
  };
  return {
    subject,
    form,
    annotations,
    compression,
    pending,
    assembled,
    plan,
    progress,
    trouble,
    add(edit) {
      trouble.value = undefined;
      listed.value = withEdit(listed.peek(), edit);
    },
    drop({ key, kind }) {
      trouble.value = undefined;
      if (kind === "settings") form.value = settingsForm(subject.settings);
      else if (kind === "annotations") annotations.value = fields();
      else listed.value = listed.peek().filter((edit) => edit.key !== key);
    },
    async show() {
      discard();
      end?.abort();
      const own = new AbortController();
      end = own;
      trouble.value = undefined;
      progress.value = "begin";
      const { edits, compression: all } = assembled.peek();
      try {
        const made = await making.planEdit(
          { ref: subject.id, edits, compression: all ?? compression.peek() },
          {
            signal: own.signal,
            listen(told) {
              if (!own.signal.aborted) progress.value = told;
            },
          },
        );
        if (own.signal.aborted) void making.discardEdit(made.plan).catch(() => {});
        else plan.value = made;
      } catch (error) {
        if (!own.signal.aborted) trouble.value = troubleOf(error);
      }
      if (end === own) progress.value = undefined;
    },
    stop() {
      end?.abort();
      progress.value = undefined;
    },
    async keep(names) {
      const held = plan.peek();
      if (held === undefined) return undefined;
      try {
        const made = await making.keepEdit(held.plan, names);
        plan.value = undefined;
        return made;
      } catch (error) {
        // The plan is gone with the attempt: it has to be made again.
        plan.value = undefined;
        trouble.value = troubleOf(error);
        return undefined;
      }
    },
    discard,
  };
}
