import { imageGroups, imageSizes, imageTitle } from "../../model/archive.ts";
import type { ImageView } from "../../model/engine.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { CopyButton } from "../part/copy-button.tsx";
import { Digest } from "../part/digest.tsx";
import { Name } from "../part/name.tsx";
import { Term } from "../part/term.tsx";
import { Standing } from "./standing.tsx";

/** Who the image is: tags, ID, platform, three sizes, and whether its bytes are what they claim. */
export function ImageHeader({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const { words } = useLanguage();
  const kind = archive.state.value.archive?.kind;
  const bare = kind === "rootfs" || kind === "layer";
  const titles = image.tags.length > 0 ? image.tags : [bare ? archive.name : imageTitle(image)];
  return (
    <header class="image-header">
      <h1>
        {titles.map((title) => (
          <span key={title} class="image-tag">
            <Name text={title} />
            <CopyButton text={title} what={words.config.tag} />
          </span>
        ))}
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
