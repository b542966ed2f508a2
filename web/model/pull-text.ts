import { isCoreError } from "../../core/error.ts";
import { familiarName, formatFamiliar, parseReference, withDefaultTag } from "../../core/oci/mod.ts";

/** What a text asks for: the familiar name with its tag, or why it cannot be one. */
export type Asked =
  | {
      readonly name: string;
      /** Familiar name without tag and digest. */
      readonly repository: string;
      readonly registry: string;
      /** As it was typed; `undefined` when `latest` is meant by leaving it out. */
      readonly tag: string | undefined;
    }
  | { readonly fault: string };

/** What `docker pull` would ask for. Words before it and an address of a page are left out: people paste both. */
export function askedFor(text: string): Asked {
  try {
    const reference = parseReference(pastedName(text));
    return {
      name: formatFamiliar(withDefaultTag(reference)),
      repository: familiarName(reference),
      registry: reference.domain,
      tag: reference.tag,
    };
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return { fault: error.message };
  }
}

/** `docker pull nginx` and `https://hub.docker.com/_/nginx` are `nginx`. */
export function pastedName(text: string): string {
  const typed = text
    .trim()
    .replace(/^(?:\$\s*)?(?:docker|podman|crane|nerdctl)\s+(?:image\s+)?pull\s+/u, "")
    .replace(/^docker:\/\//u, "");
  const hub = /^https?:\/\/hub\.docker\.com\/(?:_|r)\/([^?#\s]+)/u.exec(typed)?.[1];
  if (hub !== undefined)
    return hub
      .split("/")
      .slice(0, typed.includes("/_/") ? 1 : 2)
      .join("/");
  return typed.replace(/^https?:\/\//u, "");
}
