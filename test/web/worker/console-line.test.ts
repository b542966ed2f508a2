import { describe, expect, it } from "vitest";
import type { PageFile, WantedFile } from "../../../web/model/console.ts";
import { FolderFiles } from "../../../web/worker/console-files.ts";
import { type LineHost, runLine } from "../../../web/worker/console-line.ts";
import { Screen } from "../../../web/worker/console-screen.ts";

/** What a line did. */
interface Ran {
  readonly code: number;
  /** What the terminal shows. */
  readonly shown: string;
  readonly files: Readonly<Record<string, string>>;
  /** Docker's command lines, and what the page was asked for. */
  readonly told: readonly string[];
}

/** What is there when a line runs. */
interface Setting {
  readonly files?: Readonly<Record<string, string>>;
  readonly picks?: Readonly<Record<string, string>>;
  readonly answers?: readonly string[];
  readonly docker?: (...call: Parameters<LineHost["docker"]>) => Promise<number>;
  readonly signal?: AbortSignal;
}

const page = (path: string, text: string): PageFile => ({ path, blob: new Blob([text]), mtime: 0 });

/** A docker that prints its arguments, reads its input where it is to, fails when it is to, and writes forever when it is to. */
const DOCKER: LineHost["docker"] = async (argv, { stdin, stdout, stderr, signal }, env) => {
  const [verb] = argv;
  if (verb === "images") {
    await stdout.write("a:1 5MB\nb:2 70kB\nc:3 9GB\n");
    return 0;
  }
  if (verb === "load") {
    await stdout.write(`loaded ${await new Response(stdin.stream()).text()}\n`);
    return 0;
  }
  if (verb === "fail") {
    await stderr.write("it fails\n");
    return 3;
  }
  if (verb === "endless") {
    for (;;) {
      signal.throwIfAborted();
      await stdout.write("y\n".repeat(10_000));
    }
  }
  await stdout.write(
    `${[...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...argv].join(",")}${stdout.terminal ? " tty" : ""}\n`,
  );
  return 0;
};

async function run(line: string, setting: Setting = {}): Promise<Ran> {
  let shown = "";
  const told: string[] = [];
  const answers = [...(setting.answers ?? [])];
  const given = Object.entries(setting.files ?? {}).map(([path, text]) => page(path, text));
  const files = new FolderFiles({ load: async () => given, now: () => 7 });
  const docker = setting.docker ?? DOCKER;
  const host: LineHost = {
    files,
    screen: new Screen(80, async (text) => {
      shown += text;
    }),
    verbs: new Set(["images", "load", "fail", "endless", "history", "rmi", "save", "import", "cp", "build"]),
    own: new Set(["help", "history", "ls"]),
    paths: async () => given.map(({ path }) => path),
    ask: async () => answers.shift(),
    async pick({ path, kind }: WantedFile) {
      told.push(`pick ${kind} ${path}`);
      const text = setting.picks?.[path];
      return text === undefined ? undefined : [page(path, text)];
    },
    answer: async (words) => ({ text: `own ${words.join(" ")}\n`, code: 0 }),
    docker(argv, streams, env) {
      told.push(argv.join(" "));
      return docker(argv, streams, env);
    },
  };
  const code = await runLine(line, host, setting.signal ?? new AbortController().signal);
  const made: Record<string, string> = {};
  for (const { path, blob } of files.made) made[path] = await blob.text();
  return { code, shown, files: made, told };
}

describe("a line of the console", () => {
  it("gives the terminal no orders that are printed", async () => {
    const docker: LineHost["docker"] = async (_, { stdout, stderr }) => {
      await stdout.write("\u001b]52;c;eA==\u0007");
      await stdout.write(new TextEncoder().encode("\u001b[6n\n"));
      await stderr.write("\u009b2J");
      await stdout.paint?.("\u001b[1A");
      return 0;
    };
    const { shown } = await run("docker hello", { docker });
    expect(shown).toBe("\u241b]52;c;eA==\u2407\u241b[6n\n\ufffd2J\u001b[1A");
    const { shown: piped } = await run("docker hello | cat", { docker });
    expect(piped).not.toContain("\u001b");
  });

  it.each<readonly [string, string]>([
    ["docker hello a 'b c'", "hello,a,b c tty\n"],
    ["sudo docker hello", "hello tty\n"],
    ["A=1 B='2 3' docker hello", "A=1,B=2 3,hello tty\n"],
    ["images", "a:1 5MB\nb:2 70kB\nc:3 9GB\n"],
    ["images | head -1", "a:1 5MB\n"],
    ["images | sort -k2 -h | tail -n 1 | awk '{print $1}'", "c:3\n"],
    ["docker hello | cat", "hello\n"],
    ["docker hello $(images | awk '{print $1}')", "hello,a:1,b:2,c:3 tty\n"],
    ['docker hello "$(images | head -2)"', "hello,a:1 5MB\nb:2 70kB tty\n"],
    ["docker x$(echo 1 2)y", "x1,2y tty\n"],
    ["docker $(echo $(echo a b))", "a,b tty\n"],
    ["images | awk '{print $1}' | xargs docker rmi -f", "rmi,-f,a:1,b:2,c:3 tty\n"],
    ["images | cut -d: -f1 | xargs -n 2 docker rmi", "rmi,a,b tty\nrmi,c,5MB tty\n".replace("c,5MB", "c")],
    ["echo a b | xargs -I{} docker tag {} x/{}", "tag,a b,x/a b tty\n"],
    ["echo -n | xargs docker rmi", ""],
    ["help me", "own help me\n"],
    ["history", "own history\n"],
    ["history app:1", "history,app:1 tty\n"],
    ["help | wc -l", "1\n"],
    ["docker fail || echo other", "it fails\nother\n"],
    ["docker fail && echo never", "it fails\n"],
    ["docker fail; echo then", "it fails\nthen\n"],
    ["docker fail 2> /dev/null", ""],
    ["docker fail 2>&1 | wc -l", "1\n"],
    ["nope x", "nope: command not found\n"],
    ["jq . < a", "a: No such file or directory\n"],
    ["echo x | jq map", "jq: this console knows only field access: jq '.[0].Id', jq -r '.[] | .Name'\n"],
    ["cat missing", "cat: missing: No such file or directory\n"],
    ["| x", "syntax error near unexpected token `|'\n"],
  ])("%j", async (line, shown) => {
    expect((await run(line, { picks: {} })).shown).toBe(shown);
  });

  it.each<readonly [string, number]>([
    ["docker fail", 3],
    ["docker fail | cat", 0],
    ["docker fail || echo x", 0],
    ["nope", 127],
    ["head -z", 2],
    ["a |", 2],
    ["", 0],
    ["echo x | grep y", 1],
    ["echo x | xargs docker fail", 123],
  ])("%j ends with %i", async (line, code) => {
    expect((await run(line)).code).toBe(code);
  });

  it("writes into files of the page, anew or behind what is there", async () => {
    const files = { log: "old\n", other: "x" };
    expect((await run("images | head -1 > list; echo more >> log", { files })).files).toEqual({
      list: "a:1 5MB\n",
      log: "old\nmore\n",
    });
    expect((await run("docker fail 2> err", { files })).files).toEqual({ err: "it fails\n" });
    expect((await run("docker fail &> all", { files })).files).toEqual({ all: "it fails\n" });
    expect((await run("echo a | tee x y | wc -c > n")).files).toEqual({ x: "a\n", y: "a\n", n: "2\n" });
    expect((await run("docker fail > empty")).files).toEqual({});
    expect((await run("echo a > x; cat x x > y")).files).toEqual({ x: "a\n", y: "a\na\n" });
  });

  it("reads files of the page, and asks for those that are not there", async () => {
    const files = { "x.tar": "X", "dir/Dockerfile": "FROM a" };
    expect(await run("docker load < x.tar", { files })).toMatchObject({
      shown: "loaded X\n",
      told: ["load"],
    });
    expect(await run("docker load < /tmp/../x.tar", { files })).toMatchObject({ shown: "loaded X\n" });
    expect(await run("docker load < y.tar", { files, picks: { "y.tar": "Y" } })).toMatchObject({
      shown: "loaded Y\n",
      told: ["pick file y.tar", "load"],
    });
    expect(await run("docker load < y.tar", { files })).toMatchObject({
      code: 1,
      shown: "y.tar: No such file or directory\n",
      told: ["pick file y.tar"],
    });
    expect((await run("docker load -i y.tar", { files })).told).toEqual(["pick file y.tar", "load -i y.tar"]);
    expect((await run("docker image load --input=y.tar", { files })).told[0]).toBe("pick file y.tar");
    expect((await run("docker build -t a .", { files })).told).toEqual(["build -t a ."]);
    expect((await run("docker build -t a .")).told).toEqual(["pick folder .", "build -t a ."]);
    expect((await run("docker build dir", { files })).told).toEqual(["build dir"]);
    expect((await run("docker build -f dir/Other dir", { files })).told[0]).toBe("pick file dir/Other");
    expect((await run("docker cp web:/etc out", { files })).told).toEqual(["cp web:/etc out"]);
    expect((await run("docker cp new web:/etc", { files })).told[0]).toBe("pick file new");
    expect((await run("docker import https://x/y.tar a", { files })).told).toEqual([
      "import https://x/y.tar a",
    ]);
    expect((await run("docker import - a < x.tar", { files })).told).toEqual(["import - a"]);
    expect((await run("docker save -o new.tar a", { files })).told).toEqual(["save -o new.tar a"]);
  });

  it("takes what is typed as input where there is no other", async () => {
    expect((await run("docker load", { answers: ["one", "two"] })).shown).toBe("loaded one\ntwo\n\n");
    expect((await run("wc -l", { answers: ["one", "two"] })).shown).toBe("2\n");
  });

  it("stops a command whose reader has had enough", async () => {
    expect(await run("docker endless | head -n 2")).toMatchObject({ code: 0, shown: "y\ny\n" });
    expect((await run("docker endless | grep -q y && echo found")).shown).toBe("found\n");
  });

  it("ends when it is aborted, and runs nothing after", async () => {
    const stop = new AbortController();
    const docker: LineHost["docker"] = async (_argv, { signal }) => {
      stop.abort();
      signal.throwIfAborted();
      return 0;
    };
    const ran = await run("docker x && echo never; echo never", { docker, signal: stop.signal });
    expect(ran).toMatchObject({ code: 130, shown: "" });
  });

  it("says what went wrong in a command that breaks", async () => {
    const docker: LineHost["docker"] = async () => {
      throw new TypeError("a defect");
    };
    expect(await run("docker x; echo on", { docker })).toMatchObject({ shown: "docker: a defect\non\n" });
  });

  it("bears a megabyte in a pipe and gigabytes through one", async () => {
    let written = 0;
    const docker: LineHost["docker"] = async (_argv, { stdout }) => {
      const chunk = new Uint8Array(1 << 20);
      for (; written < 300; written += 1) await stdout.write(chunk);
      return 0;
    };
    expect((await run("docker x | wc -c", { docker })).shown).toBe(`${300 << 20}\n`);
  });
});
