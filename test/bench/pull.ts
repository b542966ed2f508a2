import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchChromium } from "../support/chromium.ts";
import { compressed, FOLDER, tarOf } from "./inputs.ts";
import { watchMemory } from "./memory.ts";
import { has, serveOurs, serveRegistry } from "./servers.ts";

const PORTS = { registry: 18_481, ours: 18_483 } as const;
const LAYERS = 6;
const TURNS = 3;
const NAME = "bench/pull:1";

/**
 * Prints how long a pull takes: from a registry on loopback through our proxy into IndexedDB in Chromium, in the built page, beside `skopeo copy` into a
 * folder and `docker pull` (where DOCKER_HOST names an engine that sees this machine's loopback) from the registry itself. Needs `npm run build`.
 */
export async function benchPull(): Promise<void> {
  console.log("\nPulling into the page, beside skopeo and docker");
  if (!has("docker-registry") || !has("skopeo")) {
    console.log("  skipped: docker-registry or skopeo is not installed");
    return;
  }
  const layout = await layoutOf();
  if (layout === undefined) {
    console.log("  skipped: gzip is not installed");
    return;
  }
  const registry = await serveRegistry(PORTS.registry);
  const ours = await serveOurs(PORTS.ours, PORTS.registry);
  const at = `127.0.0.1:${PORTS.registry}/${NAME}`;
  try {
    const policy = ["--insecure-policy", "copy", "--quiet"];
    execFileSync("skopeo", [
      ...policy,
      "--dest-tls-verify=false",
      `oci:${layout.folder}:1`,
      `docker://${at}`,
    ]);
    const rows = new Map<string, number[]>();
    const note = (label: string, ms: number): void => void rows.set(label, [...(rows.get(label) ?? []), ms]);
    let peak = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const pulled = await pullInPage(at);
      note("ours, proxy and page", pulled.ms);
      peak = Math.max(peak, pulled.peak);
      const to = mkdtempSync(join(tmpdir(), "breakbulk-pulled-"));
      note(
        "skopeo copy to dir:",
        timed("skopeo", [...policy, "--src-tls-verify=false", `docker://${at}`, `dir:${to}`]),
      );
      rmSync(to, { recursive: true });
      if (process.env["DOCKER_HOST"] === undefined) continue;
      note("docker pull", timed("docker", ["pull", "--quiet", at]));
      execFileSync("docker", ["rmi", "--force", at], { stdio: "ignore" });
    }
    const median = (times: readonly number[]): number =>
      times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
    const own = median(rows.get("ours, proxy and page") ?? []);
    console.log(`  ${(layout.size / 1e6).toFixed(0)} MB of gzip in ${LAYERS} layers, median of ${TURNS}`);
    for (const [label, times] of rows) {
      const ms = median(times);
      console.log(
        `    ${label.padEnd(24)} ${ms.toFixed(0).padStart(6)} ms ${(layout.size / 1e3 / ms).toFixed(0).padStart(5)} MB/s  ours takes ${(own / ms).toFixed(2)} × as long`,
      );
    }
    console.log(`    renderer, at most ${peak.toFixed(0)} MB (RssAnon)`);
    if (process.env["DOCKER_HOST"] === undefined)
      console.log("    docker pull: skipped, DOCKER_HOST names no engine");
  } finally {
    ours.stop();
    registry.stop();
  }
}

/** A pull in a new profile, from pressing Enter to the word that the image is there: fetched, verified, its layers listed, kept. */
async function pullInPage(name: string): Promise<{ readonly ms: number; readonly peak: number }> {
  const profile = mkdtempSync(join(tmpdir(), "breakbulk-pull-"));
  const context = await launchChromium(profile, { viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`http://127.0.0.1:${PORTS.ours}/`);
    const field = page.getByRole("combobox", { name: "Image to pull" });
    await field.fill(name);
    const peak = await watchMemory(page);
    const start = performance.now();
    await field.press("Enter");
    await page.locator(".notice", { hasText: "is here" }).waitFor();
    return { ms: performance.now() - start, peak: peak() };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function timed(program: string, args: readonly string[]): number {
  const start = performance.now();
  execFileSync(program, args, { stdio: "ignore" });
  return performance.now() - start;
}

/** An OCI layout with one image of six layers, about 300 MB, half of it compressible; made once. */
async function layoutOf(): Promise<{ readonly folder: string; readonly size: number } | undefined> {
  const folder = join(FOLDER, "pull-layout");
  const blobs = join(folder, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  let size = 0;
  const layers: object[] = [];
  const diffIDs: string[] = [];
  for (let layer = 0; layer < LAYERS; layer++) {
    const tar = tarOf({
      name: `pull-${layer}`,
      files: 700,
      // A layer's number makes its sizes, and with them its bytes, its own.
      size: (index, random) => 50_000 + layer + (index % 7) + Math.floor(random() * 100_000),
      incompressible: 0.6,
    });
    const packed = compressed(tar, "gz");
    if (packed === undefined) return undefined;
    diffIDs.push(await digestOf(tar));
    const digest = await digestOf(packed);
    const blob = join(blobs, digest.slice(7));
    if (!existsSync(blob)) copyFileSync(packed, blob);
    const bytes = statSync(packed).size;
    size += bytes;
    layers.push({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size: bytes });
  }
  const put = (mediaType: string, value: object): object => {
    const text = JSON.stringify(value);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    writeFileSync(join(blobs, digest.slice(7)), text);
    return { mediaType, digest, size: Buffer.byteLength(text) };
  };
  const config = put("application/vnd.oci.image.config.v1+json", {
    os: "linux",
    architecture: "amd64",
    rootfs: { type: "layers", diff_ids: diffIDs },
  });
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = put(type, { schemaVersion: 2, mediaType: type, config, layers });
  const named = { ...manifest, annotations: { "org.opencontainers.image.ref.name": "1" } };
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return { folder, size };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return `sha256:${hash.digest("hex")}`;
}
