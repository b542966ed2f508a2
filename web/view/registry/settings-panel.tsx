import { useSignal } from "@preact/signals";
import { insecureAddress } from "../../model/proxy-address.ts";
import { DEFAULT_REGISTRY_SETTINGS } from "../../model/registries.ts";
import { type Trouble, troubleFromWire, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { useAnswer } from "../part/answer.ts";
import { TroubleNote } from "../part/trouble-note.tsx";
import { Field } from "./field.tsx";

const linesOf = (text: string): readonly string[] => text.split(/[\n,]/u).map((line) => line.trim());

/** How registries are reached: proxy, access key, those asked without it, mirrors of Docker Hub; and what the proxy says of itself. */
export function SettingsPanel() {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.registry.settings;
  const { settings } = desk.registries;
  const proxy = useSignal(settings.proxy);
  const accessKey = useSignal(settings.accessKey);
  const direct = useSignal(settings.direct.join("\n"));
  const mirrors = useSignal(settings.mirrors.join("\n"));
  const trouble = useSignal<Trouble | undefined>(undefined);
  const asked = useSignal(0);
  const unsafe = [proxy.value, ...linesOf(mirrors.value)].find((address) => insecureAddress(address));
  const set = (next: typeof settings) => {
    trouble.value = undefined;
    try {
      desk.registries.configure(next);
      asked.value += 1;
      desk.tell({ title: say.saved });
    } catch (error) {
      trouble.value = troubleOf(error);
    }
  };
  const reset = () => {
    proxy.value = "";
    accessKey.value = "";
    direct.value = "";
    mirrors.value = "";
    set(DEFAULT_REGISTRY_SETTINGS);
  };
  return (
    <Frame title={say.title}>
      <p class="muted">{say.about}</p>
      <ProxyState key={asked.value} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set({
            proxy: proxy.value,
            accessKey: accessKey.value,
            direct: linesOf(direct.value),
            mirrors: linesOf(mirrors.value),
          });
        }}
      >
        <Field label={say.proxy} term={say.proxyTerm} value={proxy} placeholder={say.proxyPlaceholder} />
        <Field label={say.key} term={say.keyTerm} value={accessKey} kind="password" />
        <Field label={say.direct} term={say.directTerm} value={direct} kind="lines" />
        <Field label={say.mirrors} term={say.mirrorsTerm} value={mirrors} kind="lines" />
        {unsafe !== undefined && <p class="loss">{say.policy(unsafe)}</p>}
        {trouble.value !== undefined && (
          <div role="alert">
            <TroubleNote title={say.invalid} trouble={trouble.value} advice={false} />
          </div>
        )}
        <div class="panel-actions">
          <button
            type="button"
            class="button button-quiet"
            onClick={() => (desk.panel.value = { kind: "login" })}
          >
            {say.logins}
          </button>
          <button type="button" class="button button-quiet" onClick={reset}>
            {say.reset}
          </button>
          <button type="submit" class="button button-main">
            {say.save}
          </button>
        </div>
      </form>
    </Frame>
  );
}

/** What the proxy says of itself. */
function ProxyState() {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.registry.settings;
  const facts = useAnswer(() => desk.registries.proxy(), []).value.value;
  if (facts === undefined) return <p class="muted">{say.asking}</p>;
  const { address, problem, registries, write, chunk, needsKey } = facts;
  if (problem !== undefined) {
    return (
      <TroubleNote title={say.notOk(address)} trouble={troubleFromWire(problem)} advice={false}>
        {needsKey && <p>{say.needsKey}</p>}
      </TroubleNote>
    );
  }
  return (
    <div role="status">
      <p>
        {say.ok(address)}{" "}
        {registries === undefined && !needsKey ? say.foreign : write ? say.write : say.readOnly}{" "}
        {chunk !== undefined && say.chunk(format, chunk)} {needsKey && say.needsKey}
      </p>
      {registries !== undefined && registries.length > 0 && (
        <p class="muted">
          {say.leads} {registries.map(({ name }) => name).join(", ")}
        </p>
      )}
    </div>
  );
}
