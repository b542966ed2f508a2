import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SaveLayout, saveArchive } from "../../core/archive/mod.ts";
import { sourceOf } from "../../core/bytes/mod.ts";
import { exportFiles } from "../../core/container/mod.ts";
import { openLayer, readStoredImage, selectImages } from "../../core/image/mod.ts";
import { entryAt, readTable } from "../../core/tar/mod.ts";
import { foldLayers } from "../../core/tree/mod.ts";
import { type FolderStore, openFolderStore } from "../../edge/script/folder-store.ts";
import { drained } from "../support/drained.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { writeComposition } from "../support/stores.ts";
import { docker, ENGINES_ABSENT, run, runRaw, startEngine, stopEngine } from "./engines.ts";
import { type Made, makeBuilds, makeContainers, makeEdits, SECRET } from "./making-cases.ts";
import { type ScriptPlace, scriptText } from "./script-host.ts";

const MINI = "../shared/oracle/mini";
const LAYOUTS: readonly SaveLayout[] = ["docker", "docker-classic", "oci"];
const START = Math.floor(Date.now() / 1000) - 5;

/** An image as it is here. */
interface Case extends Made {
  readonly id: string;
  readonly root: string;
  readonly folder: string;
  readonly settings: string;
  readonly diffIDs: string;
  /** Its files: as a container exports them, and of the image alone. */
  readonly exported: readonly string[];
  readonly files: readonly string[];
}

let top = "";
let store: FolderStore;
const cases: Case[] = [];

/** An archive in lines, by path; names of one file alike, times of the test itself as `now`. */
async function listing(bytes: Uint8Array): Promise<string[]> {
  const table = await readTable(sourceOf(bytes));
  const lines = new Map<string, string>();
  for (let row = 0; row < table.count; row++) {
    const { type, mode, uid, gid, mtime, path, link, size, offset, major, minor } = entryAt(table, row);
    const name = path.replace(/^\.?\//, "").replace(/\/$/, "");
    if (name === "" || name === ".") continue;
    if (type === "link") {
      lines.set(name, lines.get(link.replace(/^\.?\//, "")) ?? `link to ${link}`);
      continue;
    }
    const when = mtime >= START ? "now" : String(Math.floor(mtime));
    const device = major === undefined ? "" : ` ${major},${minor}`;
    const content =
      type === "file"
        ? createHash("sha256")
            .update(bytes.subarray(offset, offset + size))
            .digest("hex")
            .slice(0, 12)
        : "";
    lines.set(name, `${type} ${mode.toString(8)} ${uid}/${gid} ${when} ${link}${device}${content}`);
  }
  return [...lines].map(([name, line]) => `${name} ${line}`).sort();
}

async function caseOf(place: ScriptPlace, made: Made): Promise<Case> {
  const { name } = made;
  const table = await store.table.snapshot();
  const [selection] = selectImages(table, [name]);
  if (selection === undefined) throw new Error(`${name} is not there`);
  const folder = join(top, "saved", name.replace(/\W/g, "-"));
  mkdirSync(folder, { recursive: true });
  for (const layout of LAYOUTS) {
    const { composition } = await saveArchive(store, [selection], { layout, newHasher: nativeHasher });
    await writeComposition(composition, join(folder, `${layout}.tar`));
  }
  const image = await readStoredImage(store, { id: selection.image, target: selection.target });
  const layers = [];
  for (const layer of image.manifest.layers)
    layers.push(await openLayer(store, layer, { newHasher: nativeHasher }));
  const files =
    layers.length === 0
      ? []
      : await listing(
          await drained(
            exportFiles({
              layers,
              tree: foldLayers(layers.map(({ table: one }) => one)),
              upTo: layers.length - 1,
            }),
          ),
        );
  const container = await scriptText(place, ["create", name, "x"]);
  await scriptText(place, ["export", "-o", "export.tar", container]);
  const exported = await listing(readFileSync(join(place.folder, "export.tar")));
  await scriptText(place, ["rm", container]);
  const settings = await scriptText(place, ["image", "inspect", "-f", SETTINGS, name]);
  const diffIDs = JSON.stringify(image.config.diffIDs);
  return {
    ...made,
    id: selection.image,
    root: selection.target.digest,
    folder,
    settings,
    diffIDs,
    exported,
    files,
  };
}

/** What engines say of an image in the same words. */
const SETTINGS =
  "{{json .Config.Env}}{{json .Config.Cmd}}{{json .Config.Entrypoint}}{{json .Config.User}}{{json .Config.WorkingDir}}{{json .Config.Labels}}{{json .Architecture}}{{json .Os}}";

/** What did not go as it should. */
type Verdict = string | undefined;

function compared(what: string, theirs: readonly string[], ours: readonly string[]): Verdict {
  const [less, more] = [
    ours.filter((one) => !theirs.includes(one)),
    theirs.filter((one) => !ours.includes(one)),
  ];
  return less.length + more.length === 0
    ? undefined
    : `${what}: lacks ${less.slice(0, 5).join("; ")}, has ${more.slice(0, 5).join("; ")}`;
}

/** Engines run what is of this machine. */
const runnable = (one: Case): boolean => one.runs !== undefined;

async function inDocker(engine: string, one: Case, layout: SaveLayout): Promise<Verdict> {
  const load = await docker(engine, "load", "-q", "-i", join(one.folder, `${layout}.tar`));
  if (load.exit !== 0) return load.stderr.trim();
  const containerd = engine.endsWith("c");
  const { stdout, stderr } = await docker(
    engine,
    "image",
    "inspect",
    "-f",
    `{{.Id}}|{{json .RootFS.Layers}}|${SETTINGS}`,
    one.name,
  );
  const [id, diffIDs, ...rest] = stdout.trim().split("|");
  const expected = containerd ? one.root : one.id;
  if (id !== expected && !(containerd && layout === "docker-classic"))
    return `has ID ${id}, expected ${expected} ${stderr}`;
  if (diffIDs !== one.diffIDs && diffIDs !== "null") return `has layers ${diffIDs}`;
  // 20.10 prints what is stored, where 28 leaves out what is empty.
  const settings = rest.join("|").replace("{}", "null");
  if (settings !== one.settings) return `has ${rest.join("|")}, expected ${one.settings}`;
  const create = await docker(engine, "create", one.name, "x");
  if (create.exit !== 0) return create.stderr.trim();
  const path = join(top, `${engine}.tar`);
  const { stderr: failure, exit } = await docker(engine, "export", "-o", path, create.stdout.trim());
  if (exit !== 0) return failure.trim();
  const verdict = compared("files", await listing(readFileSync(path)), one.exported);
  await docker(engine, "rm", create.stdout.trim());
  return (
    verdict ??
    (await ran(one, (words) => docker(engine, "run", "--rm", "--network", "none", one.name, ...words)))
  );
}

async function ran(one: Case, how: (words: readonly string[]) => ReturnType<typeof run>): Promise<Verdict> {
  if (!runnable(one)) return undefined;
  const { stdout, stderr } = await how(one.runs?.words ?? []);
  return stdout === one.runs?.prints ? undefined : `prints ${JSON.stringify(stdout)} ${stderr.trim()}`;
}

const place = (name: string): string[] => [
  "--root",
  join(top, name),
  "--runroot",
  join(top, `${name}-run`),
  "--storage-driver",
  "vfs",
];

/** How Podman runs without CAP_SYS_RESOURCE. */
const RUN_FLAGS = [
  "run",
  "--rm",
  "--network",
  "none",
  "--ulimit",
  "nofile=1024:1024",
  "--ulimit",
  "nproc=1024:1024",
];

async function inPodman(one: Case, layout: SaveLayout): Promise<Verdict> {
  const podman = (...args: readonly string[]) => run("podman", ...place("podman"), ...args);
  const load = await podman("load", "-q", "-i", join(one.folder, `${layout}.tar`));
  if (load.exit !== 0) return load.stderr.trim().split("\n").at(-1);
  const { stdout } = await podman(
    "image",
    "inspect",
    "-f",
    "{{.Id}}|{{json .RootFS.Layers}}",
    one.id.slice(7),
  );
  if (stdout.trim() !== `${one.id.slice(7)}|${one.diffIDs}`)
    return `has ${stdout}, expected ${one.id} ${one.diffIDs}`;
  const create = await podman("create", "--network", "none", one.id.slice(7), "x");
  if (create.exit !== 0) return create.stderr.trim();
  const path = join(top, "podman.tar");
  const { exit, stderr } = await podman("export", "-o", path, create.stdout.trim());
  if (exit !== 0) return stderr.trim();
  const verdict = compared("files", await listing(readFileSync(path)), one.files);
  await podman("rm", create.stdout.trim());
  const flags = ["--runtime", "runc", "--cgroup-manager", "cgroupfs", ...RUN_FLAGS];
  return verdict ?? (await ran(one, (words) => podman(...flags, one.id.slice(7), ...words)));
}

async function folderListing(folder: string): Promise<string[]> {
  const bytes = await runRaw(
    "tar",
    "-c",
    "--sort=name",
    "--numeric-owner",
    "--format=pax",
    "-C",
    folder,
    ".",
  );
  if (bytes === undefined) throw new Error(`${folder} cannot be listed`);
  return listing(bytes);
}

async function inBuildah(one: Case, layout: SaveLayout): Promise<Verdict> {
  const buildah = (...args: readonly string[]) => run("buildah", ...place("buildah"), ...args);
  const kind = layout === "oci" ? "oci-archive" : "docker-archive";
  const from = await buildah("from", "--pull-never", `${kind}:${join(one.folder, `${layout}.tar`)}`);
  if (from.exit !== 0) return from.stderr.trim().split("\n").at(-1);
  const name = from.stdout.trim().split("\n").at(-1) ?? "";
  const { stdout: id } = await buildah("inspect", "-f", "{{.FromImageID}}", name);
  if (`sha256:${id.trim()}` !== one.id) return `has ID ${id}, expected ${one.id}`;
  const { stdout: mount } = await buildah("mount", name);
  const verdict = compared("files", await folderListing(mount.trim()), one.files);
  await buildah("rm", name);
  return verdict;
}

async function inUmoci(one: Case): Promise<Verdict> {
  const folder = mkdtempSync(join(top, "umoci-"));
  try {
    mkdirSync(join(folder, "layout"));
    await run("tar", "xf", join(one.folder, "oci.tar"), "-C", join(folder, "layout"));
    const { exit, stderr } = await run(
      "umoci",
      "unpack",
      "--image",
      `${folder}/layout:${one.name}`,
      `${folder}/bundle`,
    );
    if (exit !== 0) return stderr.trim().split("\n").at(-1);
    return compared("files", await folderListing(join(folder, "bundle/rootfs")), one.files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Copies it to a folder, for which every blob is read and checked, and asks for its config. */
async function inSkopeo(one: Case, layout: SaveLayout): Promise<Verdict> {
  const kind = layout === "oci" ? "oci-archive" : "docker-archive";
  const from = `${kind}:${join(one.folder, `${layout}.tar`)}`;
  const to = `dir:${join(top, "skopeo")}`;
  const copy = await run("skopeo", "copy", "--insecure-policy", from, to);
  if (copy.exit !== 0) return copy.stderr.trim().split("\n").at(-1);
  const config = await runRaw("skopeo", "inspect", "--config", "--raw", from);
  const id = `sha256:${createHash("sha256")
    .update(config ?? "")
    .digest("hex")}`;
  return id === one.id ? undefined : `has config ${id}, expected ${one.id}`;
}

/** What engines cannot do with what is right, and why. */
const KNOWN: readonly { readonly who: RegExp; readonly says: RegExp; readonly why: string }[] = [
  {
    who: /^(?:podman|buildah|skopeo) oci index\/filtered/,
    says: /no image found in (?:image index|manifest list) for architecture|manifest\.json: not a directory/,
    why: "it is for another platform",
  },
  {
    who: /^buildah \S+ build\/trigger/,
    says: /given/,
    why: "buildah runs triggers when it makes a container",
  },
  {
    who: /^umoci oci index\/(?:made|merged)/,
    says: /tag is ambiguous/,
    why: "umoci does not choose among platforms",
  },
  {
    who: /^umoci oci (?:edit\/docker|made\/commit)/,
    says: /not implemented: application\/vnd\.docker\.distribution\.manifest/,
    why: "umoci reads manifests of OCI's type only",
  },
  {
    who: /^skopeo oci edit\/docker/,
    says: /no descriptor found for reference/,
    why: "Skopeo finds a manifest by name only when it is of OCI's type",
  },
];

/** Those in which images are run. */
const RUNNERS = /docker|podman/;

async function askAll(
  who: string,
  layouts: readonly SaveLayout[],
  ask: (one: Case, layout: SaveLayout) => Promise<Verdict>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const layout of layouts) {
    let [right, runs] = [0, 0];
    const reasons = new Map<string, number>();
    for (const one of cases) {
      const verdict = await ask(one, layout);
      if (verdict === undefined) {
        right++;
        if (runnable(one)) runs++;
        continue;
      }
      const known = KNOWN.find((it) => it.who.test(`${who} ${layout} ${one.name}`) && it.says.test(verdict));
      if (known === undefined) wrong.push(`${layout} ${one.name}: ${verdict}`);
      else reasons.set(known.why, (reasons.get(known.why) ?? 0) + 1);
    }
    const why = [...reasons].map(([reason, times]) => `; ${times}: ${reason}`).join("");
    console.log(
      `${who}, ${layout}: ${right} of ${cases.length}${RUNNERS.test(who) ? `, of which ${runs} were run` : ""}${why}`,
    );
  }
  return wrong;
}

describe.skipIf(ENGINES_ABSENT)(`what we make${ENGINES_ABSENT ? ` (${ENGINES_ABSENT})` : ""}`, () => {
  beforeAll(async () => {
    top = mkdtempSync(join(process.env["ORACLE_WORK"] ?? tmpdir(), "breakbulk-making-"));
    const where = { home: join(top, "home"), folder: join(top, "work") };
    mkdirSync(where.folder);
    await scriptText(where, ["load", "-i", join(process.cwd(), MINI, "busybox.docker28c.tar")]);
    store = openFolderStore(where.home, { now: () => Date.now() / 1000, newHasher: nativeHasher });
    const made = [
      ...(await makeBuilds(where)),
      ...(await makeContainers(where)),
      ...(await makeEdits(where, store)),
    ];
    for (const one of made) cases.push(await caseOf(where, one));
  }, 300_000);
  afterAll(() => {
    store?.close();
    rmSync(top, { recursive: true, force: true });
  });

  it("holds a secret that was stripped in no byte of any archive", async () => {
    for (const one of cases.filter(({ name }) => name.startsWith("edit/"))) {
      for (const layout of LAYOUTS) {
        const plain = await unpacked(join(one.folder, `${layout}.tar`));
        expect(
          plain.some((bytes) => bytes.includes(SECRET)),
          `${one.name} ${layout}`,
        ).toBe(!one.name.includes("strip"));
      }
    }
  });

  it.each(["docker20", "docker28"])(
    "loads, is the same and runs in %s",
    async (engine) => {
      await startEngine(engine);
      try {
        const ask = (one: Case, layout: SaveLayout) => inDocker(engine, one, layout);
        expect(await askAll(engine, ["docker", "docker-classic"], ask)).toEqual([]);
      } finally {
        await stopEngine(engine);
      }
    },
    1_200_000,
  );

  it("loads, is the same and runs in docker28c", async () => {
    await startEngine("docker28c");
    try {
      expect(await askAll("docker28c", LAYOUTS, (one, layout) => inDocker("docker28c", one, layout))).toEqual(
        [],
      );
    } finally {
      await stopEngine("docker28c");
    }
  }, 1_200_000);

  it("loads, is the same and runs in Podman", async () => {
    expect(await askAll("podman", LAYOUTS, inPodman)).toEqual([]);
  }, 1_200_000);

  it("is the same in buildah", async () => {
    expect(await askAll("buildah", LAYOUTS, inBuildah)).toEqual([]);
  }, 1_200_000);

  it("is unpacked the same by umoci", async () => {
    expect(await askAll("umoci", ["oci"], inUmoci)).toEqual([]);
  }, 1_200_000);

  it("is copied and checked by Skopeo", async () => {
    expect(await askAll("skopeo", LAYOUTS, inSkopeo)).toEqual([]);
  }, 1_200_000);
});

/** The bytes of an archive, and of every gzip blob in it. */
async function unpacked(path: string): Promise<Buffer[]> {
  const whole = readFileSync(path);
  const table = await readTable(sourceOf(whole));
  const found = [whole];
  for (let row = 0; row < table.count; row++) {
    const { offset, size } = entryAt(table, row);
    if (whole[offset] !== 0x1f || whole[offset + 1] !== 0x8b) continue;
    const { gunzipSync } = await import("node:zlib");
    found.push(gunzipSync(whole.subarray(offset, offset + size)));
  }
  return found;
}
