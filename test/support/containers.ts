import { type Source, sourceOf } from "../../core/bytes/mod.ts";
import {
  type ContainerContext,
  createContainer,
  type OpenContainer,
  openContainer,
} from "../../core/container/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import {
  encodeEngineConfig,
  type MadeImage,
  mergedMembers,
  type OpenTree,
  orderedLayer,
  type RunConfig,
  storeImage,
  storeLayer,
} from "../../core/image/mod.ts";
import { createMemoryStore, type LocalStore } from "../../core/store/mod.ts";
import type { EntryType, HeaderFields, TarMember } from "../../core/tar/mod.ts";
import { seeded } from "./random.ts";
import { utf8 } from "./tar.ts";

/** When everything in these tests is made, in seconds; containers a hundred seconds later, changes another hundred. */
export const MADE = 1_600_000_000;
export const CREATED = MADE + 100;
export const NOW = MADE + 200;

/** What is done to containers in a test: a store in memory, a clock that says what it is told. */
export interface ContainerWorld extends ContainerContext {
  readonly store: LocalStore;
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** A world with nothing in it. */
export function containerWorld(store: LocalStore = createMemoryStore({ now: () => NOW })): ContainerWorld {
  const dice = seeded(7);
  return {
    store,
    newHasher: newSha256,
    now: () => NOW,
    random(bytes) {
      for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(dice() * 256);
    },
  };
}

/** An entry written short: a path, what is there, and what differs from root's 0644 or 0755 of {@link MADE}. */
export function entry(
  path: string,
  what: EntryType | { readonly content: string | Source } | { readonly to: string } = { content: "" },
  fields: Partial<HeaderFields> = {},
): TarMember {
  const base = { path, mtime: MADE, ...fields };
  if (typeof what === "string") return { entry: { ...base, type: what } };
  if ("to" in what) return { entry: { type: "symlink", mode: 0o777, link: what.to, ...base } };
  const content = typeof what.content === "string" ? sourceOf(utf8(what.content)) : what.content;
  return { entry: { type: "file", ...base }, content };
}

/** Another name of a file. */
export const link = (path: string, target: string, fields: Partial<HeaderFields> = {}): TarMember =>
  entry(path, "link", { link: target, ...fields });

/** Puts an image of these layers into the store, under a name. */
export async function putImage(
  { store, newHasher }: ContainerWorld,
  layers: readonly (readonly TarMember[])[],
  options: { readonly name?: string; readonly config?: RunConfig } = {},
): Promise<MadeImage> {
  const stored = [];
  for (const members of layers) stored.push(await storeLayer(store, members, { newHasher }));
  const config = encodeEngineConfig({
    platform: { os: "linux", architecture: "amd64" },
    created: "2020-09-13T12:26:40Z",
    config: options.config ?? { cmd: ["sh"] },
    history: stored.map(() => ({ created: "2020-09-13T12:26:40Z", createdBy: "made", emptyLayer: false })),
    diffIDs: stored.map(({ diffID }) => diffID),
  });
  const made = {
    config,
    layers: stored.map(({ descriptor }) => descriptor),
    names: [options.name ?? "app:1"],
  };
  return storeImage(store, made, { now: MADE, newHasher });
}

/** A container of a new image, opened. */
export async function containerOf(
  world: ContainerWorld,
  members: readonly TarMember[],
  options: { readonly settings?: RunConfig; readonly runtime?: boolean } = {},
): Promise<OpenContainer> {
  await putImage(world, [orderedLayer({ members })]);
  await createContainer(
    { ...world, now: () => CREATED },
    { image: "app:1", name: "one", random: world.random, settings: options.settings },
  );
  return openContainer(world, "one", { runtime: options.runtime ?? false });
}

const TIMES = new Map([
  [MADE, "made"],
  [CREATED, "created"],
  [NOW, "now"],
]);

/** A file system in lines: type, mode, owner, time, path, and link or content. */
export async function linesOf(files: OpenTree): Promise<string[]> {
  return lines(mergedMembers(files, { impliedTime: CREATED }));
}

/** Entries in lines. */
export async function lines(members: Iterable<TarMember>): Promise<string[]> {
  const found: string[] = [];
  for (const { entry: fields, content } of members) {
    const { type, uid = 0, gid = 0, mtime = 0, path, link: target } = fields;
    const mode = fields.mode ?? (type === "dir" ? 0o755 : 0o644);
    const when = TIMES.get(mtime) ?? String(mtime);
    const owner = uid === 0 && gid === 0 ? "" : ` ${uid}:${gid}`;
    const text = content?.size ? ` = ${new TextDecoder().decode(await content.arrayBuffer())}` : "";
    const leads = type === "symlink" ? ` → ${target}` : type === "link" ? ` ⇒ ${target}` : "";
    found.push(`${type} ${mode.toString(8)}${owner} ${when} ${path}${leads}${text}`);
  }
  return found;
}
