import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ArchiveImage, openArchive } from "../../core/archive/mod.ts";
import {
  formatInspect,
  formatJson,
  type HistoryRow,
  historyRows,
  imageRows,
  inspectImage,
} from "../../core/command/mod.ts";
import { imageSize, layerSize } from "../../core/image/mod.ts";
import { formatFamiliar, parseReference, withDefaultTag } from "../../core/oci/mod.ts";
import { scanLayer } from "../../core/tree/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";

const ORACLE = "../shared/oracle";
const absent = !existsSync(ORACLE) && "the oracle is not beside the project";

interface Step {
  readonly argv?: readonly string[];
  readonly stdout?: string;
  readonly exit?: number;
  readonly varies?: unknown;
}

interface Transcript {
  readonly now: string;
  readonly steps: readonly Step[];
}

type LoadedImage = Omit<ArchiveImage, "tags" | "parent"> & {
  tags: string[];
  parent?: ArchiveImage["parent"];
};

/** The images that the engine had at some point of a transcript, with what is needed to show them. */
class Engine {
  readonly images: LoadedImage[] = [];
  readonly sizes = new Map<LoadedImage, readonly number[]>();

  async load(path: string): Promise<void> {
    const file = openFileSource(path);
    const archive = await openArchive(file, { newHasher: nativeHasher });
    for (const image of archive.images) {
      const sizes: number[] = [];
      for (const layer of image.layers)
        sizes.push(layerSize((await scanLayer(layer.source!, { newHasher: nativeHasher })).table));
      const tags = image.tags.map((tag) => formatFamiliar(parseReference(tag)));
      // A name that is loaded again moves to the image loaded last.
      for (const other of this.images) other.tags = other.tags.filter((tag) => !tags.includes(tag));
      const known = this.images.find((other) => other.id === image.id);
      if (known === undefined) {
        const added = { ...image, tags };
        this.images.push(added);
        this.sizes.set(added, sizes);
      } else {
        known.tags.push(...tags);
        known.parent ??= image.parent;
      }
    }
    file.close();
  }

  /** By ID prefix or by name. */
  find(name: string): LoadedImage | undefined {
    const byID = this.images.filter((image) =>
      image.id?.startsWith(`sha256:${name.replace(/^sha256:/, "")}`),
    );
    const familiar = familiarOf(name);
    return (
      this.images.find((image) => image.tags.includes(familiar)) ?? (byID.length === 1 ? byID[0] : undefined)
    );
  }
}

function familiarOf(name: string): string {
  try {
    return formatFamiliar(withDefaultTag(parseReference(name)));
  } catch {
    return name;
  }
}

/** Plays a transcript up to its end: loads what it loads and hands every other step to `check`, with the images of that moment. */
async function play(
  name: string,
  check: (step: Required<Pick<Step, "argv" | "stdout">>, engine: Engine, nowMs: number) => void,
): Promise<void> {
  const { now, steps }: Transcript = JSON.parse(readFileSync(join(ORACLE, "golden", `${name}.json`), "utf8"));
  const engine = new Engine();
  for (const { argv, stdout, exit, varies } of steps) {
    if (argv === undefined || exit !== 0 || varies !== undefined) continue;
    const archive = argv[0] === "load" ? argv.find((argument) => argument.startsWith("mini/")) : undefined;
    if (archive !== undefined) await engine.load(join(ORACLE, archive));
    else if (argv[0] === "tag") engine.find(argv[1])?.tags.push(argv[2]);
    else check({ argv, stdout: stdout ?? "" }, engine, Date.parse(now));
  }
}

const squeezed = (text: string): string =>
  text
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
/** Where the engine keeps the layers is no fact of the image. */
const withoutPlaces = (text: string): string =>
  text.replace(/"Data":( ?)\{.*?"WorkDir": ?"[^"]*"\s*\}/gs, '"Data":$1null');

describe.skipIf(absent)(
  `what Docker 28.5 prints for the images of the oracle${absent ? ` (${absent})` : ""}`,
  () => {
    const counts = { inspect: 0, history: 0, images: 0 };
    afterAll(() =>
      console.log(
        `oracle/golden: ${counts.inspect} inspect documents, ${counts.history} histories and ${counts.images} listings agree`,
      ),
    );

    it("inspect documents are byte for byte those of 03-inspect", async () => {
      await play("03-inspect", ({ argv, stdout }, engine) => {
        const words = argv.filter(
          (word) => !["image", "inspect", "--type", "-s", "-f", "json", ""].includes(word),
        );
        const compact = argv.join(" ").startsWith("inspect -f json ");
        const wanted = words.map((word) => engine.find(word));
        if (
          !argv.includes("inspect") ||
          !(compact || stdout.startsWith("[\n    {")) ||
          wanted.includes(undefined)
        )
          return;
        const documents = wanted.map((image) =>
          inspectImage(image!, { size: imageSize(engine.sizes.get(image!)!)! }),
        );
        const ours = compact ? `${formatJson(documents)}\n` : formatInspect(documents);
        expect(ours).toBe(withoutPlaces(stdout));
        counts.inspect++;
      });
      expect(counts.inspect).toBeGreaterThanOrEqual(10);
    });

    it("histories are those of 04-history, truncated or not", async () => {
      const flags = [
        "--no-trunc",
        "-q",
        "-H=false",
        "--human=false",
        "--human=true",
        "-H",
        "--format",
        "json",
      ];
      await play("04-history", ({ argv, stdout }, engine, nowMs) => {
        const words = argv.filter((word) => !["image", "history", ...flags].includes(word));
        const image = engine.find(words[0] ?? "");
        if (!argv.includes("history") || words.length !== 1 || image === undefined) return;
        const rows = historyRows(image, {
          sizes: engine.sizes.get(image)!,
          nowMs,
          images: engine.images,
          whole: argv.includes("--no-trunc"),
          human: !argv.some((word) => /^(?:-H|--human)=false$/.test(word)),
        });
        expect(argv.includes("json") ? json(rows) : squeezed(table(rows, argv))).toBe(
          argv.includes("json") ? stdout : squeezed(stdout),
        );
        counts.history++;
      });
      expect(counts.history).toBeGreaterThanOrEqual(35);
    });

    it.each(["01-images", "07-load"])("listings are those of %s, row for row", async (name) => {
      await play(name, ({ argv, stdout }, engine, nowMs) => {
        if (
          !/^images? -a$|^images --format \{\{\.Repository\}\}:\{\{\.Tag\}\} \{\{\.ID\}\} \{\{\.Size\}\}$/.test(
            argv.join(" "),
          )
        )
          return;
        const parents = new Set(engine.images.map((image) => image.parent));
        const shown = argv.includes("-a")
          ? engine.images
          : engine.images.filter((image) => image.tags.length > 0 || !parents.has(image.id));
        const rows = shown.flatMap((image) => imageRows(image, { sizes: engine.sizes.get(image)!, nowMs }));
        const ours = rows.map((row) =>
          argv.includes("-a")
            ? `${row.Repository} ${row.Tag} ${row.ID} ${row.CreatedSince || "N/A"} ${row.Size}`
            : `${row.Repository}:${row.Tag} ${row.ID} ${row.Size}`,
        );
        const theirs = squeezed(stdout)
          .split("\n")
          .filter((line) => !line.startsWith("REPOSITORY"));
        const ago = (line: string): string => line.replace("${AGO}", "Less than a second ago");
        expect(ours.sort()).toEqual(
          theirs
            .map(ago)
            .filter((line) => line !== "")
            .sort(),
        );
        counts.images++;
      });
      expect(counts.images).toBeGreaterThan(0);
    });
  },
);

function json(rows: readonly HistoryRow[]): string {
  return rows
    .map(({ ID, Size, Comment, CreatedAt, CreatedBy, CreatedSince }) => {
      const members = Object.entries({ Comment, CreatedAt, CreatedBy, CreatedSince, ID, Size });
      return `${formatJson(new Map(members))}\n`;
    })
    .join("");
}

function table(rows: readonly HistoryRow[], argv: readonly string[]): string {
  if (argv.includes("-q")) return rows.map((row) => row.ID).join("\n");
  const created = argv.some((word) => word.endsWith("=false")) ? "CREATED AT" : "CREATED";
  const lines = rows.map((row) => [row.ID, row.CreatedSince, row.CreatedBy, row.Size, row.Comment].join(" "));
  return [`IMAGE ${created} CREATED BY SIZE COMMENT`, ...lines].join("\n");
}
