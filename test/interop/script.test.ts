import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { env } from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check } from "../../core/store/mod.ts";
import { openFolderStore } from "../../edge/script/folder-store.ts";
import { dockerArchive, layerOf } from "../support/docker-archives.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { seeded, textLikeBytes } from "../support/random.ts";
import { RUNTIMES, type ScriptPlace, script, scriptText, startScript } from "./script-host.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** How often a process is killed; a hundred times when it is asked for. */
const KILLS = Number(env["BREAKBULK_KILLS"] ?? 6);

let top = "";
beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), "breakbulk-script-"));
  mkdirSync(join(top, "work/sub"), { recursive: true });
  const layers = [await layerOf("file", "content\n"), await layerOf("more", "more\n")];
  writeFileSync(join(top, "work/x.tar"), await dockerArchive([{ layers, tags: ["yard:1", "yard:2"] }]));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** A line of a shell, where `docker` is the command under test. */
function shell(
  line: string,
  { docker, home, folder = join(top, "work") }: { docker: string; home: string; folder?: string },
): Promise<{ stdout: string; stderr: string; exit: number }> {
  const whole = `set -o pipefail; docker() { ${docker} "$@"; }; ${line}`;
  return new Promise((settle) => {
    const options = {
      cwd: folder,
      env: { ...env, INIT_CWD: undefined, BREAKBULK_HOME: home, BREAKBULK_NOW: "2026-11-20T19:15:10Z" },
    };
    execFile("bash", ["-c", whole], options, (error, stdout, stderr) => {
      const exit = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      // npm of this machine may warn of its own settings.
      settle({ stdout, stderr: stderr.replace(/^npm warn .*\n/gm, ""), exit });
    });
  });
}

const DENO = join(ROOT, "node_modules/deno/deno");
const CALLS = [
  { how: "npm run", docker: `npm --prefix '${ROOT}' run --silent docker --` },
  ...(existsSync(DENO)
    ? [{ how: "deno task", docker: `'${DENO}' task --quiet --config '${ROOT}/deno.json' docker` }]
    : []),
];

describe.each(CALLS)("docker as $how", ({ how, docker }) => {
  const home = () => join(top, how);
  const run = (line: string, folder?: string) =>
    shell(line, { docker, home: home(), ...(folder !== undefined && { folder }) });

  it("takes paths from where it was called", async () => {
    const loaded = await run("docker load -i ../x.tar", join(top, "work/sub"));
    expect(loaded).toEqual({
      stdout: "Loaded image: yard:1\nLoaded image: yard:2\n",
      stderr: "",
      exit: 0,
    });
    writeFileSync(join(top, "work/sub/Dockerfile"), "FROM yard:1\nCOPY Dockerfile /\n");
    expect(await run("docker build -q -t built:1 .", join(top, "work/sub"))).toMatchObject({ exit: 0 });
    expect(await run(`docker save -o '${how}.tar' built:1`, join(top, "work/sub"))).toMatchObject({
      exit: 0,
    });
    expect(readdirSync(join(top, "work/sub"))).toContain(`${how}.tar`);
  });

  it("goes into pipes and comes out of them, with the exit codes of the shell", async () => {
    const other = `BREAKBULK_HOME='${home()}-2'`;
    expect(await run(`docker save yard:1 | gzip | { export ${other}; docker load; }`)).toEqual({
      stdout: "Loaded image: yard:1\n",
      stderr: "",
      exit: 0,
    });
    const imported = await run(
      "c=$(docker create yard:1 x); docker export $c | docker import -c 'ENV A=b' - flat:1 > id; docker export $c | tar -tf - | grep -c '^file$\\|^more$'; docker rm $c > rm; docker inspect -f '{{.Id}} {{.Config.Env}}' flat:1 | diff - <(echo \"$(cat id) [A=b]\")",
    );
    expect(imported).toEqual({ stdout: "2\n", stderr: "", exit: 0 });
    expect(await run("docker images -q --no-trunc | sort -u | wc -l")).toMatchObject({
      stdout: "3\n",
      exit: 0,
    });
    expect(await run("docker inspect nowhere | cat")).toMatchObject({ stdout: "[]\n", exit: 1 });
    expect(await run("docker load < /dev/null")).toMatchObject({ stdout: "", exit: 1 });
    const cut = await run("docker save yard:1 | head -c 700 | docker load");
    expect(cut.exit).not.toBe(0);
    const listed = await run("printf 'FROM yard:2\\nLABEL a=b\\n' | docker build -q -t from-stdin - | wc -c");
    expect(listed).toEqual({ stdout: "72\n", stderr: "", exit: 0 });
  });

  it("has the clock that it is given", async () => {
    const line = "docker tag yard:1 clock:1; docker inspect -f '{{.Metadata.LastTagTime}}' clock:1";
    expect(await run(line)).toMatchObject({ stdout: "2026-11-20 19:15:10 +0000 UTC\n", exit: 0 });
  });
});

/** Opens a store for as long as `work` takes. */
async function withStore<T>(
  home: string,
  work: (store: ReturnType<typeof openFolderStore>) => Promise<T>,
): Promise<T> {
  const store = openFolderStore(home, { now: () => Date.now() / 1000, newHasher: nativeHasher });
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

describe.each(RUNTIMES)("two processes at one store, on $runtime", ({ runtime, words }) => {
  const place = (): ScriptPlace => ({
    home: join(top, `${runtime}-store`),
    folder: join(top, `${runtime}-work`),
    words,
  });

  beforeAll(async () => {
    const { folder } = place();
    mkdirSync(join(folder, "context/sub"), { recursive: true });
    for (let at = 0; at < 40; at++)
      writeFileSync(join(folder, `context/sub/f${at}`), textLikeBytes(20_000, at));
    writeFileSync(
      join(folder, "context/Dockerfile"),
      "FROM yard:1\nARG N\nCOPY . /app/$N/\nCOPY sub /sub/$N/\n",
    );
    const layers = [];
    for (let at = 0; at < 6; at++) layers.push(await layerOf(`l${at}`, "x".repeat(300_000 + at)));
    writeFileSync(join(folder, "big.tar"), await dockerArchive([{ layers, tags: ["big:1"] }]));
    await scriptText(place(), ["load", "-i", join(top, "work/x.tar")]);
    await scriptText(place(), ["create", "--name", "kept", "yard:1", "x"]);
  }, 60_000);

  it(`lose nothing of what was listed when one is killed, ${KILLS} times`, async () => {
    const { home, folder } = place();
    const random = seeded(7);
    const works = [
      () => ["load", "-i", "big.tar"],
      (at: number) => ["build", "-q", "-t", `built:${at}`, "--build-arg", `N=${at}`, "context"],
      (at: number) => ["commit", "kept", `committed:${at}`],
      (at: number) => ["cp", "context/sub", `kept:/into${at}`],
      (at: number) => ["import", "big.tar", `imported:${at}`],
      () => ["rmi", "-f", "big:1"],
      () => ["image", "prune", "-f"],
    ];
    let cut = 0;
    for (let at = 0; at < KILLS; at++) {
      const before = await withStore(home, ({ table }) => table.snapshot());
      const pick = (): string[] => works[Math.floor(random() * works.length)](at);
      const [first, second] = [pick(), pick()];
      const other = script(place(), second);
      if (await killed(place(), first, { home, after: Math.floor(random() * 60) })) cut++;
      const { exit, stderr } = await other;
      // What the other one has taken away, or does at the same container, is all that may be wrong.
      expect(`${exit} ${stderr}`, second.join(" ")).toMatch(/^0 |No such image|was changed elsewhere/);
      await withStore(home, async (store) => {
        expect(await check(store), `${first.join(" ")} / ${second.join(" ")}`).toEqual([]);
        const after = await store.table.snapshot();
        for (const [name, { image }] of before.names)
          if (!name.includes("/big:")) expect(after.names.get(name)?.image, name).toBe(image);
        for (const id of before.containers.keys()) expect(after.containers.has(id)).toBe(true);
      });
    }
    expect(cut).toBeGreaterThan(0);
    // Whoever comes next is stopped by nothing that was left, and what was left can be taken away.
    await scriptText(place(), ["load", "-i", "big.tar"]);
    await scriptText(place(), ["build", "-q", "-t", "last:1", "context"]);
    await scriptText(place(), ["save", "-o", join(folder, "all.tar"), "big:1", "last:1", "yard:1"]);
    expect(await withStore(home, (store) => check(store))).toEqual([]);
  }, 600_000);
});

/** Starts a command and kills it after so many changes of the store; gives whether it was still there. */
function killed(
  place: ScriptPlace,
  args: readonly string[],
  { home, after }: { home: string; after: number },
): Promise<boolean> {
  const child = startScript(place, args);
  child.stdout?.resume();
  child.stderr?.resume();
  return new Promise((settle, fail) => {
    let seen = 0;
    const watcher = watch(home, { recursive: true }, () => {
      if (seen++ === after) child.kill("SIGKILL");
    });
    child.on("error", fail);
    child.on("close", (_, signal) => {
      watcher.close();
      settle(signal === "SIGKILL");
    });
  });
}
