import type { Bytes } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { type HistoryEntry, type JsonValue, parseJson } from "../oci/mod.ts";
import type { ArchiveImage } from "./types.ts";

/** What a description of before 1.10 has and a config has not. */
const DROPPED: ReadonlySet<string> = new Set(["id", "parent", "Size", "parent_id", "layer_id", "throwaway"]);

/**
 * The config that an engine would make of an image of before 1.10, now that its layers have been read: the description of its top, with
 * the digests of its layers and the history of all steps, keys sorted. Its sha256 is the image's ID. `undefined` for images that are not
 * of that kind.
 */
export function legacyConfig(image: ArchiveImage, diffIDs: readonly Digest[]): Bytes | undefined {
  if (image.description === undefined) return undefined;
  const { value } = parseJson(image.description, { document: "json" });
  if (!(value instanceof Map)) return undefined;
  const top: ReadonlyMap<string, JsonValue> = value;
  const config = new Map<string, JsonValue>([...top].filter(([key]) => !DROPPED.has(key)));
  config.set(
    "rootfs",
    new Map<string, JsonValue>([
      ["type", "layers"],
      ["diff_ids", diffIDs],
    ]),
  );
  config.set("history", (image.config?.history ?? []).map(historyValue));
  const sorted = new Map([...config].sort(([a], [b]) => (a < b ? -1 : 1)));
  return new TextEncoder().encode(JSON.stringify(sorted, plain));
}

function historyValue({ created, createdBy, author, comment }: HistoryEntry): JsonValue {
  const members: readonly (readonly [string, string | undefined])[] = [
    ["created", created],
    ["author", author],
    ["created_by", createdBy],
    ["comment", comment],
  ];
  return new Map(
    members.flatMap(([key, text]) => (text === undefined || text === "" ? [] : [[key, text] as const])),
  );
}

/** A Map as an object without a prototype, so that `__proto__` stays a key. */
function plain(_key: string, value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, item] of value) object[String(key)] = item;
  return object;
}
