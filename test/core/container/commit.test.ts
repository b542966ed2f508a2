import { describe, expect, it } from "vitest";
import { type Bytes, sourceOf } from "../../../core/bytes/mod.ts";
import {
  commitContainer,
  composeExport,
  containerChanges,
  copyIn,
  createContainer,
  editContainer,
  exportContainer,
  exportFiles,
  importImage,
  openContainer,
} from "../../../core/container/mod.ts";
import { type Digest, sha256Digest } from "../../../core/digest/mod.ts";
import { readStoredImage } from "../../../core/image/mod.ts";
import { check, sweep } from "../../../core/store/mod.ts";
import { composeTar, compositionSource, encodeGoHeader, entryAt, readTable } from "../../../core/tar/mod.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import {
  containerOf,
  containerWorld,
  entry,
  linesOf,
  link,
  NOW,
  putImage,
} from "../../support/containers.ts";
import { drained } from "../../support/drained.ts";
import { utf8 } from "../../support/tar.ts";

const FILES = [
  entry("d", "dir", { mode: 0o700, uid: 5 }),
  entry("d/f", { content: "f" }),
  link("d/h", "d/f"),
  entry("l", { to: "d/f" }),
  entry("z", { content: "z" }),
];
const content = (text: string) => sourceOf(utf8(text));

describe("committing a container", () => {
  it("makes an image whose files are those of the container", async () => {
    const world = containerWorld();
    const container = await editContainer(world, await containerOf(world, FILES, { runtime: true }), [
      { kind: "file", path: "/d/new", content: content("n") },
      { kind: "remove", path: "/z" },
      { kind: "file", path: "/etc/app/conf", content: content("c"), parents: true },
      { kind: "owner", path: "/d/f", uid: 9, gid: 9 },
    ]);
    const { record } = await commitContainer(world, container, { names: ["made:1"] });
    expect(record.parent).toBe(container.record.image);
    await createContainer(world, { image: "made:1", name: "two", random: world.random });
    const again = await openContainer(world, "two", { runtime: false });
    const seen = await openContainer(world, "one", { runtime: false });
    const own = (lines: string[]) => lines.filter((line) => !line.endsWith(" etc"));
    expect(own(await linesOf(again))).toEqual(own(await linesOf(seen)));
    expect(containerChanges(again)).toEqual([]);
    expect(await check(world.store)).toEqual([]);
    expect((await sweep(world.store)).removed).toEqual([]);
  });

  it("writes the config as the engine does", async () => {
    const world = containerWorld();
    const container = await copyIn(
      world,
      await containerOf(world, FILES, { settings: { cmd: ["sh", "-c", "x"] } }),
      {
        source: { kind: "path", name: "n", members: [entry(".", { content: "n" })] },
        to: "/n",
      },
    );
    const { config, record } = await commitContainer(world, container.container, {
      author: "Ada <a@b>",
      message: "msg <&>",
      changes: ['ENV X="<>"', "CMD y"],
      engineVersion: "28.5.2",
    });
    const stored = await readStoredImage(world.store, record);
    const { id } = container.container.record;
    const run = (env: string, cmd: string): string =>
      `{"Hostname":"${id.slice(0, 12)}","Domainname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":${env},"Cmd":${cmd},"Image":"app:1","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{}}`;
    expect(new TextDecoder().decode(stored.configBytes)).toBe(
      `{"architecture":"amd64","author":"Ada \\u003ca@b\\u003e","config":${run('["X=\\u003c\\u003e"]', '["/bin/sh","-c","y"]')},"container":"${id}","container_config":${run("null", '["sh","-c","x"]')},"created":"2020-09-13T12:30:00Z","docker_version":"28.5.2","history":[{"created":"2020-09-13T12:26:40Z","created_by":"made"},{"created":"2020-09-13T12:30:00Z","created_by":"sh -c x","author":"Ada \\u003ca@b\\u003e","comment":"msg \\u003c\\u0026\\u003e"}],"os":"linux","rootfs":{"type":"layers","diff_ids":["${config.diffIDs[0]}","${config.diffIDs[1]}"]}}`,
    );
  });

  it("adds no layer where nothing was changed", async () => {
    const world = containerWorld();
    const container = await containerOf(world, FILES, { runtime: true });
    const { config } = await commitContainer(world, container);
    expect(config.diffIDs).toEqual(container.image.config.diffIDs);
    expect(config.history.at(-1)).toMatchObject({ createdBy: "sh", emptyLayer: true });
  });

  it("writes what engines put into a changeset: changed paths, directories above, whiteouts", async () => {
    const world = containerWorld();
    const container = await editContainer(world, await containerOf(world, FILES), [
      { kind: "remove", path: "/d/h" },
      { kind: "remove", path: "/z" },
      { kind: "mode", path: "/d/f", mode: 0o4755 },
    ]);
    const { record } = await commitContainer(world, container);
    const { manifest } = await readStoredImage(world.store, record);
    const layer = await world.store.blob(manifest.layers.at(-1)!);
    const table = await readTable(layer!);
    expect(Array.from({ length: table.count }, (_, row) => entryAt(table, row).path)).toEqual([
      ".wh.z",
      "d/",
      "d/.wh.h",
      "d/f",
    ]);
  });

  it("refuses changes and names that mean nothing, and leaves nothing", async () => {
    const world = containerWorld();
    const container = await editContainer(world, await containerOf(world, FILES), [
      { kind: "remove", path: "/z" },
    ]);
    const before = await world.store.list();
    await expect(commitContainer(world, container, { changes: ["RUN x"] })).rejects.toThrow(
      "RUN is not a valid change command",
    );
    await expect(commitContainer(world, container, { names: ["Bad"] })).rejects.toMatchObject({
      code: "oci/reference",
    });
    await sweep(world.store);
    expect(await world.store.list()).toEqual(before);
  });
});

describe("exporting", () => {
  it("writes the whole file system as one tar, streamed or composed alike", async () => {
    const world = containerWorld();
    const container = await editContainer(world, await containerOf(world, FILES, { runtime: true }), [
      { kind: "file", path: "/d/new", content: content("n") },
      { kind: "remove", path: "/z" },
    ]);
    const streamed = await drained(exportContainer(container));
    expect(streamed).toEqual(new Uint8Array(await compositionSource(composeExport(container)).arrayBuffer()));
    const table = await readTable(sourceOf(streamed));
    expect(Array.from({ length: table.count }, (_, row) => entryAt(table, row).path)).toEqual(
      ".dockerenv d/ d/f d/h d/new dev/ dev/console dev/pts/ dev/shm/ etc/ etc/hostname etc/hosts etc/mtab etc/resolv.conf l proc/ sys/".split(
        " ",
      ),
    );
    expect(entryAt(table, 3)).toMatchObject({ type: "link", link: "d/f", uname: "", gname: "" });
  });

  it("imports again as the same file system", async () => {
    const world = containerWorld();
    const container = await containerOf(world, FILES, { runtime: true });
    const exported = await drained(exportContainer(container));
    await importImage(world, sourceOf(exported), { names: ["flat:1"], changes: ["CMD x"] });
    await createContainer(world, { image: "flat:1", name: "flat", random: world.random });
    const flat = await openContainer(world, "flat", { runtime: false });
    expect(await linesOf(flat)).toEqual(await linesOf(container));
    expect(await drained(exportFiles(flat))).toEqual(exported);
  });
});

describe("importing", () => {
  const tar = async (): Promise<Bytes> => {
    const composed = composeTar([entry("etc", "dir"), entry("etc/x", { content: "x".repeat(3000) })], {
      encode: encodeGoHeader,
    });
    return new Uint8Array(await compositionSource(composed).arrayBuffer());
  };
  const gzipped = async (bytes: Bytes): Promise<Bytes> =>
    drained(sourceOf(bytes).stream().pipeThrough(new CompressionStream("gzip")));
  const streamOf = (chunks: Iterable<Uint8Array>): ReadableStream<Bytes> =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new Uint8Array(chunk));
        controller.close();
      },
    });

  it("writes the config as the engine does", async () => {
    const world = containerWorld();
    const bytes = await tar();
    const { record } = await importImage(world, sourceOf(bytes), { message: "x", engineVersion: "28.5.2" });
    const { configBytes, manifest } = await readStoredImage(world.store, record);
    const none =
      '{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null}';
    expect(new TextDecoder().decode(configBytes)).toBe(
      `{"architecture":"amd64","comment":"x","config":${none},"container_config":${none},"created":"2020-09-13T12:30:00Z","docker_version":"28.5.2","history":[{"created":"2020-09-13T12:30:00Z","comment":"x"}],"os":"linux","rootfs":{"type":"layers","diff_ids":["${sha256Digest(bytes)}"]}}`,
    );
    expect(manifest.layers.map(({ digest }) => digest)).toEqual([sha256Digest(bytes)]);
    expect(NOW).toBe(1_600_000_200);
  });

  it("takes a stream, plain or compressed, however it is cut", async () => {
    const plain = await tar();
    const wanted: Digest = sha256Digest(plain);
    for (const bytes of [plain, await gzipped(plain)]) {
      for (const { next } of CHUNKINGS) {
        const world = containerWorld();
        const { config } = await importImage(world, streamOf(chunked(bytes, next())));
        expect(config.diffIDs).toEqual([wanted]);
        expect((await world.store.list()).map(({ digest }) => digest)).toContain(wanted);
      }
      const world = containerWorld();
      expect((await importImage(world, sourceOf(bytes))).config.diffIDs).toEqual([wanted]);
    }
  });

  it("says the platform, and who it is from where nobody says more", async () => {
    const world = containerWorld();
    const { config } = await importImage(world, sourceOf(await tar()), {
      platform: { os: "linux", architecture: "arm", variant: "v7" },
    });
    expect(config.platform).toEqual({ os: "linux", architecture: "arm", variant: "v7" });
    expect(config.history).toMatchObject([{ comment: "Imported from -", createdBy: "", emptyLayer: false }]);
  });

  it("takes nothing at all for an empty layer, and refuses what is no tar", async () => {
    const world = containerWorld();
    const { config } = await importImage(world, sourceOf(new Uint8Array(0)), { names: ["empty"] });
    expect(config.diffIDs).toEqual([sha256Digest(new Uint8Array(0))]);
    const text = sourceOf(utf8("text\n".repeat(300)));
    await expect(importImage(world, text)).rejects.toThrow("archive/tar: invalid tar header");
    const whole = await tar();
    await expect(importImage(world, sourceOf(whole.subarray(0, 1500)))).rejects.toThrow("unexpected EOF");
    const zipped = await gzipped(whole);
    await expect(importImage(world, sourceOf(zipped.subarray(0, zipped.length - 20)))).rejects.toThrow(
      "unexpected EOF",
    );
    await expect(importImage(world, sourceOf(whole), { changes: ["BOGUS x"] })).rejects.toThrow(
      "BOGUS is not a valid change command",
    );
    await sweep(world.store);
    expect(await world.store.list()).toHaveLength(3);
  });
});

describe("an image in Docker's own types", () => {
  it("stays in them when something is committed on it", async () => {
    const world = containerWorld();
    const { config, record } = await putImage(world, [[entry("a")]]);
    expect(config.diffIDs).toHaveLength(1);
    await createContainer(world, { image: record.id, name: "one", random: world.random });
    const container = await editContainer(world, await openContainer(world, "one"), [
      { kind: "remove", path: "/a" },
    ]);
    const docker = {
      ...container,
      image: {
        ...container.image,
        manifest: {
          ...container.image.manifest,
          mediaType: "application/vnd.docker.distribution.manifest.v2+json",
        },
      },
    };
    const made = await commitContainer(world, docker);
    const { manifest, descriptor } = await readStoredImage(world.store, made.record);
    expect([descriptor.mediaType, manifest.config.mediaType, manifest.layers[1]?.mediaType]).toEqual([
      "application/vnd.docker.distribution.manifest.v2+json",
      "application/vnd.docker.container.image.v1+json",
      "application/vnd.docker.image.rootfs.diff.tar",
    ]);
  });
});
