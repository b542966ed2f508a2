import { readFileSync, statSync } from "node:fs";
import { CoreError } from "../../core/error.ts";
import type { Descriptor } from "../../core/oci/mod.ts";
import { changedTable, EMPTY_TABLE, type ImageTable, type TableSnapshot } from "../../core/store/mod.ts";
import { replaceFile } from "./replace.ts";

/** Version of the form of the table's file. */
const FORM = 1;

/** Marks a Map in JSON. */
const MAP = "#map";

/**
 * The table as a file of JSON, beside an index.json by which other tools find the images. `exclusively` does its work while nobody else, in
 * whatever process, does any.
 */
export function tableFile(
  paths: { readonly table: string; readonly index: string },
  exclusively: <T>(work: () => Promise<T>) => Promise<T>,
): ImageTable & { readonly read: () => TableSnapshot } {
  let known: { readonly stamp: string; readonly table: TableSnapshot } | undefined;
  const read = (): TableSnapshot => {
    const stamp = stampOf(paths.table);
    if (stamp === undefined) return EMPTY_TABLE;
    if (known?.stamp !== stamp) known = { stamp, table: parse(readFileSync(paths.table, "utf8")) };
    return known.table;
  };
  return {
    read,
    snapshot: async () => read(),
    change: (changes, conditions = {}) =>
      exclusively(async () => {
        const table = read();
        if (conditions.version !== undefined && conditions.version !== table.version) return false;
        const next = changedTable(table, structuredClone(changes));
        replaceFile(paths.table, `${JSON.stringify(plain(next), maps, 1)}\n`);
        replaceFile(paths.index, `${JSON.stringify(indexOf(next))}\n`);
        return true;
      }),
  };
}

/** A file that is replaced is another file: its number tells, where its time is too coarse. */
function stampOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.mtimeNs} ${found.size}`;
}

function plain({ version, names, images, containers }: TableSnapshot): object {
  return {
    form: FORM,
    version,
    names: [...names.values()],
    images: [...images.values()],
    containers: [...containers.values()],
  };
}

function parse(text: string): TableSnapshot {
  const found = JSON.parse(text, unmap);
  if (found.form !== FORM)
    throw new CoreError("store/newer", `Cannot open the store: its form is ${found.form}, expected ${FORM}`, {
      found: found.form ?? null,
      expected: FORM,
    });
  const byID = <T extends { id: string }>(list: readonly T[]): Map<T["id"], T> =>
    new Map(list.map((one) => [one.id, one]));
  return {
    version: found.version,
    names: new Map(found.names.map((one: { name: string }) => [one.name, one])),
    images: byID(found.images),
    containers: byID(found.containers),
  };
}

const maps = (_: string, value: unknown): unknown => (value instanceof Map ? { [MAP]: [...value] } : value);

function unmap(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(MAP in value)) return value;
  const entries = value[MAP];
  return Array.isArray(entries) ? new Map(entries) : value;
}

/** The index.json of an OCI layout: every name, and every image without one. */
function indexOf({ names, images }: TableSnapshot): object {
  const described = ({ mediaType, digest, size, platform }: Descriptor): object => ({
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform: platformOf(platform) }),
  });
  const named = [...names.values()].map(({ name, target }) => {
    const tag = /:([^:/@]+)$/.exec(name)?.[1];
    return {
      ...described(target),
      annotations: {
        "io.containerd.image.name": name,
        ...(tag === undefined || name.includes("@") ? {} : { "org.opencontainers.image.ref.name": tag }),
      },
    };
  });
  const shown = new Set([...names.values()].map(({ image }) => image));
  const rest = [...images.values()].filter(({ id }) => !shown.has(id)).map(({ target }) => described(target));
  return {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [...named, ...rest],
  };
}

function platformOf({
  os,
  architecture,
  variant,
  osVersion,
  osFeatures,
}: NonNullable<Descriptor["platform"]>): object {
  return { architecture, os, "os.version": osVersion, "os.features": osFeatures, variant };
}
