import { shortDigest } from "../../model/archive.ts";
import { CopyButton } from "./copy-button.tsx";

/** A digest by its first twelve digits: whole on hover, copied by a click. */
export function Digest({ value, what }: { readonly value: string; readonly what: string }) {
  return (
    <CopyButton text={value} what={what} class="digest" title={value}>
      <code>{shortDigest(value)}</code>
    </CopyButton>
  );
}
