import type { Signal } from "@preact/signals";
import { shortDigest } from "../../model/archive.ts";
import type { RemoteFacts } from "../../model/registries.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { CopyButton } from "../part/copy-button.tsx";
import { Digest } from "../part/digest.tsx";
import { RegistryTrouble } from "./registry-trouble.tsx";

/** What a {@link RemoteImage} shows. */
export interface RemoteImageProps {
  readonly reference: string;
  readonly platform: Signal<string | undefined>;
  /** What went wrong before it is said already. */
  readonly quiet: boolean;
}

/** Facts of an image in a registry: platforms, sizes on the wire, how much of it is here; to be pulled or looked into. */
export function RemoteImage({ reference, platform, quiet }: RemoteImageProps) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.registry.look;
  // What is here changes with what is kept.
  const kept = desk.kept.state.value.total;
  const { value, trouble, settled } = useAnswer(
    () => desk.registries.look(reference, { platform: platform.value }),
    [reference, platform.value, kept],
  ).value;
  const facts = value !== undefined && (settled || value.name === reference) ? value : undefined;
  if (trouble !== undefined) {
    if (quiet) return null;
    return (
      <RegistryTrouble
        trouble={trouble}
        about={reference}
        atMs={Date.now()}
        choosePlatform={(one) => (platform.value = one)}
      />
    );
  }
  if (facts === undefined) return <p class="muted">{say.reading}</p>;
  return <Facts facts={facts} reference={reference} platform={platform} />;
}

function Facts(props: {
  readonly facts: RemoteFacts;
  readonly reference: string;
  readonly platform: Signal<string | undefined>;
}) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.registry.look;
  const { facts, reference, platform } = props;
  const wire = facts.layers.reduce((sum, { size }) => sum + size, 0);
  const created = facts.created === undefined ? Number.NaN : Date.parse(facts.created) / 1000;
  const remote = { reference, ...(platform.value !== undefined && { platform: platform.value }) };
  const pull = () => {
    desk.panel.value = undefined;
    desk.pane.value = "library";
    void desk.traffic.pull(remote);
  };
  return (
    <>
      <dl class="facts-list">
        <dt>{say.platform}</dt>
        <dd>
          {facts.platforms.length > 1 ? (
            <select
              aria-label={say.platform}
              value={facts.platform}
              onChange={(event) => (platform.value = event.currentTarget.value)}
            >
              {[...new Set([facts.platform, ...facts.platforms.map((one) => one.platform)])].map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          ) : (
            facts.platform
          )}
          {facts.platforms.length > 1 && (
            <span class="muted"> {say.platforms(format, facts.platforms.length)}</span>
          )}
        </dd>
        <dt>{say.digest}</dt>
        <dd>
          <Digest value={facts.digest} what={say.digest} />
        </dd>
        <dt>{say.id}</dt>
        <dd>
          <Digest value={facts.id} what={say.id} />
        </dd>
        {!Number.isNaN(created) && (
          <>
            <dt>{say.created}</dt>
            <dd title={format.moment(created)}>{format.stamp(created)}</dd>
          </>
        )}
        <dt>{say.layers}</dt>
        <dd>{say.wire(format, wire, facts.layers.length)}</dd>
      </dl>
      <ul class="part-list">
        {facts.layers.map(({ digest, size, present }, index) => (
          <li key={index} title={digest}>
            <code>{shortDigest(digest)}</code>
            {present ? (
              <span class="part-here" title={say.hereTerm}>
                {say.here}
              </span>
            ) : (
              <span />
            )}
            <span class="num" title={words.facts.exact(format, size)}>
              {format.bytes(size)}
            </span>
          </li>
        ))}
      </ul>
      <p>{facts.missing > 0 ? say.missing(format, facts.missing) : say.nothingMissing}</p>
      <div class="panel-actions">
        <CopyButton
          text={`${location.origin}${location.pathname}#?${new URLSearchParams({ remote: reference, ...(platform.value && { platform: platform.value }) }).toString()}`}
          what={say.link}
          class="button button-quiet"
        >
          {say.copyLink}
        </CopyButton>
        <button
          type="button"
          class="button"
          title={say.insideTerm(format, wire)}
          onClick={() => desk.openRemote(remote)}
        >
          {say.inside}
        </button>
        <button type="button" class="button button-main" onClick={pull}>
          {say.pull}
        </button>
      </div>
    </>
  );
}
