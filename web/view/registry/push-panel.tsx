import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import { visibleName } from "../../model/name.ts";
import { newName } from "../../model/new-name.ts";
import type { PushPlan } from "../../model/registries.ts";
import { pushLines } from "../../model/registry-lines.ts";
import { type Trouble, troubleFromWire, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { Digest } from "../part/digest.tsx";
import { RegistryTrouble } from "./registry-trouble.tsx";

/** Milliseconds without a key after which the registry is asked what it has. */
const QUIET_MS = 500;

interface Looked {
  readonly name: string;
  readonly plan?: PushPlan | undefined;
  readonly trouble?: Trouble | undefined;
}

/** Pushes a kept image: under which name, and beforehand what would be sent, taken from elsewhere, or is there already. */
export function PushPanel({ id }: { readonly id: string }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.registry.push;
  const image = desk.kept.find(id);
  const text = useSignal(image?.tags[0] ?? "");
  const looked = useSignal<Looked | undefined>(undefined);
  const again = useSignal(0);
  const asked = newName(text.value);
  const name = "name" in asked ? asked.name : undefined;
  const source = image === undefined ? id : (image.tags.find((tag) => tag === name) ?? image.tags[0] ?? id);
  useEffect(() => {
    const end = new AbortController();
    const look = async () => {
      if (name === undefined) return;
      try {
        const plan = await desk.registries.planPush(source, { target: name }, end.signal);
        looked.value = { name, plan };
      } catch (error) {
        const trouble = troubleOf(error);
        if (!end.signal.aborted) looked.value = { name, trouble };
      }
    };
    looked.value = undefined;
    const timer = setTimeout(() => void look(), looked.peek() === undefined ? 0 : QUIET_MS);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [name, source, again.value]);
  if (image === undefined) return null;
  const current = looked.value?.name === name ? looked.value : undefined;
  const plan = current?.plan;
  const trouble =
    current?.trouble ?? (plan?.problem === undefined ? undefined : troubleFromWire(plan.problem));
  const push = () => {
    if (name === undefined) return;
    desk.panel.value = undefined;
    desk.pane.value = "library";
    void desk.traffic.push(source, name);
  };
  return (
    <Frame
      title={say.title}
      lines={name === undefined ? [] : pushLines(source === id ? shortDigest(id) : source, name)}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (plan !== undefined) push();
        }}
      >
        <label class="field">
          <span>{say.name}</span>
          <input
            type="text"
            autofocus
            list="push-names"
            value={text.value}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="none"
            title={say.nameTerm}
            aria-invalid={"fault" in asked && asked.fault !== "empty"}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        <small class="muted">{say.nameTerm}</small>
        <datalist id="push-names">
          {image.tags.map((tag) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
        {"fault" in asked && <p class="muted">{words.kept.names.reasons[asked.fault]}</p>}
        {name !== undefined && !image.tags.includes(name) && (
          <p class="muted">{say.named(visibleName(name))}</p>
        )}
        {name !== undefined && current === undefined && <p class="muted">{say.looking}</p>}
        {trouble !== undefined && name !== undefined && (
          <>
            <RegistryTrouble trouble={trouble} about={name} atMs={Date.now()} />
            <p>
              <button type="button" class="button" onClick={() => (again.value += 1)}>
                {words.registry.transfer.again}
              </button>
            </p>
          </>
        )}
        {plan !== undefined && <Plan plan={plan} />}
        <div class="panel-actions">
          <button type="submit" class="button button-main" disabled={plan === undefined}>
            <span>{say.button(visibleName(name ?? ""))}</span>
          </button>
        </div>
      </form>
    </Frame>
  );
}

function Plan({ plan }: { readonly plan: PushPlan }) {
  const { words, format } = useLanguage();
  const say = words.registry.push;
  return (
    <>
      <p>
        <strong>{plan.upload > 0 ? say.sum(format, plan.upload) : say.nothing}</strong>
      </p>
      <ul class="part-list" aria-label={say.parts}>
        {plan.parts.map(({ digest, kind, size, action, from }) => (
          <li key={digest} title={digest}>
            <code>{shortDigest(digest)}</code>
            <span data-action={action}>
              {say.kinds[kind]}: {from === undefined ? say[action] : say.mountFrom(visibleName(from))}
            </span>
            <span class="num">{format.bytes(size)}</span>
          </li>
        ))}
      </ul>
      <p>
        {say.digest} <Digest value={plan.digest} what={say.digest} />
      </p>
    </>
  );
}
