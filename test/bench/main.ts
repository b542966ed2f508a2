/**
 * `npm run bench [SECTION…]`: what we do beside what others do, in one run on the same generated inputs. Ratios are ours : theirs of wall
 * time, so below 1 is faster. Absolute figures drift with the machine, ratios much less. Sections: plain gzip zstd sha256 chromium page
 * store proxy pull making.
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { benchInChromium } from "./chromium.ts";
import { compressed, RECIPES, tarOf } from "./inputs.ts";
import { benchMaking } from "./making.ts";
import { type Contender, type Measured, measure } from "./measure.ts";
import { benchPage } from "./page.ts";
import { benchProxy } from "./proxy.ts";
import { benchPull } from "./pull.ts";
import { has } from "./servers.ts";
import { benchStore } from "./store.ts";

const wanted = process.argv.slice(2);
const want = (section: string): boolean => wanted.length === 0 || wanted.includes(section);
const TURNS = 3;

const task = resolve("test/bench/task.ts");
const on = {
  Node: `${process.execPath} .ci/run-ts.mjs ${task}`,
  Deno: `node_modules/deno/deno run --allow-all --no-lock ${task}`,
};
const ours = (runtime: keyof typeof on, name: string, file: string): Contender => ({
  label: `${name}, ${runtime}`,
  command: `${on[runtime]} '${name}' ${file}`,
  reports: true,
});
const peer = (label: string, command: string): Contender => ({ label, command, reports: false });

function print(title: string, file: string, baseline: string, rows: readonly Measured[]): void {
  const size = statSync(file).size;
  const base = rows.find((row) => row.label === baseline);
  console.log(`\n${title} (${(size / 1e6).toFixed(0)} MB; ratio to ${baseline})`);
  for (const { label, wallMs, peakBytes, found } of rows) {
    const speed = size / 1e3 / wallMs;
    const memory = peakBytes === undefined ? "" : `${(peakBytes / 1e6).toFixed(0)} MB peak`;
    console.log(
      `  ${label.padEnd(38)} ${wallMs.toFixed(0).padStart(7)} ms ${speed.toFixed(0).padStart(6)} MB/s ` +
        `${(wallMs / (base?.wallMs ?? Number.NaN)).toFixed(2).padStart(6)} × ${memory.padStart(14)} ${found ?? ""}`,
    );
  }
}

async function plain(): Promise<void> {
  for (const recipe of [RECIPES.small, RECIPES.usr, RECIPES.large]) {
    const file = tarOf(recipe);
    const rows = await measure(
      [
        peer("tar -tf", `tar -tf ${file} > /dev/null`),
        ours("Node", "ours: list", file),
        ours("Node", "ours: list, warm", file),
        ours("Deno", "ours: list", file),
        ours("Node", "tar-stream: list", file),
        ours("Node", "modern-tar: list", file),
        // Reads the whole file into one buffer: not for the large ones.
        ...(recipe === RECIPES.large ? [] : [ours("Node", "nanotar: list", file)]),
      ],
      TURNS,
    );
    print(`list ${recipe.name}.tar`, file, "tar -tf", rows);
  }
}

async function packed(ending: "gz" | "zst"): Promise<void> {
  const tool = ending === "gz" ? "gzip" : "zstd";
  for (const recipe of [RECIPES.small, RECIPES.usr]) {
    const file = has(tool) ? compressed(tarOf(recipe), ending) : undefined;
    if (file === undefined) {
      console.log(`\n${recipe.name}.tar.${ending}: skipped, ${tool} is not installed`);
      continue;
    }
    const baseline = `${tool} -dc | tar -t`;
    const rows = await measure(
      [
        peer(baseline, `${tool} -dc ${file} | tar -t > /dev/null`),
        peer(
          `${tool} -dc | tee sha256sum | tar -t`,
          `${tool} -dc ${file} | tee >(sha256sum > /dev/null) | tar -t > /dev/null`,
        ),
        ours("Node", "ours: decompress and list", file),
        ours("Node", "ours: scan", file),
        ours("Node", "ours: scan, own sha256", file),
        ours("Deno", "ours: scan", file),
      ],
      TURNS,
    );
    print(`hash, index and list ${recipe.name}.tar.${ending}`, file, baseline, rows);
  }
}

async function sha256(): Promise<void> {
  const file = tarOf(RECIPES.usr);
  const rows = await measure(
    [
      peer("sha256sum", `sha256sum ${file}`),
      ours("Node", "ours: sha256", file),
      ours("Deno", "ours: sha256", file),
      peer("openssl sha256", `openssl sha256 ${file}`),
    ],
    TURNS,
  );
  print(`sha256 of ${RECIPES.usr.name}.tar`, file, "sha256sum", rows);
}

if (want("plain")) await plain();
if (want("gzip")) await packed("gz");
if (want("zstd")) await packed("zst");
if (want("sha256")) await sha256();
if (want("chromium")) await benchInChromium();
if (want("page")) await benchPage();
if (want("store")) await benchStore();
if (want("proxy")) await benchProxy();
if (want("pull")) await benchPull();
if (want("making")) await benchMaking();
