import { describe, expect, it } from "vitest";
import {
  containerChanges,
  createContainer,
  findContainer,
  listContainers,
  openContainer,
  removeContainers,
  renameContainer,
  runSettings,
} from "../../../core/container/mod.ts";
import { mergedMembers, parseRunConfig, removeImages } from "../../../core/image/mod.ts";
import { check, sweep } from "../../../core/store/mod.ts";
import { containerOf, containerWorld, entry, lines, linesOf, putImage } from "../../support/containers.ts";

async function world() {
  const made = containerWorld();
  await putImage(made, [[entry("a", { content: "a" })]], {
    config: { cmd: ["sh"], env: ["PATH=/bin", "A=image"], labels: new Map([["l", "image"]]) },
  });
  return made;
}

describe("making containers", () => {
  it("gives an ID, a name, and a config filled up from the image", async () => {
    const context = await world();
    const { random } = context;
    const record = await createContainer(context, {
      image: "app:1",
      random,
      settings: { env: ["A=own", "B"], cmd: ["ls", "-l"] },
    });
    expect(record.id).toMatch(/^[0-9a-f]{64}$/);
    expect(record.name).toMatch(/^[a-z]+_[a-z]+$/);
    expect(record).toMatchObject({ imageName: "app:1", drafts: [], undone: [] });
    expect(record.config).toBe(
      `{"Hostname":"${record.id.slice(0, 12)}","Domainname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["A=own","B","PATH=/bin"],"Cmd":["ls","-l"],"Image":"app:1","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{"l":"image"}}`,
    );
    expect(parseRunConfig(record.config)).toMatchObject({ env: ["A=own", "B", "PATH=/bin"], image: "app:1" });
  });

  it("makes the working directory that is asked for, as a first change", async () => {
    const context = await world();
    const { random } = context;
    const made = async (workingDir: string) => {
      const record = await createContainer(context, { image: "app:1", random, settings: { workingDir } });
      const container = await openContainer(context, record.id);
      return {
        container,
        config: container.config,
        changes: containerChanges(container).map(({ kind, path }) => `${kind} ${path}`),
      };
    };
    const one = await made("/../new/./deep/");
    expect(one.config.workingDir).toBe("/new/deep");
    expect(one.changes).toEqual(["A /new", "A /new/deep"]);
    expect((await made("/etc")).changes).toEqual([]);
    expect((await made("/")).changes).toEqual([]);
    await expect(made("/a")).rejects.toThrow("Cannot mkdir: /a is not a directory");
    await expect(made("/a/b")).rejects.toThrow("Cannot mkdir: /a/b is not a directory");
    await expect(made("a")).rejects.toThrow(
      "the working directory 'a' is invalid, it needs to be an absolute path",
    );
    expect((await context.store.table.snapshot()).containers.size).toBe(3);
    expect(await check(context.store)).toEqual([]);
  });

  it("keeps names apart, in the engine's words", async () => {
    const context = await world();
    const { random } = context;
    const { id } = await createContainer(context, { image: "app:1", name: "/one", random });
    await expect(createContainer(context, { image: "app:1", name: "one", random })).rejects.toThrow(
      `Conflict. The container name "/one" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
    for (const name of ["k", "bad name", "-x", "a/b"])
      await expect(createContainer(context, { image: "app:1", name, random })).rejects.toThrow(
        `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
      );
  });

  it("invents another name where one is taken", async () => {
    const context = await world();
    const random = (bytes: Uint8Array<ArrayBuffer>): void => {
      bytes.fill(bytes.length === 4 ? 1 : 200 + (count++ % 50));
    };
    let count = 0;
    const names = new Set<string>();
    for (let n = 0; n < 5; n++) names.add((await createContainer(context, { image: "app:1", random })).name);
    expect([...names].map((name) => name.replace(/^[a-z]+_[a-z]+/, ""))).toEqual(["", "1", "2", "3", "4"]);
  });

  it("refuses an image that is not there, and one that says nothing to start", async () => {
    const context = await world();
    const { random } = context;
    await expect(createContainer(context, { image: "nosuch", random })).rejects.toThrow(
      "No such image: nosuch",
    );
    await putImage(context, [], { name: "bare:1", config: {} });
    await expect(createContainer(context, { image: "bare:1", random })).rejects.toMatchObject({
      code: "container/command",
      message: "no command specified",
    });
  });

  it("keeps what it is made of, whatever becomes of the image", async () => {
    const context = await world();
    await createContainer(context, { image: "app:1", name: "one", random: context.random });
    const { errors } = await removeImages(context.store, ["app:1"]);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^conflict: unable to remove repository reference "app:1" \(must force\) - container [0-9a-f]{12} is using its referenced image [0-9a-f]{12}$/,
      ),
    ]);
    const { steps } = await removeImages(context.store, ["app:1"], { force: true });
    expect(steps.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "untagged app:1",
      expect.stringMatching(/^deleted sha256:[0-9a-f]{64}$/),
    ]);
    expect((await context.store.table.snapshot()).images.size).toBe(0);
    expect((await sweep(context.store)).removed).toEqual([]);
    expect(await linesOf(await openContainer(context, "one", { runtime: false }))).toEqual([
      "file 644 made a = a",
    ]);
    expect((await removeContainers(context, ["one"])).freed).toBeGreaterThan(0);
    expect(await context.store.list()).toEqual([]);
  });
});

describe("the config of a container", () => {
  const image = {
    cmd: ["c"],
    entrypoint: ["e"],
    exposedPorts: ["80/tcp"],
    volumes: ["/v"],
    user: "u",
    workingDir: "/w",
    stopSignal: "SIGINT",
  };
  const start = (own: Parameters<typeof runSettings>[0]) => {
    const { entrypoint, cmd } = runSettings(own, image);
    return { entrypoint, cmd };
  };

  it("drops the image's command under an entrypoint of its own, and only then", () => {
    expect(start({})).toEqual({ entrypoint: ["e"], cmd: ["c"] });
    expect(start({ cmd: ["x"] })).toEqual({ entrypoint: ["e"], cmd: ["x"] });
    expect(start({ entrypoint: ["x"] })).toEqual({ entrypoint: ["x"], cmd: undefined });
    expect(start({ entrypoint: ["x"], cmd: ["y"] })).toEqual({ entrypoint: ["x"], cmd: ["y"] });
    expect(start({ entrypoint: [], cmd: ["y"] })).toEqual({ entrypoint: [], cmd: ["y"] });
    expect(start({ entrypoint: [""], cmd: ["y"] })).toEqual({ entrypoint: undefined, cmd: ["y"] });
  });

  it("unites ports and volumes, and takes the rest where it says nothing itself", () => {
    expect(runSettings({ exposedPorts: ["90/tcp"], volumes: ["/x"], user: "me" }, image)).toMatchObject({
      exposedPorts: ["90/tcp", "80/tcp"],
      volumes: ["/x", "/v"],
      user: "me",
      workingDir: "/w",
      stopSignal: "SIGINT",
    });
  });

  it("merges the health check field by field", () => {
    const none = { interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0 };
    const own = { ...none, test: [], interval: 5 };
    const theirs = { ...none, test: ["CMD", "x"], interval: 7, retries: 3 };
    expect(runSettings({ healthcheck: own }, { ...image, healthcheck: theirs }).healthcheck).toEqual({
      ...none,
      test: ["CMD", "x"],
      interval: 5,
      retries: 3,
    });
  });
});

describe("finding, renaming and removing containers", () => {
  it("finds by ID, by name with or without a slash, and by the beginning of an ID", async () => {
    const context = await world();
    const { random } = context;
    const one = await createContainer(context, { image: "app:1", name: "one", random });
    await createContainer(context, { image: "app:1", name: "two", random });
    const table = await context.store.table.snapshot();
    for (const text of [one.id, "one", "/one", one.id.slice(0, 8)])
      expect(findContainer(table, text)).toEqual(one);
    for (const text of ["", "nosuch", "zzz"])
      expect(() => findContainer(table, text)).toThrow(`No such container: ${text}`);
    const same = new Map(
      [...table.containers.values()].map((record, n) => [`ab${n}`, { ...record, id: `ab${n}` }]),
    );
    expect(() => findContainer({ ...table, containers: same }, "ab")).toThrow(
      "multiple IDs found with provided prefix: ab",
    );
    expect(listContainers(table)).toHaveLength(2);
  });

  it("renames in the engine's words", async () => {
    const context = await world();
    const { random } = context;
    const one = await createContainer(context, { image: "app:1", name: "one", random });
    await createContainer(context, { image: "app:1", name: "two", random });
    await renameContainer(context, { from: "two", to: "/three" });
    expect(
      listContainers(await context.store.table.snapshot())
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["one", "three"]);
    const refused = (from: string, to: string) => expect(renameContainer(context, { from, to })).rejects;
    await refused("three", "three").toThrow("Renaming a container with the same name as its current name");
    await refused("three", "one").toThrow(
      `Error when allocating new name: Conflict. The container name "/one" is already in use by container "${one.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
    await refused("three", "b d").toThrow(
      "Error when allocating new name: Invalid container name (/b d), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
    );
    await refused("nosuch", "x").toThrow("No such container: nosuch");
  });

  it("removes those that are there and tells of the others", async () => {
    const context = await world();
    await createContainer(context, { image: "app:1", name: "one", random: context.random });
    const { removed, errors, freed } = await removeContainers(context, ["one", "one", "nosuch"]);
    expect(removed.map(({ text }) => text)).toEqual(["one"]);
    expect(errors.map(({ message }) => message)).toEqual([
      "No such container: one",
      "No such container: nosuch",
    ]);
    expect(freed).toBe(0);
  });
});

describe("what an engine makes in every container", () => {
  it("is laid over the image: what is no directory gives way, directories stay", async () => {
    const container = await containerOf(
      containerWorld(),
      [
        entry("etc", "dir", { mtime: 5, mode: 0o711 }),
        entry("etc/hostname", { content: "orig" }),
        entry("etc/hosts", "dir", { mtime: 5 }),
        entry("etc/passwd", { content: "p" }),
        entry("proc", { to: "tmp" }),
        entry("tmp", "dir"),
        entry("dev", "dir"),
        entry("dev/shm", { content: "x" }),
      ],
      { runtime: true },
    );
    expect(await linesOf(container)).toEqual([
      "file 755 created .dockerenv",
      "dir 755 created dev",
      "file 755 created dev/console",
      "dir 755 created dev/pts",
      "dir 755 created dev/shm",
      "dir 711 created etc",
      "file 755 created etc/hostname",
      "dir 755 5 etc/hosts",
      "symlink 777 created etc/mtab → /proc/mounts",
      "file 644 made etc/passwd = p",
      "file 755 created etc/resolv.conf",
      "dir 755 created proc",
      "dir 755 created sys",
      "dir 755 made tmp",
    ]);
    expect(await lines(mergedMembers({ ...container, upTo: container.base - 1 }))).toContain(
      "file 644 made etc/hostname = orig",
    );
  });

  it("is there in a container of an image without layers", async () => {
    const context = containerWorld();
    await putImage(context, []);
    await createContainer(context, { image: "app:1", name: "one", random: context.random });
    const container = await openContainer(context, "one");
    expect((await linesOf(container)).map((line) => line.split(" ")[3])).toEqual(
      ".dockerenv dev dev/console dev/pts dev/shm etc etc/hostname etc/hosts etc/mtab etc/resolv.conf proc sys".split(
        " ",
      ),
    );
    expect(await linesOf(await openContainer(context, "one", { runtime: false }))).toEqual([]);
  });
});
