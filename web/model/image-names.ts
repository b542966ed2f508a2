import { formatFamiliar, parseReference } from "../../core/oci/mod.ts";

/** What an archive calls an image. */
export interface ImageNames {
  /** Names that an engine would know it by, as people write them. */
  readonly names: readonly string[];
  /** Tags that stand alone: they name nothing without a repository. */
  readonly bare: readonly string[];
}

/** Whether `text` is only a tag, as `org.opencontainers.image.ref.name` mostly is. */
function isBare(text: string): boolean {
  return !/[:/@]/u.test(text);
}

function familiar(text: string): string {
  try {
    return formatFamiliar(parseReference(text));
  } catch {
    // Not a name that an engine would take: shown as the archive has it.
    return text;
  }
}

/** The names among `tags`, each once, and the tags that stand alone; a bare tag that a name ends with is not told twice. */
export function imageNames(tags: readonly string[]): ImageNames {
  const names = [...new Set(tags.filter((tag) => !isBare(tag)).map(familiar))];
  const bare = [...new Set(tags.filter(isBare))].filter(
    (tag) => !names.some((name) => name.endsWith(`:${tag}`)),
  );
  return { names, bare };
}
