import { useSignal } from "@preact/signals";
import { visibleName } from "../../model/name.ts";
import { loginLines } from "../../model/registry-lines.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { useAnswer } from "../part/answer.ts";
import { TroubleNote } from "../part/trouble-note.tsx";

/** Who is logged in where, and a way to log in: checked with the registry before anything is held, and kept only if that is asked for. */
export function LoginPanel({ registry: given = "docker.io" }: { readonly registry?: string | undefined }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.registry.login;
  const registry = useSignal(given);
  const username = useSignal("");
  const keep = useSignal(false);
  const busy = useSignal(false);
  const trouble = useSignal<Trouble | undefined>(undefined);
  const changes = useSignal(0);
  const logins = useAnswer(() => desk.registries.logins(), [changes.value]).value.value ?? [];
  const submit = async (form: HTMLFormElement) => {
    const password = form.elements.namedItem("password");
    if (!(password instanceof HTMLInputElement) || password.value === "") return;
    busy.value = true;
    trouble.value = undefined;
    try {
      const login = { registry: registry.value.trim(), username: username.value.trim(), keep: keep.value };
      await desk.registries.login({ ...login, password: password.value });
      desk.tell({ title: say.done(visibleName(login.registry), visibleName(login.username)) });
      password.value = "";
      username.value = "";
      changes.value += 1;
    } catch (error) {
      trouble.value = troubleOf(error);
    } finally {
      busy.value = false;
    }
  };
  const logout = async (name: string) => {
    await desk.registries.logout(name);
    desk.tell({ title: say.loggedOut(visibleName(name)) });
    changes.value += 1;
  };
  const text = (signal: { value: string }, label: string, autocomplete: "username" | "off") => (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        required
        value={signal.value}
        spellcheck={false}
        autocapitalize="none"
        autocomplete={autocomplete}
        onInput={(event) => (signal.value = event.currentTarget.value)}
      />
    </label>
  );
  return (
    <Frame title={say.title} lines={loginLines(registry.value.trim() || "docker.io", username.value.trim())}>
      <p class="muted">{say.about}</p>
      {logins.length === 0 ? (
        <p>{say.none}</p>
      ) : (
        <ul class="login-list" aria-label={say.list}>
          {logins.map((login) => (
            <li key={login.registry}>
              <span>
                <strong>{visibleName(login.registry)}</strong> {visibleName(login.username)}{" "}
                <small class="muted">{login.kept ? say.kept : say.memory}</small>
              </span>
              <button
                type="button"
                class="button button-quiet"
                aria-label={say.logoutOf(visibleName(login.registry))}
                onClick={() => void logout(login.registry)}
              >
                {say.logout}
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        {text(registry, say.registry, "off")}
        {text(username, say.username, "username")}
        <label class="field">
          <span>{say.password}</span>
          <input name="password" type="password" required autocomplete="current-password" />
        </label>
        <label class="check" title={say.keepTerm}>
          <input type="checkbox" checked={keep.value} onChange={() => (keep.value = !keep.value)} />
          {say.keep}
        </label>
        {keep.value && <p class="muted">{say.keepTerm}</p>}
        {trouble.value !== undefined && (
          <div role="alert">
            <TroubleNote trouble={{ ...trouble.value, causes: [] }} advice={false}>
              {trouble.value.code === "registry/unauthorized" && <p>{say.refused}</p>}
            </TroubleNote>
          </div>
        )}
        <div class="panel-actions">
          {busy.value && <span class="muted">{say.checking}</span>}
          <button type="submit" class="button button-main" disabled={busy.value}>
            {say.action}
          </button>
        </div>
      </form>
    </Frame>
  );
}
