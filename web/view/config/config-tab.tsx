import type { ImageView } from "../../model/engine.ts";
import { visibleText } from "../../model/name.ts";
import { type Opened, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { CopyButton } from "../part/copy-button.tsx";
import { Digest } from "../part/digest.tsx";

/** The author that a config states. */
function authorIn(config: string | undefined): string | undefined {
  const parsed: unknown = config === undefined ? undefined : JSON.parse(config);
  if (typeof parsed !== "object" || parsed === null || !("author" in parsed)) return undefined;
  return typeof parsed.author === "string" && parsed.author !== "" ? parsed.author : undefined;
}

/** What the image runs and with which settings. */
export function ConfigTab({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const { words, format } = useLanguage();
  const created = image.created === undefined ? Number.NaN : Date.parse(image.created) / 1000;
  const author = useAnswer(
    async () => authorIn(await archive.handle.document(image.index, "config")),
    [archive, image.index],
  ).value.value;
  const about: readonly (readonly [string, string])[] = [
    ...(image.platform === undefined ? [] : [[words.config.platform, image.platform] as const]),
    ...(Number.isNaN(created) ? [] : [[words.config.created, format.moment(created)] as const]),
    ...(author === undefined ? [] : [[words.config.author, author] as const]),
    [words.config.format, image.format],
    ...(image.tags.length === 0 ? [] : [[words.config.tags, image.tags.join(", ")] as const]),
  ];
  return (
    <div class="scroll config">
      <section aria-labelledby="config-settings">
        <h2 id="config-settings">{words.config.settings}</h2>
        {image.settings.length === 0 && <p class="muted">{words.config.none}</p>}
        <dl class="settings">
          {image.settings.map(({ key, values }) => (
            <div key={key}>
              <dt title={key}>{words.config.keys[key] ?? key}</dt>
              <dd>
                {values.map((value, index) => (
                  <Setting key={index} name={key} value={value} />
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-labelledby="config-about">
        <h2 id="config-about">{words.config.about}</h2>
        <dl class="settings">
          {about.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <span class="setting">{visibleText(value)}</span>
              </dd>
            </div>
          ))}
          {image.id !== "" && <DigestLine name={words.config.id} value={image.id} />}
          {image.manifestDigest !== undefined && (
            <DigestLine name={words.config.manifest} value={image.manifestDigest} />
          )}
        </dl>
      </section>
    </div>
  );
}

function DigestLine({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Digest value={value} what={name} />
      </dd>
    </div>
  );
}

/** A value as it is; `NAME=value` of variables and labels has its name set apart. */
function Setting({ name, value }: { readonly name: string; readonly value: string }) {
  const split = name === "Env" || name === "Labels" ? value.indexOf("=") : -1;
  return (
    <span class="setting">
      <code>
        {split > 0 ? (
          <>
            <b>{visibleText(value.slice(0, split))}</b>={visibleText(value.slice(split + 1))}
          </>
        ) : (
          visibleText(value)
        )}
      </code>
      <CopyButton text={value} what={name} />
    </span>
  );
}
