import { useLanguage } from "../desk.ts";

/** The digest that was expected and the one that was found, under each other, so that they can be compared. */
export function DigestPair({ expected, found }: { readonly expected: string; readonly found: string }) {
  const { words } = useLanguage();
  return (
    <dl class="trouble-digests">
      <dt>{words.verification.expected}</dt>
      <dd>
        <code>{expected}</code>
      </dd>
      <dt>{words.verification.found}</dt>
      <dd>
        <code>{found}</code>
      </dd>
    </dl>
  );
}
