import { imageGroups, imageSizes, shortDigest } from "../../model/archive.ts";
import type { ImageView } from "../../model/engine.ts";
import { imageNames } from "../../model/image-names.ts";
import { visibleName } from "../../model/name.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { CopyButton } from "../part/copy-button.tsx";
import { Digest } from "../part/digest.tsx";
import { Name } from "../part/name.tsx";
import { Term } from "../part/term.tsx";
import { Standing } from "./standing.tsx";

/** Who the image is: names, ID, platform, three sizes, and whether its bytes are what they claim; and what can be done with it. */
export function ImageHeader({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const { words } = useLanguage();
  const kind = archive.state.value.archive?.kind;
  const bare = kind === "rootfs" || kind === "layer";
  return (
    <header class="image-header">
      <h1>
        <Titles archive={archive} image={image} bare={bare} />
      </h1>
      {image.id !== "" && (
        <span class="image-id">
          <span class="muted">{words.image.id}</span> <Digest value={image.id} what={words.image.id} />
        </span>
      )}
      <PlatformChoice archive={archive} image={image} />
      <Sizes image={image} />
      <Standing image={image} />
      {bare && <p class="image-note">{kind === "rootfs" ? words.image.rootfsNote : words.image.layerNote}</p>}
    </header>
  );
}

/** More names than this are told by their number. */
const TITLES = 4;

function Titles(props: { readonly archive: Opened; readonly image: ImageView; readonly bare: boolean }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const { archive, image } = props;
  // What is kept may have been named anew since it was opened.
  const tags = archive.kept ? (desk.kept.find(archive.key)?.tags ?? image.tags) : image.tags;
  const { names, bare } = imageNames(tags);
  const unnamed = props.bare ? archive.name : shortDigest(image.id);
  const titles = names.length > 0 || bare.length > 0 ? names : [unnamed];
  return (
    <>
      {titles.slice(0, TITLES).map((title) => (
        <span key={title} class="image-tag">
          <Name text={title} />
          <CopyButton text={title} what={words.config.tag} />
        </span>
      ))}
      {titles.length > TITLES && (
        <span class="muted" title={titles.slice(TITLES).map(visibleName).join("\n")}>
          +{titles.length - TITLES}
        </span>
      )}
      {bare.map((tag) => (
        <span key={tag} class="bare-tag" title={words.image.bareTag}>
          <Name text={tag} />
        </span>
      ))}
    </>
  );
}

function PlatformChoice({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const view = archive.state.value.archive;
  if (view === undefined) return null;
  const group = imageGroups(view).find((entry) => entry.images.includes(image));
  const attestations = view.manifests.filter((manifest) => manifest.attestation).length;
  const hint = attestations > 0 ? words.image.hiddenAttestations(format, attestations) : undefined;
  if (group === undefined || group.images.length < 2) {
    return image.platform === undefined ? null : (
      <span class="image-platform" title={hint}>
        {image.platform}
      </span>
    );
  }
  return (
    <label class="select" title={hint}>
      <span class="offscreen">{words.image.platform}</span>
      <select
        value={String(image.index)}
        onChange={(event) => {
          const tab = desk.route.value?.tab ?? "files";
          desk.go({ archive: archive.key, image: Number(event.currentTarget.value), tab });
        }}
      >
        {group.images.map((choice) => (
          <option key={choice.index} value={String(choice.index)}>
            {choice.platform ?? words.library.unknownPlatform}
          </option>
        ))}
      </select>
    </label>
  );
}

function Sizes({ image }: { readonly image: ImageView }) {
  const { words, format } = useLanguage();
  const sizes = imageSizes(image);
  const terms = words.image.sizes;
  const facts = [
    [sizes.stored, terms.stored, terms.storedTerm],
    [sizes.tar, terms.tar, terms.tarTerm],
    [sizes.content, terms.content, terms.contentTerm],
  ] as const;
  return (
    <ul class="sizes">
      {facts.map(([bytes, name, means]) => (
        <li key={name} title={bytes === undefined ? terms.unknown : words.facts.exact(format, bytes)}>
          <strong>{bytes === undefined ? "–" : format.bytes(bytes)}</strong> <Term means={means}>{name}</Term>
        </li>
      ))}
    </ul>
  );
}
