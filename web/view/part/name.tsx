import { nameParts } from "../../model/name.ts";

/** A name out of an image: plain text, with what would not be seen spelled out. */
export function Name({ text }: { readonly text: string }) {
  const parts = nameParts(text);
  if (parts.length === 1 && parts[0]?.hidden === false) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {parts.map((part, index) =>
        part.hidden ? (
          <span key={index} class="unseen">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}
