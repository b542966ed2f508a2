import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadArchive } from "../../core/archive/mod.ts";
import {
  type BuildOptions,
  type BuiltImage,
  buildImage,
  type ContextEntry,
  contextOf,
  formatWarning,
} from "../../core/build/mod.ts";
import { sourceOf } from "../../core/bytes/mod.ts";
import { formatBuildError } from "../../core/dockerfile/mod.ts";
import { CoreError } from "../../core/error.ts";
import { parsePlatform } from "../../core/oci/mod.ts";
import { createMemoryStore, type LocalStore } from "../../core/store/mod.ts";
import { contentOf, entryAt, readTable } from "../../core/tar/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { type RecordedBuild, rebuild, recordedOutcome } from "../support/recorded-builds.ts";

const ORACLE = "../shared/oracle";
const CASES = join(ORACLE, "build");
const absent = !existsSync(CASES) && "the build cases are not beside the project";
const EPOCH = 1_704_164_645;

/** Where the base images come from. */
const ARCHIVES = ["fleet", "odd", "whiteouts"]
  .map((name) => `${name}.docker28c.tar`)
  .concat("built.buildx-docker.tar");

/** Further builds, recorded in the same way, on the same images. */
const FURTHER = readFileSync("test/fixture/builds-on-images.jsonl", "utf8").trim().split("\n");

/** Cases in which we differ from the recorded BuildKit, and why. */
const DIFFERENT: Readonly<Record<string, { readonly why: string; readonly ours: RegExp | "builds" }>> = {
  "copy-parents": { why: "later frontends know --parents, and so do we", ours: "builds" },
  "copy-parents-globstar": { why: "later frontends know --parents, and so do we", ours: "builds" },
  "copy-parents-pivot": { why: "later frontends know --parents, and so do we", ours: "builds" },
  "onbuild-run-in-base": {
    why: "BuildKit ran the RUN of the base's ONBUILD, which failed; we refuse it before anything is built",
    ours: /^Dockerfile:1\n[^]*ERROR: .*cannot run programs without a kernel: line 1 is RUN make/,
  },
};

interface Row {
  readonly path: string;
  readonly type: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly size?: number;
  readonly sha256?: string;
  readonly link?: string;
}

interface Recorded {
  readonly config: Record<string, unknown>;
  readonly layers: readonly { readonly diffId: string; readonly entries: readonly Row[] }[];
}

interface Case extends Partial<Recorded> {
  readonly dockerfile: string;
  readonly context: readonly (Omit<ContextEntry, "mode" | "type"> & {
    readonly type: "file" | "dir" | "symlink" | "hardlink";
    readonly mode?: string;
    readonly text?: string;
    readonly base64?: string;
  })[];
  readonly args: readonly string[];
  readonly exit: number;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly configDigest?: string;
  readonly platforms?: readonly Recorded[];
}

const names = absent ? [] : readdirSync(CASES).sort();
const read = (name: string): Case => JSON.parse(readFileSync(join(CASES, name, "case.json"), "utf8"));

function contextEntries({ context }: Case): ContextEntry[] {
  return context.map((entry) => {
    const { path, type, mode, link, text, base64 } = entry;
    const bytes = base64 === undefined ? new TextEncoder().encode(text ?? "") : Buffer.from(base64, "base64");
    return {
      path,
      type: type === "hardlink" ? "link" : type,
      mtime: EPOCH,
      ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }),
      ...(link === undefined ? {} : { link }),
      ...(type === "file" ? { content: sourceOf(new Uint8Array(bytes)) } : {}),
    };
  });
}

/** What the words of a command line say. */
function optionsOf(
  args: readonly string[],
): Partial<BuildOptions> & { readonly platforms: readonly string[] } {
  const given = new Map<string, string>();
  const labels = new Map<string, string>();
  let target: string | undefined;
  let platforms: readonly string[] = ["linux/amd64"];
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1];
    const equals = value.indexOf("=");
    if (args[at] === "--build-arg") given.set(value.slice(0, equals), value.slice(equals + 1));
    else if (args[at] === "--label") labels.set(value.slice(0, equals), value.slice(equals + 1));
    else if (args[at] === "--target") target = value;
    else if (args[at] === "--platform") platforms = value.split(",");
    else if (args[at] !== "--network") throw new Error(`no idea what ${args[at]} is`);
  }
  return { args: given, labels, target, platforms };
}

const KINDS: Readonly<Record<string, string>> = { link: "hardlink" };

async function rowsOf(store: LocalStore, image: BuiltImage): Promise<Recorded["layers"]> {
  return Promise.all(
    image.layers.map(async (descriptor) => {
      const tar = (await store.blob(descriptor))!;
      const plain = new Uint8Array(await tar.arrayBuffer());
      const source = sourceOf(plain[0] === 0x1f ? new Uint8Array(await gunzip(plain)) : plain);
      const table = await readTable(source);
      const entries: Row[] = [];
      for (let row = 0; row < table.count; row++) {
        const entry = entryAt(table, row);
        const content = contentOf(source, table, row);
        const file = entry.type === "file";
        entries.push({
          path: entry.path.replace(/\/$/, ""),
          type: KINDS[entry.type] ?? entry.type,
          mode: entry.mode.toString(8),
          uid: entry.uid,
          gid: entry.gid,
          mtime: entry.mtime,
          ...(file ? { size: entry.size, sha256: hash(new Uint8Array(await content.arrayBuffer())) } : {}),
          ...(entry.link === "" ? {} : { link: entry.link }),
        });
      }
      return { diffId: `sha256:${hash(new Uint8Array(await source.arrayBuffer()))}`, entries };
    }),
  );
}

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const gunzip = async (bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> =>
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

/** An error text without what varies or is the engine's own. */
const plainError = (text: string): string =>
  text
    .replace(/ref \S+:(?= )/g, "ref:")
    .replaceAll("${ROOT}", "")
    .trim();

describe.skipIf(absent)("the recorded builds", () => {
  const base = createMemoryStore({ now: () => 0, newHasher: nativeHasher });
  const tally = { same: 0, errors: 0, exact: 0, diffIDs: 0, warnings: 0, different: 0, images: 0 };

  beforeAll(async () => {
    for (const archive of ARCHIVES) {
      const file = openFileSource(join(ORACLE, "mini", archive));
      await loadArchive(file, base, { newHasher: nativeHasher });
      file.close();
    }
  });

  async function run(recorded: Case, platform: string, warnings: string[]): Promise<BuiltImage> {
    return buildImage({
      ...optionsOf(recorded.args),
      platform: parsePlatform(platform),
      store: base,
      newHasher: nativeHasher,
      dockerfile: recorded.dockerfile,
      context: contextOf(contextEntries(recorded)),
      sourceDateEpoch: EPOCH,
      now: () => 1_800_000_000,
      onWarning: (warning) => warnings.push(formatWarning(warning)),
    });
  }

  it.each(names)("%s comes out as BuildKit's does", async (name) => {
    const recorded = read(name);
    const { platforms } = optionsOf(recorded.args);
    const warnings: string[] = [];
    const outcomes: (BuiltImage | string)[] = [];
    for (const platform of platforms) {
      try {
        outcomes.push(await run(recorded, platform, warnings));
      } catch (error) {
        if (!(error instanceof CoreError)) throw error;
        outcomes.push(formatBuildError(error, recorded.dockerfile));
      }
    }
    const different = Object.hasOwn(DIFFERENT, name) ? DIFFERENT[name] : undefined;
    if (different !== undefined) {
      if (different.ours === "builds") expect(typeof outcomes[0]).toBe("object");
      else expect(outcomes[0]).toMatch(different.ours);
      tally.different++;
      return;
    }
    if (recorded.error !== undefined) {
      const [outcome] = outcomes;
      expect(typeof outcome === "string" ? plainError(outcome) : "it was built").toBe(
        plainError(recorded.error),
      );
      tally.errors++;
    } else {
      const expected = recorded.platforms ?? [
        { config: recorded.config ?? {}, layers: recorded.layers ?? [] },
      ];
      for (const [at, outcome] of outcomes.entries()) {
        if (typeof outcome === "string") throw new Error(outcome);
        const image = outcome;
        const config = JSON.parse(new TextDecoder().decode(image.configBytes));
        const layers = await rowsOf(base, image);
        const want = expected[at];
        expect(layers.map(({ entries }) => entries)).toEqual(want.layers.map(({ entries }) => entries));
        const bare = (one: Record<string, unknown>) => ({ ...one, rootfs: undefined });
        expect(bare(config)).toEqual(bare(want.config));
        tally.images++;
        const diffIDs = layers.map(({ diffId }) => diffId);
        const theirs = want.layers.map(({ diffId }) => diffId);
        if (JSON.stringify(diffIDs) === JSON.stringify(theirs)) tally.diffIDs++;
        // Of a build for several platforms no digests are recorded; the text says as much.
        const exact =
          recorded.configDigest === undefined
            ? new TextDecoder().decode(image.configBytes) === JSON.stringify(want.config)
            : recorded.configDigest === `sha256:${hash(image.configBytes)}`;
        if (exact) tally.exact++;
      }
      tally.same++;
    }
    expect(new Set(warnings)).toEqual(new Set(recorded.warnings));
    tally.warnings++;
  });

  it.each(FURTHER.map((line): RecordedBuild => JSON.parse(line)))(
    "$name on an image comes out as BuildKit's does",
    async (build) => {
      expect(await rebuild(build, { store: base, newHasher: nativeHasher })).toEqual(recordedOutcome(build));
    },
  );

  it("have the same digests, byte for byte", () => {
    expect([tally.diffIDs, tally.exact]).toEqual([tally.images, tally.images]);
  });

  afterAll(() => {
    for (const [name, { why }] of Object.entries(DIFFERENT)) console.log(`${name} differs: ${why}`);
    console.log(
      `build cases: ${tally.same + tally.errors} of ${names.length} equal (${tally.same} images, ${tally.errors} errors), ` +
        `${tally.different} differ as listed; warnings equal in ${tally.warnings}; ` +
        `byte for byte: ${tally.diffIDs} of ${tally.images} with the same diff IDs, ${tally.exact} of ${tally.images} with the same config digest`,
    );
  });
});
