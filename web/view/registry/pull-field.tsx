import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { COMMON_PLATFORMS } from "../../model/platforms.ts";
import { askedFor, pastedName } from "../../model/pull-text.ts";
import { pullLines } from "../../model/registry-lines.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { Icon } from "../part/icon.tsx";
import { ShellFoot } from "../part/shell-foot.tsx";

/** How an image is pulled, beside its name. */
interface PullChoices {
  readonly platform: string;
  readonly allPlatforms: boolean;
  readonly allTags: boolean;
}

const PLAIN: PullChoices = { platform: "", allPlatforms: false, allTags: false };

/** The field that names an image to pull: Enter pulls; beside it stand platform, tags, and looking without pulling. */
export function PullField({ large = false }: { readonly large?: boolean }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.registry.field;
  const text = useSignal("");
  const choices = useSignal(PLAIN);
  const fault = useSignal("");
  const choosing = useSignal(false);
  // Offers and their machinery come once the page is in sight.
  const Combobox = useAnswer(() => import("./pull-combobox.tsx"), []).value.value?.PullCombobox;
  const named = (use: (name: string) => void) => {
    if (text.value.trim() === "") return;
    const asked = askedFor(text.value);
    if ("fault" in asked) {
      fault.value = say.notName(asked.fault);
      desk.say(fault.value);
      return;
    }
    fault.value = "";
    use(pastedName(text.value));
  };
  const pull = () =>
    named((reference) => {
      const { platform, allPlatforms, allTags } = choices.value;
      text.value = "";
      choices.value = PLAIN;
      // A narrow page shows one pane at a time: progress is in the library.
      desk.pane.value = "library";
      void desk.traffic.pull({
        reference,
        ...(platform.trim() !== "" && !allPlatforms && { platform: platform.trim() }),
        ...(allPlatforms && { allPlatforms }),
        ...(allTags && { allTags }),
      });
    });
  const look = () =>
    named((name) => {
      const platform = choices.value.platform.trim();
      desk.panel.value = { kind: "look", name, ...(platform !== "" && { platform }) };
    });
  return (
    <form
      class="pull"
      role="search"
      data-large={large}
      onSubmit={(event) => {
        event.preventDefault();
        pull();
      }}
    >
      {Combobox === undefined ? (
        <PlainInput text={text} />
      ) : (
        <Combobox
          quiet={choosing.value}
          text={text}
          faulty={fault.value !== ""}
          changed={() => (fault.value = "")}
        />
      )}
      <button type="submit" class="button pull-go" title={say.term} disabled={text.value.trim() === ""}>
        <Icon name="keep" />
        <span>{say.action}</span>
      </button>
      <Choices open={choosing} choices={choices} look={look} typed={text.value} />
      {fault.value !== "" && (
        <p class="pull-fault loss" role="alert">
          {fault.value}
        </p>
      )}
    </form>
  );
}

function PlainInput({ text }: { readonly text: Signal<string> }) {
  const { words } = useLanguage();
  const say = words.registry.field;
  return (
    <input
      class="pull-input"
      type="text"
      aria-label={say.label}
      placeholder={say.placeholder}
      value={text.value}
      spellcheck={false}
      autocomplete="off"
      autocapitalize="none"
      onInput={(event) => (text.value = event.currentTarget.value)}
    />
  );
}

function Choices(props: {
  readonly open: Signal<boolean>;
  readonly choices: Signal<PullChoices>;
  readonly look: () => void;
  readonly typed: string;
}) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.registry.field;
  const { open } = props;
  const place = useRef<HTMLSpanElement>(null);
  const { choices } = props;
  const { platform, allPlatforms, allTags } = choices.value;
  const plain = platform === "" && !allPlatforms && !allTags;
  useEffect(() => {
    if (!open.value) return undefined;
    const end = new AbortController();
    const close = ({ target }: Event) => {
      if (!(target instanceof Node && place.current?.contains(target))) open.value = false;
    };
    addEventListener("pointerdown", close, { signal: end.signal });
    addEventListener("focusin", close, { signal: end.signal });
    return () => end.abort();
  }, [open.value]);
  const then = (act: () => void) => () => {
    open.value = false;
    act();
  };
  return (
    <span
      ref={place}
      class="pull-how"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.stopPropagation();
        open.value = false;
        place.current?.querySelector("button")?.focus();
      }}
    >
      <button
        type="button"
        class="icon-button"
        aria-expanded={open.value}
        aria-pressed={!plain}
        aria-label={say.more}
        title={say.more}
        onClick={() => (open.value = !open.value)}
      >
        <Icon name="down" />
      </button>
      {open.value && (
        <div class="pull-choices">
          <label class="field" title={say.platformTerm}>
            <span>{say.platform}</span>
            <input
              type="text"
              list="pull-platforms"
              placeholder="linux/amd64"
              value={platform}
              disabled={allPlatforms}
              spellcheck={false}
              autocomplete="off"
              onInput={(event) => (choices.value = { ...choices.value, platform: event.currentTarget.value })}
            />
          </label>
          <datalist id="pull-platforms">
            {COMMON_PLATFORMS.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
          <label class="check">
            <input
              type="checkbox"
              checked={allPlatforms}
              onChange={() => (choices.value = { ...choices.value, allPlatforms: !allPlatforms })}
            />
            {say.allPlatforms}
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={allTags}
              onChange={() => (choices.value = { ...choices.value, allTags: !allTags })}
            />
            {say.allTags}
          </label>
          <button
            type="button"
            class="button"
            title={say.lookTerm}
            disabled={props.typed.trim() === ""}
            onClick={then(props.look)}
          >
            <Icon name="find" />
            {say.look}
          </button>
          <p class="pull-links">
            <button
              type="button"
              class="link"
              onClick={then(() => (desk.panel.value = { kind: "registries" }))}
            >
              {say.settings}
            </button>
            <button type="button" class="link" onClick={then(() => (desk.panel.value = { kind: "login" }))}>
              {say.logins}
            </button>
          </p>
          <PullLine choices={choices.value} typed={props.typed} />
        </div>
      )}
    </span>
  );
}

/** What pulls the same from a shell. */
function PullLine({ choices, typed }: { readonly choices: PullChoices; readonly typed: string }) {
  const asked = askedFor(typed);
  if ("fault" in asked) return null;
  const { platform, allPlatforms, allTags } = choices;
  const request = { reference: pastedName(typed), allPlatforms, allTags };
  const chosen = platform.trim() === "" ? request : { ...request, platform: platform.trim() };
  return <ShellFoot lines={pullLines(chosen, asked.repository)} />;
}
