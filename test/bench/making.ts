import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { randomBytes, textLikeBytes } from "../support/random.ts";
import { type Contender, type Measured, measure } from "./measure.ts";
import { has } from "./servers.ts";

const TURNS = 3;
const ROOT = resolve(".");

/** A tool that makes images: shell lines, run in the folder of a context. */
interface Maker {
  readonly label: string;
  /** Builds the folder into the image `name`. */
  readonly build: (name: string) => string;
  /** A container of nothing, the folder copied in, committed as `name`. */
  readonly commit?: ((name: string) => string) | undefined;
  /** The image `name` as one layer. */
  readonly flatten?: ((name: string) => string) | undefined;
}

/**
 * Prints what building and committing a folder of 10,000 files and flattening an image of 1 GB take: our commands on Node beside buildah, umoci, and
 * `docker` where DOCKER_HOST names an engine. Every tool stores its layers as it does by itself.
 */
export async function benchMaking(): Promise<void> {
  console.log("\nMaking images");
  const folder = mkdtempSync(join(tmpdir(), "breakbulk-making-"));
  try {
    const makers = makersOf(folder);
    const many = join(folder, "many");
    makeMany(many);
    const large = join(folder, "large");
    makeLarge(large);
    await report(
      "build a folder of 10,000 files",
      makers.map(({ label, build }) => peer(label, many, build("bench/many"))),
    );
    await report(
      "commit the same folder",
      makers.flatMap(({ label, commit }) =>
        commit === undefined ? [] : [peer(label, many, commit("bench/committed"))],
      ),
    );
    const flattening = makers.filter(({ flatten }) => flatten !== undefined);
    for (const { build } of flattening)
      execFileSync("bash", ["-c", `cd ${large} && ${build("bench/large")}`], { stdio: "ignore" });
    await report(
      "flatten an image of 1 GB in 5 layers",
      flattening.flatMap(({ label, flatten }) =>
        flatten === undefined ? [] : [peer(label, large, flatten("bench/large"))],
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const peer = (label: string, folder: string, line: string): Contender => ({
  label,
  command: `cd ${folder} && { ${line}; } > /dev/null 2> /tmp/breakbulk-making.err || { cat /tmp/breakbulk-making.err >&2; exit 1; }`,
  reports: false,
});

async function report(title: string, contenders: readonly Contender[]): Promise<void> {
  const rows = await measure(contenders, TURNS);
  const ours = rows.find(({ label }) => label === "ours, Node")?.wallMs ?? Number.NaN;
  console.log(`  ${title}`);
  for (const row of rows) print(row, ours);
}

function print({ label, wallMs, peakBytes }: Measured, ours: number): void {
  const peak = peakBytes === undefined ? "" : `${(peakBytes / 1e6).toFixed(0)} MB peak`;
  const ratio = label === "ours, Node" ? "" : `${(ours / wallMs).toFixed(2)} × (ours : theirs)`;
  console.log(`    ${label.padEnd(24)} ${wallMs.toFixed(0).padStart(7)} ms  ${peak.padStart(12)}  ${ratio}`);
}

function makersOf(folder: string): Maker[] {
  const docker = `BREAKBULK_HOME=${join(folder, "home")} npm --prefix ${ROOT} run --silent docker --`;
  const makers: Maker[] = [
    {
      label: "ours, Node",
      build: (name) => `${docker} build --no-cache -t ${name} .`,
      commit: (name) =>
        `c=$(${docker} create bench/many /x) && ${docker} cp . $c:/again && ${docker} commit $c ${name} && ${docker} rm $c`,
      flatten: (name) =>
        `c=$(${docker} create ${name} /x) && ${docker} export $c | ${docker} import - bench/flat && ${docker} rm $c`,
    },
  ];
  if (has("buildah")) {
    const buildah = `buildah --root ${join(folder, "buildah")} --runroot ${join(folder, "buildah-run")} --storage-driver vfs`;
    makers.push({
      label: "buildah",
      build: (name) => `${buildah} bud --isolation chroot --no-cache -t ${name} .`,
      commit: (name) =>
        `c=$(${buildah} from localhost/bench/many) && ${buildah} copy $c . /again && ${buildah} commit $c ${name} && ${buildah} rm $c`,
      flatten: (name) =>
        `c=$(${buildah} from localhost/${name}) && ${buildah} commit --squash $c bench/flat && ${buildah} rm $c`,
    });
  } else console.log("  buildah: skipped, it is not installed");
  if (has("umoci")) {
    const layout = join(folder, "umoci");
    makers.push({
      label: "umoci repack",
      build: (name) =>
        `rm -rf ${layout} && umoci init --layout ${layout} && umoci new --image ${layout}:a && umoci unpack --image ${layout}:a ${layout}/b && cp -a . ${layout}/b/rootfs/ && umoci repack --image ${layout}:${name.replace("/", "-")} ${layout}/b`,
    });
  } else console.log("  umoci: skipped, it is not installed");
  if (has("docker") && process.env["DOCKER_HOST"] !== undefined) {
    makers.push({
      label: "docker",
      build: (name) => `docker build --no-cache -t ${name} .`,
      commit: (name) =>
        `c=$(docker create bench/many /x) && docker cp . $c:/again && docker commit $c ${name} && docker rm $c`,
      flatten: (name) =>
        `c=$(docker create ${name} /x) && docker export $c | docker import - bench/flat && docker rm $c`,
    });
  } else console.log("  docker: skipped, DOCKER_HOST names no engine");
  return makers;
}

/** 10,000 files of a few kilobytes in 100 folders, 40 MB. */
function makeMany(folder: string): void {
  for (let at = 0; at < 100; at++) {
    const inner = join(folder, `d${at}`);
    mkdirSync(inner, { recursive: true });
    for (let file = 0; file < 100; file++)
      writeFileSync(
        join(inner, `f${file}`),
        textLikeBytes(1000 + ((at * 100 + file) % 6000), at * 100 + file),
      );
  }
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY . /\n");
}

/** 1 GB in 5 folders. */
function makeLarge(folder: string): void {
  const lines = ["FROM scratch"];
  for (let at = 0; at < 5; at++) {
    const inner = join(folder, `part${at}`);
    if (!existsSync(inner)) mkdirSync(inner, { recursive: true });
    const noise = randomBytes(1_000_000, at);
    for (let file = 0; file < 200; file++) {
      noise[0] = file;
      writeFileSync(join(inner, `f${file}`), noise);
    }
    lines.push(`COPY part${at} /part${at}`);
  }
  writeFileSync(join(folder, "Dockerfile"), `${lines.join("\n")}\n`);
}
