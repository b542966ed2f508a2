import { describe, expect, it } from "vitest";
import { newBench } from "./bench.ts";

const bench = newBench();
const tail = (path: string, use: string, start = "Run"): string =>
  `\n\nUsage:  ${path} ${use}\n\n${start} '${path} --help' for more information\n`;

describe("the number of arguments", () => {
  const TAG = "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]";
  it.each([
    ["tag a", "docker tag", `requires 2 arguments${tail("docker tag", TAG)}`],
    ["image tag a", "docker image tag", `requires 2 arguments${tail("docker image tag", TAG)}`],
    ["history", "docker history", `requires 1 argument${tail("docker history", "[OPTIONS] IMAGE")}`],
    ["load x", "docker load", `accepts no arguments${tail("docker load", "[OPTIONS]")}`],
    [
      "rmi",
      "docker rmi",
      `requires at least 1 argument${tail("docker rmi", "[OPTIONS] IMAGE [IMAGE...]", "See")}`,
    ],
    [
      "images a b",
      "docker images",
      `requires at most 1 argument${tail("docker images", "[OPTIONS] [REPOSITORY[:TAG]]", "SRun")}`,
    ],
    [
      "logout a b",
      "docker logout",
      `requires at most 1 argument${tail("docker logout", "[SERVER]", "SRun")}`,
    ],
    [
      "commit a b c",
      "docker commit",
      `requires at least 1 and at most 2 arguments${tail("docker commit", "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]")}`,
    ],
    ["image prune x", "docker image prune", `accepts no arguments${tail("docker image prune", "[OPTIONS]")}`],
  ])("of %s is told wrong as Docker tells it", async (line, path, message) => {
    expect(await bench(line)).toEqual({ stdout: "", stderr: `docker: '${path}' ${message}`, exit: 1 });
  });

  it("of build is told wrong by its plugin", async () => {
    expect(await bench("build")).toEqual({
      stdout: "",
      stderr: `ERROR: docker: 'docker buildx build' requires 1 argument${tail("docker buildx build", "[OPTIONS] PATH | URL | -")}`,
      exit: 1,
    });
  });

  it("of import has no upper bound", async () => {
    bench.files.put("x.tar", new Uint8Array(1024));
    expect((await bench("import x.tar a:1 b c d")).exit).toBe(0);
  });
});

describe("flags", () => {
  it.each([
    ["images --bogus", "unknown flag: --bogus"],
    ["images -Z", "unknown shorthand flag: 'Z' in -Z"],
    ["images -aqZ", "unknown shorthand flag: 'Z' in -Z"],
    ["images --=x", "bad flag syntax: --=x"],
    ["images --format", "flag needs an argument: --format"],
    ["images -f", "flag needs an argument: 'f' in -f"],
    ["images -qf", "flag needs an argument: 'f' in -f"],
    [
      "images -f foo",
      'invalid argument "foo" for "-f, --filter" flag: bad format of filter (expected name=value)',
    ],
    [
      "images --all=maybe",
      'invalid argument "maybe" for "-a, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      "images --digests=2",
      'invalid argument "2" for "--digests" flag: strconv.ParseBool: parsing "2": invalid syntax',
    ],
  ])("of %s are told wrong as Docker tells it, with exit code 125", async (line, message) => {
    expect(await bench(line)).toEqual({
      stdout: "",
      stderr: `${message}${tail("docker images", "[OPTIONS] [REPOSITORY[:TAG]]")}`,
      exit: 125,
    });
  });

  it("that are numbers are numbers", async () => {
    const { stderr, exit } = await bench("search --limit x y");
    expect(stderr).toContain(
      'invalid argument "x" for "--limit" flag: strconv.ParseInt: parsing "x": invalid syntax\n',
    );
    expect(exit).toBe(125);
  });

  const HEAD = "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n";
  it.each(["true", "TRUE", "True", "t", "T", "1"])("that are switches are on as %s", async (word) => {
    expect((await newBench()(`images -q=${word}`)).stdout).toBe("");
  });
  it.each(["false", "FALSE", "False", "f", "F", "0"])("that are switches are off as %s", async (word) => {
    expect((await newBench()(`images -q=${word}`)).stdout).toBe(HEAD);
  });

  it("combine, follow arguments, take values after = or in the same word, and count as they were given last", async () => {
    const fresh = newBench();
    for (const line of [
      "images -aq",
      "images x -q",
      "images -q x -a",
      "images -q=false -q",
      "images -qa -fdangling=true",
    ])
      expect(await fresh(line), line).toEqual({ stdout: "", stderr: "", exit: 0 });
    expect((await fresh(["images", "--format={{.ID}}", "-f=dangling=true"])).exit).toBe(0);
    expect((await fresh("images -q -q=false")).stdout).toBe(HEAD);
  });

  it("end at --, and before the first argument of tag and create", async () => {
    expect((await bench("rmi -- --x")).stderr).toBe("Error response from daemon: invalid reference format\n");
    expect((await bench("tag a --bogus")).stderr).toBe(
      'Error parsing reference: "--bogus" is not a valid repository/tag: invalid reference format\n',
    );
    expect((await bench("create nosuch:1 --bogus")).stderr).toContain(
      "Unable to find image 'nosuch:1' locally",
    );
  });

  it("of one letter that Docker gave up still help", async () => {
    const { stdout, exit } = await bench("image ls -h");
    expect(stdout).toMatch(
      /^Flag shorthand -h has been deprecated, use --help\nUsage: {2}docker image ls \[OPTIONS\]/,
    );
    expect(exit).toBe(0);
  });
});

describe("filters", () => {
  it("are trimmed, their names in lower case, and empty ones are none", async () => {
    for (const filter of ["Dangling=true", " dangling = true ", "", "label=a=b=c"])
      expect((await bench(["images", "-f", filter])).exit, filter).toBe(0);
  });

  it.each([
    ["foo=bar", "invalid filter 'foo'"],
    ["dangling=maybe", "invalid filter 'dangling=[maybe]'"],
    ["until=zzz", 'failed to parse value as time or duration: "zzz"'],
    ["reference=a[", "syntax error in pattern"],
    ["before=nosuch", "No such image: nosuch:latest"],
    ["since=nosuch:2", "No such image: nosuch:2"],
  ])("that mean nothing (%s) are the engine's error", async (filter, message) => {
    expect(await bench(["images", "-f", filter])).toEqual({
      stdout: "",
      stderr: `Error response from daemon: ${message}\n`,
      exit: 1,
    });
  });

  it("that say yes and no are told together", async () => {
    const { stderr } = await bench("images -f dangling=true -f dangling=false");
    expect(stderr).toBe("Error response from daemon: invalid filter 'dangling=[false true]'\n");
  });
});

describe("commands", () => {
  it("that do not exist are told with the way to help", async () => {
    expect(await bench("bogus")).toEqual({
      stdout: "",
      stderr: "docker: unknown command: docker bogus\n\nRun 'docker --help' for more information\n",
      exit: 1,
    });
    expect((await bench("image bogus")).stderr).toBe(
      "docker: unknown command: docker image bogus\n\nUsage:  docker image\n\nRun 'docker image --help' for more information\n",
    );
    expect((await bench("help image bogus")).stderr).toBe("unknown help topic: bogus\n");
  });

  it("have their other spellings", async () => {
    const help = async (line: string): Promise<string> =>
      (await bench(`${line} --help`)).stdout.split("\n").slice(1).join("\n");
    for (const [one, other] of [
      ["images", "image ls"],
      ["image list", "image ls"],
      ["image remove", "image rm"],
      ["container ps", "ps"],
      ["container remove", "rm"],
      ["image save", "save"],
      ["container commit", "commit"],
    ] as const)
      expect(await help(one), one).toBe(await help(other));
  });

  it.each(["run x", "exec c sh", "start c", "attach c", "logs c", "stop c", "container restart c"])(
    "that need a kernel (%s) say so in one sentence",
    async (line) => {
      const { stdout, stderr, exit } = await bench(line);
      expect(stdout).toBe("");
      expect(stderr).toMatch(
        /^'docker (?:container )?\w+' needs a kernel to run processes, which is not there: .+\n$/,
      );
      expect(exit).toBe(1);
    },
  );

  it("end with 130 when they are interrupted", async () => {
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    expect(await newBench({ more: { signal: stop.signal } })("images")).toMatchObject({ exit: 130 });
  });
});
