import { describe, expect, it } from "vitest";
import { idOf } from "../../support/docker-archives.ts";
import { imageOf, loaded, newBench } from "./bench.ts";

const DAEMON = "Error response from daemon: ";
const failed = (stderr: string, stdout = "") => ({ stdout, stderr: `${stderr}\n`, exit: 1 });
const done = (stdout = "", stderr = "") => ({ stdout, stderr, exit: 0 });

describe("docker tag", () => {
  const HEX = "a".repeat(64);
  const refused = (name: string, why: string) =>
    `Error parsing reference: "${name}" is not a valid repository/tag: ${why}`;

  it.each([
    ["foo:a:b", refused("foo:a:b", "invalid reference format")],
    ["Foo", refused("Foo", "invalid reference format: repository name (library/Foo) must be lowercase")],
    [HEX, refused(HEX, `invalid repository name (${HEX}), cannot specify 64-byte hexadecimal strings`)],
    ["a".repeat(256), refused("a".repeat(256), "repository name must not be more than 255 characters")],
    ["", refused("", "invalid reference format")],
    [`b@sha256:${HEX}`, "refusing to create a tag with a digest reference"],
    ["sha256", `${DAEMON}refusing to create an ambiguous tag using digest algorithm as name`],
    ["sha256:abc", `${DAEMON}refusing to create an ambiguous tag using digest algorithm as name`],
  ])("refuses the target %s", async (target, message) => {
    const bench = newBench();
    await loaded(bench, [await imageOf("1", ["a:1"])]);
    expect(await bench(["tag", "a:1", target])).toEqual(failed(message));
  });

  it("tells what is not there, but a bad target first", async () => {
    const bench = newBench();
    expect(await bench("tag nosuch b")).toEqual(failed(`${DAEMON}No such image: nosuch:latest`));
    expect(await bench("tag nosuch B")).toMatchObject({
      stderr: expect.stringContaining('"B" is not a valid repository/tag'),
    });
    expect(await bench(["tag", "", "b"])).toEqual(failed(refused("", "invalid reference format")));
  });

  it("says nothing, takes a tag from another image, and IDs for the source", async () => {
    const bench = newBench();
    const [one, two] = [await imageOf("1", ["a:1"]), await imageOf("2", ["b:1"])];
    await loaded(bench, [one, two]);
    expect(await bench("tag a:1 b:1")).toEqual(done());
    expect(await bench(`tag ${idOf(two).slice(7, 13)} c`)).toEqual(done());
    const { stdout } = await bench(["images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"]);
    expect(stdout.trim().split("\n").sort()).toEqual([
      `a:1 ${idOf(one)}`,
      `b:1 ${idOf(one)}`,
      `c:latest ${idOf(two)}`,
    ]);
    const time = await bench(["inspect", "-f", "{{json .Metadata.LastTagTime}}", "c"]);
    expect(time.stdout).toMatch(/^"2026-11-20T19:15:10[.0-9]*Z"\n$/);
  });
});

describe("docker inspect", () => {
  const KINDS =
    '"config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"';

  it("tells what is not there after what is", async () => {
    const bench = newBench();
    await loaded(bench, [await imageOf("1", ["a:1"])]);
    expect(await bench("inspect nosuch")).toEqual(failed("Error: No such object: nosuch", "[]\n"));
    expect(await bench("inspect -f {{.Id}} nosuch")).toEqual(failed("Error: No such object: nosuch", "\n"));
    expect(await bench("image inspect x y")).toEqual(
      failed(`${DAEMON}No such image: x:latest\n${DAEMON}No such image: y:latest`, "[]\n"),
    );
    expect(await bench("inspect --type image x")).toEqual(failed(`${DAEMON}No such image: x:latest`, "[]\n"));
    expect(await bench("inspect -f {{.RepoTags}} x a:1 y")).toEqual(
      failed("Error: No such object: x\nError: No such object: y", "[a:1]\n"),
    );
  });

  it.each([
    [["--type", "foo"], 1, `unknown type: "foo": must be one of ${KINDS}`],
    [["--type", ""], 1, `type is empty: must be one of ${KINDS}`],
    [["-f", "{{.Id"], 64, "template parsing error: template: :1: unclosed action"],
  ])("refuses %j before it looks", async (flags, exit, message) => {
    expect(await newBench()(["inspect", ...flags, "x"])).toEqual({
      stdout: "",
      stderr: `${message}\n`,
      exit,
    });
  });

  it("warns of sizes, and of another platform", async () => {
    const bench = newBench();
    await loaded(bench, [await imageOf("1", ["a:1"])]);
    expect(await bench("inspect -s -f {{.Os}} a:1")).toEqual(
      done("linux\n", "WARNING: --size ignored for image\n"),
    );
    expect(await bench("image inspect --platform linux/arm64 -f {{.Os}} a:1")).toEqual(
      failed(
        `${DAEMON}image with reference a:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)`,
        "\n",
      ),
    );
  });

  it("prints one line of JSON, or four spaces' worth", async () => {
    const bench = newBench();
    await loaded(bench, [await imageOf("1", ["a:1"])]);
    const { stdout } = await bench("inspect -f json a:1 a:1");
    expect(stdout.split("\n")).toHaveLength(2);
    const many = await bench("inspect a:1 a:1");
    expect(JSON.parse(many.stdout)).toEqual(JSON.parse(stdout));
    expect(many.stdout).toMatch(/^\[\n {4}\{\n {8}"Id": /);
  });
});

describe("docker rmi", () => {
  it("untags until an ID has one name left, as the vectors have it", async () => {
    const bench = newBench();
    const image = await imageOf("1", ["base:1", "base:2", "other:1"]);
    await loaded(bench, [image]);
    const id = idOf(image).slice(7, 19);
    const chain = image.layers[0]?.diffID;
    expect(await bench(`rmi ${id}`)).toEqual(
      failed(
        `${DAEMON}conflict: unable to delete ${id} (must be forced) - image is referenced in multiple repositories`,
      ),
    );
    expect(await bench("rmi base:2")).toEqual(done("Untagged: base:2\n"));
    expect(await bench("rmi base")).toEqual(failed(`${DAEMON}No such image: base:latest`));
    expect(await bench("rmi base:1")).toEqual(done("Untagged: base:1\n"));
    expect(await bench(`rmi -f ${id.slice(0, 4)}`)).toEqual(
      done(`Untagged: other:1\nDeleted: ${idOf(image)}\nDeleted: ${chain}\n`),
    );
  });

  it("forgives what is not there when it is forced", async () => {
    const bench = newBench();
    expect(await bench("rmi -f nosuch")).toEqual(done("", `${DAEMON}No such image: nosuch:latest\n`));
    expect(await bench("rmi nosuch nosuch2:x")).toEqual(
      failed(`${DAEMON}No such image: nosuch:latest\n${DAEMON}No such image: nosuch2:x`),
    );
  });

  it("takes each argument for itself", async () => {
    const bench = newBench();
    await loaded(bench, [await imageOf("1", ["a:1", "b:1"])]);
    expect(await bench("rmi a:1 nosuch b:1")).toMatchObject({
      stdout: expect.stringMatching(/^Untagged: a:1\nUntagged: b:1\nDeleted: sha256:/),
      stderr: `${DAEMON}No such image: nosuch:latest\n`,
      exit: 1,
    });
  });

  it("takes a tag like an ID's first letters for the ID", async () => {
    const bench = newBench();
    const image = await imageOf("1", ["a:1", "s:latest"]);
    await loaded(bench, [image]);
    expect(await bench("rmi s")).toEqual(
      failed(
        `${DAEMON}conflict: unable to delete ${idOf(image).slice(7, 19)} (must be forced) - image is referenced in multiple repositories`,
      ),
    );
  });

  it("keeps what a container is of, unless it is forced", async () => {
    const bench = newBench();
    const image = await imageOf("1", ["c:1"]);
    await loaded(bench, [image]);
    const container = (await bench("create c:1 x")).stdout.slice(0, 12);
    expect(await bench("rmi c:1")).toEqual(
      failed(
        `${DAEMON}conflict: unable to remove repository reference "c:1" (must force) - container ${container} is using its referenced image ${idOf(image).slice(7, 19)}`,
      ),
    );
    expect(await bench("rmi -f c:1")).toMatchObject({ stdout: expect.stringMatching(/^Untagged: c:1\n/) });
  });
});

describe("docker image prune", () => {
  const DANGLING =
    "WARNING! This will remove all dangling images.\nAre you sure you want to continue? [y/N] ";
  const ALL =
    "WARNING! This will remove all images without at least one container associated to them.\nAre you sure you want to continue? [y/N] ";

  it.each([
    ["", false],
    ["n\n", false],
    ["yes\n", false],
    ["y\n", true],
    ["Y\n", true],
    ["y", true],
  ])("asks, and takes %j for what it is", async (answer, agreed) => {
    const bench = newBench();
    const { stdout, exit } = await bench("image prune", answer);
    expect(stdout).toBe(agreed ? `${DANGLING}Total reclaimed space: 0B\n` : DANGLING);
    expect(exit).toBe(0);
    expect((await bench("image prune -a", answer)).stdout.startsWith(ALL)).toBe(true);
  });

  it("removes what has no tag, or all, and tells the space of layers", async () => {
    const bench = newBench();
    const [one, two] = [await imageOf("12345", []), await imageOf("1234567", ["b:1"])];
    await loaded(bench, [one, two]);
    const [first, second] = [one, two].map((image) => image.layers[0]?.diffID);
    expect(await bench("image prune -f")).toEqual(
      done(`Deleted Images:\ndeleted: ${idOf(one)}\ndeleted: ${first}\n\nTotal reclaimed space: 5B\n`),
    );
    expect(await bench("image prune -af")).toEqual(
      done(
        `Deleted Images:\nuntagged: b:1\ndeleted: ${idOf(two)}\ndeleted: ${second}\n\nTotal reclaimed space: 7B\n`,
      ),
    );
    expect(await bench("image prune -af")).toEqual(done("Total reclaimed space: 0B\n"));
  });

  it("keeps by label and time", async () => {
    const bench = newBench();
    const labelled = (value: string) => ({ config: { Labels: { keep: value } } });
    await loaded(bench, [
      await imageOf("1", ["a:1"], { created: "2026-11-20T18:00:00Z", ...labelled("1") }),
      await imageOf("2", ["b:1"], { created: "2026-11-20T19:00:00Z", ...labelled("2") }),
    ]);
    const left = async () => (await bench("images --format {{.Repository}}")).stdout;
    expect(await bench("image prune -af --filter until=1h --filter until=2h")).toEqual(
      failed(`${DAEMON}more than one until filter specified`),
    );
    await bench("image prune -af --filter label!=keep");
    await bench("image prune -af --filter label=keep=1 --filter until=2h");
    expect(await left()).toBe("b\na\n");
    await bench("image prune -af --filter until=1h");
    expect(await left()).toBe("b\n");
    await bench("image prune -af --filter label!=keep=1");
    expect(await left()).toBe("");
  });
});
