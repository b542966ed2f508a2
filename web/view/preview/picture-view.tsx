import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { baseName, visibleName } from "../../model/name.ts";
import { useLanguage } from "../desk.ts";
import { PICTURE_LIMIT, type Reading } from "./reading.ts";

/** A picture through `<img>`: the one element in which an SVG's scripts and links are dead. */
export function PictureView({ reading }: { readonly reading: Reading }) {
  const { words, format } = useLanguage();
  const url = useSignal<string | undefined>(undefined);
  const size = useSignal<{ readonly width: number; readonly height: number } | undefined>(undefined);
  const broken = useSignal(false);
  const blob = reading.picture.value;
  useEffect(() => {
    broken.value = false;
    size.value = undefined;
    if (blob === undefined) return undefined;
    const made = URL.createObjectURL(blob);
    url.value = made;
    return () => URL.revokeObjectURL(made);
  }, [blob, url, size, broken]);
  if (blob === undefined) {
    const large = reading.size.value > PICTURE_LIMIT;
    return (
      <p class="preview-note">
        {large ? words.preview.pictureTooLarge(format, PICTURE_LIMIT) : words.preview.loading}
      </p>
    );
  }
  if (broken.value) return <p class="preview-note">{words.preview.pictureBroken}</p>;
  return (
    <figure class="picture">
      {url.value !== undefined && (
        <img
          src={url.value}
          alt={visibleName(baseName(reading.facts.value?.path ?? ""))}
          onLoad={(event) => {
            const { naturalWidth, naturalHeight } = event.currentTarget;
            size.value = { width: naturalWidth, height: naturalHeight };
          }}
          onError={() => (broken.value = true)}
        />
      )}
      <figcaption>
        {size.value !== undefined && words.preview.pixels(size.value.width, size.value.height)}
        {blob.type === "image/svg+xml" && ` · ${words.preview.svgNote}`}
      </figcaption>
    </figure>
  );
}
