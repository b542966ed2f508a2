import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composeDockerArchive, type SaveLayout } from "../../core/archive/mod.ts";
import { sourceOf } from "../../core/bytes/mod.ts";
import { demoImage } from "../../web/effect/demo-image.ts";
import { configOf, layerOf } from "../support/docker-archives.ts";
import { nativeHasher } from "../support/native-hash.ts";
import {
  type SeenImage,
  saved,
  seenImages,
  sharedArchives,
  storeOfFile,
  writeComposition,
} from "../support/stores.ts";
import { docker, ENGINES_ABSENT, run, runRaw, startEngine, stopEngine } from "./engines.ts";

/** An archive of the collection, loaded and saved again. */
interface Case {
  readonly name: string;
  readonly folder: string;
  readonly images: readonly SeenImage[];
}

const LAYOUTS: readonly SaveLayout[] = ["docker", "docker-classic", "oci"];
const cases: Case[] = [];
let top = "";

/** What did not go as it should, by engine and layout. */
type Verdict = string | undefined;

const sha256 = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
/** Layers in the RootFS that an engine prints; without any, the member is missing. */
function layersOf(rootfs: string): string {
  const value: { readonly Layers?: readonly string[] | null } = rootfs === "" ? {} : JSON.parse(rootfs);
  return JSON.stringify(value.Layers ?? []);
}

const familiar = (name: string): string => name.replace(/^docker\.io\/(?:library\/)?/, "");

async function classicStore(engine: string, archive: string, images: readonly SeenImage[]): Promise<Verdict> {
  const load = await docker(engine, "load", "-q", "-i", archive);
  if (load.exit !== 0) return load.stderr.trim();
  for (const { id, names, diffIDs } of images) {
    const format = "{{.Id}}|{{json .RootFS}}|{{json .RepoTags}}";
    const { stdout } = await docker(engine, "image", "inspect", "-f", format, id);
    const [found, layers = "", tags = ""] = stdout.trim().split("|");
    if (found !== id) return `has ID ${found}, expected ${id}`;
    if (layersOf(layers) !== JSON.stringify(diffIDs)) return `has layers ${layers}`;
    for (const name of names) if (!tags.includes(`"${familiar(name)}"`)) return `lacks ${name}: ${tags}`;
  }
  return undefined;
}

async function containerdStore(
  engine: string,
  archive: string,
  images: readonly SeenImage[],
  layout: SaveLayout,
): Promise<Verdict> {
  const load = await docker(engine, "load", "-q", "-i", archive);
  if (load.exit !== 0) return load.stderr.trim();
  for (const { root, names, diffIDs } of images) {
    for (const name of names.length > 0 ? names : layout === "docker-classic" ? [] : [root]) {
      const format = "{{.Id}}|{{json .RootFS}}";
      const { stdout, stderr } = await docker(engine, "image", "inspect", "-f", format, familiar(name));
      const [found, layers = ""] = stdout.trim().split("|");
      if (stderr.trim() !== "") return stderr.trim();
      if (layout !== "docker-classic" && found !== root)
        return `${name} has digest ${found}, expected ${root}`;
      if (layersOf(layers) !== JSON.stringify(diffIDs))
        return `${name} has layers ${layers}, expected ${JSON.stringify(diffIDs)}`;
    }
  }
  return undefined;
}

/** Podman with a store of its own, which goes with the folder. */
function podmanRun(...args: readonly string[]): ReturnType<typeof run> {
  const place = ["--root", join(top, "podman"), "--runroot", join(top, "podman-run")];
  return run("podman", ...place, "--storage-driver", "vfs", ...args);
}

async function podman(archive: string, images: readonly SeenImage[]): Promise<Verdict> {
  const load = await podmanRun("load", "-q", "-i", archive);
  if (load.exit !== 0) return load.stderr.trim();
  for (const { id, names, diffIDs } of images) {
    const format = "{{.Id}}|{{json .RootFS}}|{{json .NamesHistory}}|{{json .RepoTags}}";
    const { stdout, stderr } = await podmanRun("image", "inspect", "-f", format, id.slice("sha256:".length));
    const [found, layers = "", , tags = ""] = stdout.trim().split("|");
    if (`sha256:${found}` !== id) return `lacks ${id}: ${stderr.trim()}`;
    if (layersOf(layers) !== JSON.stringify(diffIDs)) return `has layers ${layers}`;
    for (const name of names)
      if (!tags.includes(`"${name}"`) && !tags.includes(`"localhost/${familiar(name)}"`))
        return `lacks ${name}: ${tags}`;
  }
  return undefined;
}

async function skopeoDocker(archive: string, images: readonly SeenImage[]): Promise<Verdict> {
  for (const [at, { id, names }] of images.entries()) {
    for (const which of names.length > 0 ? names.map(familiar) : [`@${at}`]) {
      const config = await runRaw(
        "skopeo",
        "inspect",
        "--config",
        "--raw",
        `docker-archive:${archive}:${which}`,
      );
      if (config === undefined)
        return (
          await run("skopeo", "inspect", "--config", "--raw", `docker-archive:${archive}:${which}`)
        ).stderr.trim();
      if (sha256(config) !== id) return `${which} has config ${sha256(config)}, expected ${id}`;
    }
  }
  return undefined;
}

async function skopeoOci(archive: string, images: readonly SeenImage[]): Promise<Verdict> {
  for (const { root, names } of images) {
    for (const which of names.length > 0
      ? names.map((name) => `:${familiar(name)}`)
      : images.length === 1
        ? [""]
        : []) {
      const document = await runRaw("skopeo", "inspect", "--raw", `oci-archive:${archive}${which}`);
      if (document === undefined)
        return (await run("skopeo", "inspect", "--raw", `oci-archive:${archive}${which}`)).stderr.trim();
      if (sha256(document) !== root) return `${which} is ${sha256(document)}, expected ${root}`;
    }
  }
  return undefined;
}

async function umoci(archive: string, images: readonly SeenImage[]): Promise<Verdict> {
  const folder = mkdtempSync(join(top, "umoci-"));
  await run("tar", "xf", archive, "-C", folder);
  try {
    for (const { names } of images) {
      for (const name of names) {
        const { exit, stderr } = await run(
          "umoci",
          "stat",
          "--json",
          "--image",
          `${folder}:${familiar(name)}`,
        );
        if (exit !== 0) return stderr.trim().split("\n").at(-1);
      }
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where an engine cannot take what is right: who, in which layout, what it says (or of which archive), and why. */
const KNOWN: readonly { readonly who: RegExp; readonly says: RegExp; readonly why: string }[] = [
  {
    who: /^docker2[08] /,
    says: /cannot load windows image on linux/,
    why: "the engine runs on Linux",
  },
  {
    who: /^docker2[08] .*hard-link-2/,
    says: /no such file or directory/,
    why: "a layer with a hard link to a file of the layer below, which the engine unpacks alone",
  },
  {
    who: /^(?:docker2[08]c?|podman) .*overlayfs-docker-v2/,
    says: /invalid tar header|squashfs|has layers/,
    why: "its layers are squashfs and no tar",
  },
  {
    who: /^docker28c (?:docker|oci) .*v1-test_index\./,
    says: /has layers|neither a manifest or index/,
    why: "its index lists a text, over which the engine stumbles",
  },
  {
    who: /^podman oci /,
    says: /more than one image in oci, choose an image/,
    why: "Podman loads one name of one image from a pure layout",
  },
  {
    who: /^podman oci .*my-previous-image/,
    says: /unsupported docker v2s2 media type/,
    why: "its manifest is of Docker's type with layers of OCI's, as it came",
  },
  {
    who: /^skopeo oci-archive oci /,
    says: /no descriptor found for reference/,
    why: "Skopeo finds a manifest by name only when it is of OCI's type; ours is kept as it came",
  },
  {
    who: /^umoci oci /,
    says: /not implemented: application\/vnd\.docker\.distribution\.manifest/,
    why: "umoci reads manifests of OCI's type only; ours is kept as it came",
  },
  { who: /^umoci oci /, says: /tag is ambiguous/, why: "umoci does not choose among platforms" },
];

/** Asks about every case and layout; gives what went wrong and is not known to, and prints how many did not. */
async function askAll(
  who: string,
  layouts: readonly SaveLayout[],
  ask: (archive: string, images: readonly SeenImage[], layout: SaveLayout) => Promise<Verdict>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const layout of layouts) {
    let right = 0;
    const reasons = new Map<string, number>();
    for (const { name, folder, images } of cases) {
      const verdict = await ask(join(folder, `${layout}.tar`), images, layout);
      if (verdict === undefined) {
        right++;
        continue;
      }
      const known = KNOWN.find((one) => one.who.test(`${who} ${layout} ${name}`) && one.says.test(verdict));
      if (known === undefined) wrong.push(`${layout} ${name}: ${verdict}`);
      else reasons.set(known.why, (reasons.get(known.why) ?? 0) + 1);
    }
    const why = [...reasons].map(([reason, times]) => `; ${times}: ${reason}`).join("");
    console.log(`${who}, ${layout}: ${right} of ${cases.length}${why}`);
  }
  return wrong;
}

describe.skipIf(ENGINES_ABSENT)(`what we save${ENGINES_ABSENT ? ` (${ENGINES_ABSENT})` : ""}`, () => {
  beforeAll(async () => {
    top = mkdtempSync(join(process.env["ORACLE_WORK"] ?? tmpdir(), "breakbulk-interop-"));
    for (const path of sharedArchives()) {
      const store = await storeOfFile(path);
      if (store === undefined) continue;
      const folder = join(top, String(cases.length));
      mkdirSync(folder);
      for (const layout of LAYOUTS)
        await writeComposition(await saved(store, layout), join(folder, `${layout}.tar`));
      cases.push({ name: path.replace(/^.*shared\//, ""), folder, images: await seenImages(store) });
    }
  }, 300_000);
  afterAll(() => rmSync(top, { recursive: true, force: true }));

  it("is there in every layout", () => {
    expect(cases.length).toBeGreaterThan(100);
  });

  it("loads everywhere when it was composed from nothing: the demo image, and an image made in a test", async () => {
    const composed = join(top, "composed.tar");
    const layer = await layerOf("hello", "composed\n");
    const config = configOf({ layers: [layer], config: { created: "2024-01-02T03:04:05Z" } });
    const layers = [{ diffID: layer.diffID, content: sourceOf(layer.plain) }];
    await writeComposition(
      composeDockerArchive([{ config, tags: ["composed:1"], layers }], nativeHasher),
      composed,
    );
    const demo = join(top, "demo.tar");
    writeFileSync(demo, new Uint8Array(await (await demoImage()).arrayBuffer()));
    const wrong: string[] = [];
    for (const archive of [composed, demo]) {
      const store = await storeOfFile(archive);
      if (store === undefined) throw new Error(`${archive} does not load here`);
      const images = await seenImages(store);
      for (const engine of ["docker20", "docker28", "docker28c"]) {
        await startEngine(engine);
        const verdict =
          engine === "docker28c"
            ? await containerdStore(engine, archive, images, "docker")
            : await classicStore(engine, archive, images);
        await stopEngine(engine);
        if (verdict !== undefined) wrong.push(`${engine} ${archive}: ${verdict}`);
      }
      const verdict = (await podman(archive, images)) ?? (await skopeoDocker(archive, images));
      if (verdict !== undefined) wrong.push(`${archive}: ${verdict}`);
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it.each(["docker20", "docker28"])(
    "loads in %s with the same IDs, layers and names",
    async (engine) => {
      await startEngine(engine);
      try {
        expect(
          await askAll(engine, ["docker", "docker-classic"], (archive, images) =>
            classicStore(engine, archive, images),
          ),
        ).toEqual([]);
      } finally {
        await stopEngine(engine);
      }
    },
    1_200_000,
  );

  it("loads in docker28c with the same manifest digests, layers and names", async () => {
    await startEngine("docker28c");
    try {
      expect(
        await askAll("docker28c", LAYOUTS, (archive, images, layout) =>
          containerdStore("docker28c", archive, images, layout),
        ),
      ).toEqual([]);
    } finally {
      await stopEngine("docker28c");
    }
  }, 1_200_000);

  it("loads in Podman with the same IDs, layers and names", async () => {
    expect(await askAll("podman", LAYOUTS, podman)).toEqual([]);
  }, 1_200_000);

  it("is read by Skopeo with the same configs and manifests", async () => {
    const wrong = await askAll("skopeo docker-archive", ["docker", "docker-classic"], skopeoDocker);
    expect([...wrong, ...(await askAll("skopeo oci-archive", ["oci"], skopeoOci))]).toEqual([]);
  }, 1_200_000);

  it("is read by umoci", async () => {
    expect(await askAll("umoci", ["oci"], umoci)).toEqual([]);
  }, 1_200_000);
});
