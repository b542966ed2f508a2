import { type Signal, useSignal } from "@preact/signals";
import * as zagCombobox from "@zag-js/combobox";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { visibleName } from "../../model/name.ts";
import { offerQuestion, type PullOffer, pullOffers } from "../../model/pull-offers.ts";
import type { SearchHit } from "../../model/registries.ts";
import { pulledNames } from "../../platform/pulled-names.ts";
import { useDesk, useLanguage } from "../desk.ts";

/** What a {@link PullCombobox} works on. */
export interface PullComboboxProps {
  readonly text: Signal<string>;
  /** Offers nothing: something else stands there. */
  readonly quiet: boolean;
  readonly faulty: boolean;
  readonly changed: () => void;
}

/** Milliseconds without a key after which a registry is asked. */
const QUIET_MS = 300;
/** Tags asked for while a name is typed. */
const TAGS = 500;

interface Found {
  readonly hits: readonly SearchHit[];
  readonly tags: readonly string[];
  /** Repository that the tags are of. */
  readonly of: string;
}

/** The field with what it offers: names pulled before, names kept here, tags, and what a search finds. */
export function PullCombobox({ text, quiet, faulty, changed }: PullComboboxProps) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.registry.field;
  const found = useFound(text.value);
  const kept = desk.kept.state.value.images.flatMap(({ tags }) => tags);
  const offers = pullOffers(text.value, { recent: pulledNames(), kept, found: found.hits, tags: found.tags });
  const key = offers.map(({ value }) => value).join("\n");
  const collection = useMemo(
    () =>
      zagCombobox.collection({
        items: [...offers],
        itemToValue: ({ value }) => value,
        itemToString: ({ value }) => value,
      }),
    [key],
  );
  const service = useMachine(zagCombobox.machine, {
    id: useId(),
    collection,
    inputValue: text.value,
    value: [],
    allowCustomValue: true,
    openOnClick: true,
    selectionBehavior: "preserve",
    positioning: { placement: "bottom-start", sameWidth: true, gutter: 4 },
    onInputValueChange({ inputValue, reason }) {
      // The field is cleared by nobody but whoever types and whoever pulls.
      if (reason !== "input-change") return;
      text.value = inputValue;
      changed();
    },
    onValueChange({ value: [chosen] }) {
      if (chosen === undefined) return;
      text.value = chosen;
      changed();
    },
  });
  const api = zagCombobox.connect(service, normalizeProps);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Takes the place of the plain field, perhaps while somebody types into it.
    if (document.activeElement === document.body && text.peek() !== "") first.current?.focus();
  }, []);
  return (
    <div {...api.getRootProps()} class="pull-box">
      <div {...api.getControlProps()} class="pull-control">
        <input
          {...api.getInputProps()}
          ref={first}
          type="text"
          role="combobox"
          class="pull-input"
          aria-label={say.label}
          aria-invalid={faulty}
          placeholder={say.placeholder}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
        />
      </div>
      <div {...api.getPositionerProps()} class="pull-positioner">
        {api.open && !quiet && offers.length > 0 && (
          <ul {...api.getContentProps()} class="menu-list pull-offers" aria-label={say.offers}>
            {offers.map((offer, at) => (
              <OfferLine
                key={offer.value}
                offer={offer}
                first={offers[at - 1]?.kind !== offer.kind}
                props={api.getItemProps({ item: offer })}
                stars={offer.hit === undefined ? "" : starsOf(offer.hit)}
              />
            ))}
          </ul>
        )}
      </div>
    </div>
  );

  function starsOf({ official, stars }: SearchHit): string {
    return [...(official ? [say.official] : []), ...(stars > 0 ? [say.stars(format, stars)] : [])].join(
      " · ",
    );
  }
}

function OfferLine(line: {
  readonly offer: PullOffer;
  readonly first: boolean;
  readonly stars: string;
  readonly props: Record<string, unknown>;
}) {
  const { words } = useLanguage();
  const { offer, first, stars, props } = line;
  return (
    <>
      {first && (
        <li class="pull-group" role="presentation">
          {words.registry.field.kinds[offer.kind]}
        </li>
      )}
      <li {...props} class="menu-item pull-offer">
        <span>{visibleName(offer.value)}</span>
        {stars !== "" && <small class="muted">{stars}</small>}
        {offer.hit !== undefined && offer.hit.description !== "" && (
          <small class="muted pull-about">{visibleName(offer.hit.description)}</small>
        )}
      </li>
    </>
  );
}

/** What registries say to what is typed, once nothing more has been typed for a moment. A registry that does not answer offers nothing. */
function useFound(typed: string): Found {
  const { registries } = useDesk();
  const found = useSignal<Found>({ hits: [], tags: [], of: "" });
  const question = offerQuestion(typed);
  const asked = JSON.stringify(question ?? "");
  useEffect(() => {
    const end = new AbortController();
    const ask = async () => {
      const { signal } = end;
      if (question?.kind === "search") {
        const hits = await registries.search(question.term, {}, signal);
        found.value = { ...found.peek(), hits };
      } else if (question?.kind === "tags" && found.peek().of !== question.repository) {
        const { tags } = await registries.tags(question.repository, { limit: TAGS }, signal);
        found.value = { ...found.peek(), tags, of: question.repository };
      }
    };
    if (question === undefined) found.value = { ...found.peek(), hits: [] };
    if (question?.kind === "tags" && found.peek().of !== question.repository)
      found.value = { ...found.peek(), tags: [], of: "" };
    const timer = question === undefined ? undefined : setTimeout(() => void ask().catch(() => {}), QUIET_MS);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [asked]);
  return found.value;
}
