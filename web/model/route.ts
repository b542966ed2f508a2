import { remoteKey } from "./remote-key.ts";

/** The tabs of an image, in order. */
export const TABS = ["files", "layers", "config", "space", "raw"] as const;

/** One of {@link TABS}. */
export type Tab = (typeof TABS)[number];

/** What the page shows, as the part of the address behind `#`. */
export interface Route {
  /** Key of the archive in the library. */
  readonly archive: string;
  readonly image: number;
  readonly tab: Tab;
  /** Layer that the files are shown up to; `undefined` = the last. */
  readonly layer?: number | undefined;
  readonly scope?: "layer" | undefined;
  /** Path selected in the tree. */
  readonly path?: string | undefined;
}

/** `#/app.tar/0/files?layer=2&path=%2Fetc%2Fpasswd`. */
export function formatRoute(route: Route): string {
  const query = new URLSearchParams();
  if (route.layer !== undefined) query.set("layer", String(route.layer));
  if (route.scope !== undefined) query.set("scope", route.scope);
  if (route.path !== undefined) query.set("path", route.path);
  const tail = query.toString();
  return `#/${encodeURIComponent(route.archive)}/${route.image}/${route.tab}${tail === "" ? "" : `?${tail}`}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function ordinal(text: string | null | undefined): number | undefined {
  return text !== null && text !== undefined && /^\d{1,6}$/u.test(text) ? Number(text) : undefined;
}

/** `#?remote=ghcr.io/x/y:1&platform=linux/arm64`: the form in which somebody writes a link to an image in a registry. */
function remoteRoute(hash: string): Route | undefined {
  const query = /^#\/?\?(.*)$/u.exec(hash)?.[1];
  const asked = query === undefined ? undefined : new URLSearchParams(query);
  const reference = asked?.get("remote") ?? "";
  if (asked === undefined || reference === "" || /\s/u.test(reference)) return undefined;
  const platform = asked.get("platform") ?? undefined;
  return { archive: remoteKey({ reference, platform }), image: 0, tab: "files" };
}

/** The route of an address' hash; `undefined` when it is none of ours. */
export function parseRoute(hash: string): Route | undefined {
  const look = remoteRoute(hash);
  if (look !== undefined) return look;
  const match = /^#\/([^/?]+)\/(\d{1,6})\/([a-z]+)(?:\?(.*))?$/u.exec(hash);
  if (match === null) return undefined;
  const archive = decoded(match[1] ?? "");
  const tab = TABS.find((name) => name === match[3]);
  if (archive === undefined || tab === undefined) return undefined;
  const query = new URLSearchParams(match[4] ?? "");
  return {
    archive,
    image: Number(match[2]),
    tab,
    layer: ordinal(query.get("layer")),
    scope: query.get("scope") === "layer" ? "layer" : undefined,
    path: query.get("path") ?? undefined,
  };
}
