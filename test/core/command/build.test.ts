import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { entryAt, readTable } from "../../../core/tar/mod.ts";
import { newBench } from "./bench.ts";

const PREFIX = "ERROR: failed to build: ";

function shed() {
  const bench = newBench();
  bench.files.put("ctx/Dockerfile", "FROM scratch\nARG TARGETARCH\nLABEL arch=$TARGETARCH\nCOPY f /d/f\n");
  bench.files.put("ctx/f", "content");
  return bench;
}

const bytesAt = (bench: ReturnType<typeof shed>, path: string) => bench.files.entries.get(path)?.bytes;

async function pathsIn(bytes: Uint8Array<ArrayBuffer> | undefined): Promise<string[]> {
  const table = await readTable(sourceOf(bytes!));
  return Array.from({ length: table.count }, (_, row) => entryAt(table, row).path);
}

describe("docker build", () => {
  it("for several platforms names one image that holds them all", async () => {
    const bench = shed();
    const built = await bench("build -q --platform linux/amd64,linux/arm64 -t many:1 ctx");
    expect(built).toMatchObject({ exit: 0, stderr: "" });
    expect((await bench("images -q --no-trunc")).stdout).toBe(built.stdout);
    for (const arch of ["amd64", "arm64"]) {
      const saved = await bench(`save --platform linux/${arch} -o ${arch}.tar many:1`);
      expect(saved).toMatchObject({ exit: 0, stderr: "" });
    }
    const child = shed();
    child.files.put("arm.tar", bytesAt(bench, "arm64.tar")!);
    await child("load -i arm.tar");
    expect((await child("inspect -f {{.Architecture}}-{{.Config.Labels.arch}} many:1")).stdout).toBe(
      "arm64-arm64\n",
    );
  });

  it.each([
    ["type=tar,dest=out.tar", "out.tar"],
    ["type=docker,dest=d.tar", "d.tar"],
    ["type=oci,dest=o.tar", "o.tar"],
  ])("-o %s writes a file, and names nothing", async (output, path) => {
    const bench = shed();
    expect(await bench(["build", "-q", "-o", output, "-t", "app:1", "ctx"])).toMatchObject({
      exit: 0,
      stderr: "",
    });
    expect((await bench("images -q app")).stdout).toBe("");
    const paths = await pathsIn(bytesAt(bench, path));
    if (output.startsWith("type=tar")) expect(paths).toEqual(["d/", "d/f"]);
    else {
      expect(paths).toContain("index.json");
      expect(paths.includes("manifest.json")).toBe(output.startsWith("type=docker"));
      const again = shed();
      again.files.put("x.tar", bytesAt(bench, path)!);
      expect((await again("load -i x.tar")).stdout).toBe("Loaded image: app:1\n");
    }
  });

  it("-o FOLDER and -o - give the files", async () => {
    const bench = shed();
    expect(await bench("build -q -o out ctx")).toMatchObject({ exit: 0, stderr: "" });
    expect(new TextDecoder().decode(bytesAt(bench, "out/d/f"))).toBe("content");
    const { stdout, exit } = await bench("build -q -o - ctx");
    expect([exit, stdout.slice(0, 2), stdout.includes("ustar"), stdout.includes("sha256:")]).toEqual([
      0,
      "d/",
      true,
      false,
    ]);
  });

  it.each([
    ["--platform linux/amd64,foo", '"foo": unknown operating system or architecture: invalid argument'],
    ["-o type=registry", 'output "type=registry" is not made here: build an image, then push or save it'],
    ["-o type=local", "dest is required for local output"],
    ["-o dest=x", "type is required for output"],
    ["-o type=tar,x", "invalid value x"],
    [
      "-o type=tar,dest=x --platform linux/amd64,linux/arm64",
      "several platforms go into one archive of type=oci, or into the store",
    ],
  ])("%s is refused before anything is built", async (flags, problem) => {
    const bench = shed();
    expect(await bench(`build ${flags} ctx`)).toEqual({
      stdout: "",
      stderr: `${PREFIX}${problem}\n`,
      exit: 1,
    });
    expect((await bench("images -q")).stdout).toBe("");
  });
});
