import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { env, execPath } from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerArchive, idOf, layerOf } from "../../support/docker-archives.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const DENO = join(ROOT, "node_modules/deno/deno");

interface Ran {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exit: number | null;
}

const RUNTIMES = [
  { runtime: "Node", words: [execPath, join(ROOT, ".ci/docker.mjs")] },
  ...(existsSync(DENO)
    ? [{ runtime: "Deno", words: [DENO, "run", "--allow-all", "--quiet", join(ROOT, "edge/script/main.ts")] }]
    : []),
];

let top = "";
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), "breakbulk-script-"));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe.each(RUNTIMES)("docker over files on $runtime", ({ runtime, words }) => {
  const home = () => join(top, runtime, "home");
  const work = () => join(top, runtime, "work");
  const image = async () => ({ layers: [await layerOf("file", "content")], tags: ["yard:1"] });

  /** Runs a command as npm would: in the project's folder, with INIT_CWD that of the caller. */
  function docker(
    line: string,
    { stdin, more = {} }: { stdin?: Uint8Array | string; more?: Record<string, string> } = {},
  ): Promise<Ran> {
    const [command = "", ...first] = words;
    const child = spawn(command, [...first, ...line.split(" ")], {
      cwd: ROOT,
      env: {
        ...env,
        INIT_CWD: work(),
        BREAKBULK_HOME: home(),
        BREAKBULK_NOW: "2026-11-20T19:15:10Z",
        ...more,
      },
    });
    return new Promise((settle, fail) => {
      const stdout: Buffer[] = [];
      let stderr = "";
      child.stdout.on("data", (chunk: Buffer) => void stdout.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => void (stderr += chunk.toString()));
      child.on("error", fail);
      child.on("close", (exit) => settle({ stdout: Buffer.concat(stdout), stderr, exit }));
      // Whoever does not read is gone before all is written.
      child.stdin.on("error", () => {});
      child.stdin.end(stdin ?? "");
    });
  }
  const text = async (...of: Parameters<typeof docker>) => {
    const { stdout, stderr, exit } = await docker(...of);
    return { stdout: stdout.toString(), stderr, exit };
  };

  beforeAll(async () => {
    mkdirSync(work(), { recursive: true });
    writeFileSync(join(work(), "yard.tar"), await dockerArchive([await image()]));
  });

  it("starts with an empty store", async () => {
    expect(await text("images")).toEqual({
      stdout: "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n",
      stderr: "",
      exit: 0,
    });
  });

  it("loads a file that is named from where it was called", async () => {
    expect(await text("load -i yard.tar")).toEqual({
      stdout: "Loaded image: yard:1\n",
      stderr: "",
      exit: 0,
    });
    const { stdout } = await text("images -q --no-trunc");
    expect(stdout).toBe(`${idOf(await image())}\n`);
  });

  it("takes an archive from standard input, and gives one to standard output", async () => {
    const piped = await text("load", {
      stdin: await dockerArchive([{ ...(await image()), tags: ["yard:2"] }]),
    });
    expect(piped).toEqual({ stdout: "Loaded image: yard:2\n", stderr: "", exit: 0 });
    const saved = await docker("save yard:1 yard:2");
    expect(saved).toMatchObject({ stderr: "", exit: 0 });
    expect(saved.stdout.length % 512).toBe(0);
    const again = await text("load", { stdin: saved.stdout, more: { BREAKBULK_HOME: `${home()}-2` } });
    expect(again).toEqual({ stdout: "Loaded image: yard:1\nLoaded image: yard:2\n", stderr: "", exit: 0 });
    expect(await text("save -o again.tar yard:1 yard:2")).toEqual({ stdout: "", stderr: "", exit: 0 });
    expect(readFileSync(join(work(), "again.tar")).equals(saved.stdout)).toBe(true);
  });

  it("says what went wrong as Docker does, with its exit codes", async () => {
    expect(await text("inspect nowhere")).toEqual({
      stdout: "[]\n",
      stderr: "Error: No such object: nowhere\n",
      exit: 1,
    });
    expect(await text("images --nope")).toMatchObject({ stdout: "", exit: 125 });
    expect(await text("load -i missing.tar")).toEqual({
      stdout: "",
      stderr: "open missing.tar: no such file or directory\n",
      exit: 1,
    });
  });

  it("has a fixed clock, which must be a time", async () => {
    expect(await text("tag yard:1 yard:3")).toMatchObject({ exit: 0 });
    const { stdout } = await text("inspect -f {{.Metadata.LastTagTime}} yard:3");
    expect(stdout).toBe("2026-11-20 19:15:10 +0000 UTC\n");
    const wrong = await text("images", { more: { BREAKBULK_NOW: "noon" } });
    expect(wrong).toEqual({
      stdout: "",
      stderr: 'BREAKBULK_NOW is "noon", expected a time as in RFC 3339\n',
      exit: 1,
    });
  });

  it("lets eight processes change the names at once", async () => {
    const tags = Array.from({ length: 8 }, (_, at) => `many:${at}`);
    const all = await Promise.all(tags.map((tag) => text(`tag yard:1 ${tag}`)));
    expect(all).toEqual(tags.map(() => ({ stdout: "", stderr: "", exit: 0 })));
    const { stdout } = await text("images --format {{.Repository}}:{{.Tag}} many");
    expect(stdout.trim().split("\n").sort()).toEqual(tags);
  });

  it("keeps an OCI layout whose blobs have their digests' names", () => {
    const blobs = join(home(), "blobs/sha256");
    for (const hex of readdirSync(blobs)) {
      const found = createHash("sha256")
        .update(readFileSync(join(blobs, hex)))
        .digest("hex");
      expect(found).toBe(hex);
    }
    expect(JSON.parse(readFileSync(join(home(), "oci-layout"), "utf8"))).toEqual({
      imageLayoutVersion: "1.0.0",
    });
  });

  it("keeps logins in a file as Docker does, for its owner alone", async () => {
    const server = createServer((request, answer) => {
      const right = `Basic ${btoa("ann:secret")}`;
      if (request.headers.authorization === right) answer.end("{}");
      else answer.writeHead(401, { "www-authenticate": 'Basic realm="yard"' }).end();
    });
    await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
    const address = server.address();
    const host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    try {
      const wrong = await text(`login -u ann --password-stdin ${host}`, { stdin: "wrong\n" });
      expect(wrong).toMatchObject({ stdout: "", exit: 1 });
      const right = await text(`login -u ann --password-stdin ${host}`, { stdin: "secret\n" });
      expect(right.stdout).toContain("Login Succeeded");
      expect(right.exit).toBe(0);
      expect(JSON.parse(readFileSync(join(home(), "config.json"), "utf8"))).toEqual({
        auths: { [host]: { auth: btoa("ann:secret") } },
      });
      expect(await text(`logout ${host}`)).toEqual({
        stdout: `Removing login credentials for ${host}\n`,
        stderr: "",
        exit: 0,
      });
    } finally {
      server.close();
    }
  });

  it("ends quietly where nobody reads on", async () => {
    const [command = "", ...first] = words;
    const child = spawn(command, [...first, "save", "yard:1"], {
      cwd: ROOT,
      env: { ...env, INIT_CWD: work(), BREAKBULK_HOME: home() },
    });
    child.stdout.destroy();
    const exit = await new Promise((settle) => void child.on("close", settle));
    expect(exit).not.toBe(0);
    expect(await text("images -q yard:1")).toMatchObject({ exit: 0 });
  });
});
