import { describe, expect, it } from "vitest";
import { dockerArchive, idOf } from "../../support/docker-archives.ts";
import { imageOf, loaded, newBench } from "./bench.ts";

const DAEMON = "Error response from daemon: ";
const failed = (stderr: string, stdout = "") => ({ stdout, stderr: `${stderr}\n`, exit: 1 });
const done = (stdout = "", stderr = "") => ({ stdout, stderr, exit: 0 });
const COMMIT = [
  "WORKDIR /zz",
  "EXPOSE 90",
  "USER u",
  "VOLUME /v",
  "ENTRYPOINT e",
  "ONBUILD RUN x",
  "HEALTHCHECK NONE",
];

/** A bench with `base:1` and the container `c1` of it. */
async function shed() {
  const bench = newBench();
  await loaded(bench, [await imageOf("1", ["base:1"])]);
  await bench("create --name c1 -e A=1 -l x=y --entrypoint /e base:1 cmd1 cmd2");
  return bench;
}

describe("docker create and commit", () => {
  it("make a config as the vectors have it", async () => {
    const bench = await shed();
    const first = await bench(
      ["commit", "-a", "me <a@b>", "-m", "my message"].concat([
        "-c",
        'CMD ["z"]',
        "-c",
        "ENV Q=1",
        "-c",
        "LABEL l=1",
        "c1",
        "com:1",
      ]),
    );
    expect(first.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    const config = async (name: string): Promise<object> =>
      JSON.parse((await bench(["inspect", "-f", "{{json .Config}}", name])).stdout);
    expect(await config("com:1")).toMatchObject({
      Env: ["A=1", "Q=1"],
      Entrypoint: ["/e"],
      Cmd: ["z"],
      Labels: { l: "1", x: "y" },
    });
    const history = await bench(["history", "--format", "{{.CreatedBy}}|{{.Comment}}", "com:1"]);
    expect(history.stdout.split("\n")[0]).toBe("cmd1 cmd2|my message");
    await bench(["commit", ...COMMIT.flatMap((change) => ["-c", change]), "c1", "com:2"]);
    expect(await config("com:2")).toMatchObject({
      User: "u",
      ExposedPorts: { "90/tcp": {} },
      Env: ["A=1"],
      Entrypoint: ["/bin/sh", "-c", "e"],
      Volumes: { "/v": {} },
      WorkingDir: "/zz",
      Labels: { x: "y" },
      Healthcheck: { Test: ["NONE"] },
      OnBuild: ["RUN x"],
    });
  });

  it.each([
    ["commit nosuch", `${DAEMON}No such container: nosuch`],
    ["commit c1 Com", "invalid reference format: repository name (library/Com) must be lowercase"],
    ["commit -c RUN=x c1", `${DAEMON}RUN=x is not a valid change command`],
    [
      "create --name k base:1 x",
      `${DAEMON}Invalid container name (k), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    ],
    ["create base:1", `${DAEMON}no command specified`],
  ])("%s is refused", async (line, message) => {
    const bench = await shed();
    expect(await bench(line)).toEqual(failed(message));
  });

  it("refuse a name that is taken", async () => {
    const { stderr, exit } = await (await shed())("create --name c1 base:1 x");
    expect(stderr).toMatch(
      /^Error response from daemon: Conflict\. The container name "\/c1" is already in use by container "[0-9a-f]{64}"\. You have to remove \(or rename\) that container to be able to reuse that name\.\n$/,
    );
    expect(exit).toBe(1);
  });
});

describe("docker cp and diff", () => {
  it("put files where the table says, and tell of them", async () => {
    const bench = await shed();
    bench.files.put("new.txt", "new");
    bench.files.put("nd/f1", "1");
    bench.files.put("nd/sub/f2", "2");
    for (const [from, to] of [
      ["new.txt", "c1:/etc"],
      ["nd", "c1:/opt"],
      ["nd", "c1:/opt"],
      ["nd/.", "c1:/opt"],
      ["new.txt", "c1:/file"],
    ])
      expect((await bench(["cp", "-q", from ?? "", to ?? ""])).exit).toBe(0);
    expect((await bench("diff c1")).stdout.trim().split("\n")).toEqual([
      "C /etc",
      "A /etc/new.txt",
      "C /file",
      "A /opt",
      "A /opt/f1",
      "A /opt/nd",
      "A /opt/nd/f1",
      "A /opt/nd/sub",
      "A /opt/nd/sub/f2",
      "A /opt/sub",
      "A /opt/sub/f2",
    ]);
    expect(await bench("cp c1:/opt/nd/. out")).toEqual(done());
    expect([...bench.files.entries.keys()].filter((path) => path.startsWith("out")).sort()).toEqual([
      "out",
      "out/f1",
      "out/sub",
      "out/sub/f2",
    ]);
  });

  it.each([
    [["cp", "c1:/a", "c1:/b"], "copying between containers is not supported"],
    [["cp", "a", "b"], "must specify at least one container source"],
    [["cp", "", "c1:/b"], "source can not be empty"],
    [["cp", "c1:/file", ""], "destination can not be empty"],
    [["cp", "new.txt", "c1:/nodir/x"], `${DAEMON}Could not find the file /nodir in container c1`],
    [["cp", "nd", "c1:/file"], "cannot copy directory"],
    [["cp", "new.txt", "c1:/missing/"], "no such directory"],
    [["cp", "-", "c1:/file"], 'destination "c1:/file" must be a directory'],
  ])("%j is refused", async (words, message) => {
    const bench = await shed();
    bench.files.put("new.txt", "new");
    bench.files.put("nd/f1", "1");
    expect(await bench(words)).toEqual(failed(message));
  });
});

describe("docker import and export", () => {
  it("go round, with a comment and no name unless one is given", async () => {
    const bench = await shed();
    expect(await bench("export -o out.tar c1")).toEqual(done());
    const imported = await bench("import -c USER=x out.tar");
    expect(imported.exit).toBe(1);
    const right = await bench(["import", "-c", "USER x", "out.tar"]);
    expect(right.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    const id = right.stdout.trim();
    expect(await bench(["history", "--format", "{{.CreatedBy}}|{{.Comment}}", id])).toEqual(
      done("|Imported from -\n"),
    );
    expect(await bench(["inspect", "-f", "{{.Config.User}} {{.RepoTags}}", id])).toEqual(done("x []\n"));
    expect(await bench("import none.tar")).toEqual(failed("open none.tar: no such file or directory"));
    expect(await bench("import out.tar X")).toEqual(
      failed("invalid reference format: repository name (library/X) must be lowercase"),
    );
  });
});

describe("docker save and load", () => {
  it("tell names, or all IDs where the last has none", async () => {
    const [a, b] = [await imageOf("a", ["a:1"]), await imageOf("b", [])];
    const said = async (images: Parameters<typeof dockerArchive>[0]) =>
      newBench()("load", await dockerArchive(images));
    expect(await said([a, b])).toEqual(
      done(`Loaded image: a:1\nLoaded image ID: ${idOf(a)}\nLoaded image ID: ${idOf(b)}\n`),
    );
    expect(await said([b, a])).toEqual(done("Loaded image: a:1\n"));
  });

  it("tell which image loses its name", async () => {
    const bench = newBench();
    const [old, young] = [await imageOf("old", ["base:1"]), await imageOf("young", ["base:1"])];
    await loaded(bench, [old]);
    expect(await bench("load", await dockerArchive([young]))).toEqual(
      done(
        `The image base:1 already exists, renaming the old one with ID ${idOf(old)} to empty string\nLoaded image: base:1\n`,
      ),
    );
  });

  it("take a name for all of its tags", async () => {
    const bench = newBench();
    await loaded(bench, [await imageOf("1", ["a:1", "a:2", "b:1"])]);
    expect(await bench("save -o all.tar a")).toEqual(done());
    expect(await bench("rmi a:1 a:2 b:1")).toMatchObject({ exit: 0 });
    expect(await bench("load -i all.tar")).toEqual(done("Loaded image: a:1\nLoaded image: a:2\n"));
    expect(await bench("save -o no.tar nosuch")).toEqual(failed(`${DAEMON}No such image: nosuch`));
    expect(await bench("save a:9")).toEqual(failed(`${DAEMON}reference does not exist`));
    expect(bench.files.entries.has("no.tar")).toBe(false);
  });

  it("refuse what is no archive, and what ends too early", async () => {
    const bench = newBench();
    expect(await bench("load -i none.tar")).toEqual(failed("open none.tar: no such file or directory"));
    const archive = await dockerArchive([await imageOf("1", ["a:1"])]);
    expect(await bench("load", archive.slice(0, 700))).toMatchObject({ stdout: "", exit: 1 });
    expect(await bench("images -q")).toEqual(done());
  });
});
