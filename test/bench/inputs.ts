import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeHeader } from "../../core/tar/mod.ts";
import { randomBytes, seeded, textLikeBytes } from "../support/random.ts";

/** What a generated tar holds. */
export interface Recipe {
  readonly name: string;
  readonly files: number;
  /** Size of file `index`, bytes. */
  readonly size: (index: number, random: () => number) => number;
  /** Share of files with content that does not compress. */
  readonly incompressible: number;
}

/** Many small files; few large ones; and a tree that is like `/usr`. */
export const RECIPES = {
  small: {
    name: "small-200k",
    files: 200_000,
    size: (_, random) => Math.floor(random() ** 3 * 4000),
    incompressible: 0.1,
  },
  large: { name: "large-8", files: 8, size: () => 128 * 1024 * 1024, incompressible: 0.5 },
  usr: {
    name: "usr-9k",
    files: 9000,
    size: (_, random) => Math.floor(random() ** 4 * 160_000),
    incompressible: 0.15,
  },
} satisfies Record<string, Recipe>;

/** Where inputs are kept between runs. */
export const FOLDER = join(tmpdir(), "breakbulk-bench");

/** Compressors by the ending of what they make; `pigz` makes one member of many blocks as gzip does, only sooner. */
const COMPRESSORS: Readonly<Record<string, readonly string[]>> = {
  gz: ["gzip", "-6", "-c"],
  zst: ["zstd", "-3", "-q", "-c"],
};

/** The tar of `recipe`, generated unless a former run left it. */
export function tarOf(recipe: Recipe): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${recipe.name}.tar`);
  if (existsSync(path)) return path;
  const random = seeded(11);
  const text = textLikeBytes(8 * 1024 * 1024, 3);
  const noise = randomBytes(8 * 1024 * 1024, 5);
  const file = openSync(`${path}.part`, "w");
  const put = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  };
  const zeros = new Uint8Array(10_240);
  let batch: Uint8Array[] = [];
  let held = 0;
  const flush = (): void => {
    put(Buffer.concat(batch));
    batch = [];
    held = 0;
  };
  for (let index = 0; index < recipe.files; index++) {
    const size = recipe.size(index, random);
    const folder = `srv/tree/${index % 97}/${Math.floor(index / 97) % 61}`;
    const header = encodeHeader({
      path: `${folder}/file-${index}.txt`,
      type: "file",
      size,
      mtime: 1_700_000_000 + index,
    });
    batch.push(header);
    held += header.length;
    const pool = random() < recipe.incompressible ? noise : text;
    for (let left = size; left > 0; ) {
      const from = Math.floor(random() * (pool.length - Math.min(left, 65_536)));
      const piece = pool.subarray(from, from + Math.min(left, pool.length - from));
      batch.push(piece);
      held += piece.length;
      left -= piece.length;
      if (held > 4 * 1024 * 1024) flush();
    }
    batch.push(zeros.subarray(0, (512 - (size % 512)) % 512));
  }
  batch.push(zeros.subarray(0, 1024));
  flush();
  closeSync(file);
  renameSync(`${path}.part`, path);
  return path;
}

/** `path` compressed with the tool for `ending`; `undefined` when the tool is not installed. */
export function compressed(path: string, ending: "gz" | "zst"): string | undefined {
  const out = `${path}.${ending}`;
  if (existsSync(out)) return out;
  const [tool = "", ...args] = COMPRESSORS[ending] ?? [];
  try {
    const file = openSync(`${out}.part`, "w");
    execFileSync(tool, [...args, path], { stdio: ["ignore", file, "ignore"] });
    closeSync(file);
  } catch {
    return undefined;
  }
  renameSync(`${out}.part`, out);
  return out;
}
