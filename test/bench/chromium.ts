import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { launchChromium } from "../support/chromium.ts";
import { compressed, RECIPES, tarOf } from "./inputs.ts";
import { median } from "./measure.ts";

const PAGE = '<!doctype html><title>bench</title><input type="file">';

/** Prints what a worker in Chromium reaches: sha256 and inflate against their peers there, and listing and scanning of files. */
export async function benchInChromium(): Promise<void> {
  const bundle = await rolldown({
    input: "test/bench/chromium-worker.ts",
    platform: "browser",
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
  await bundle.close();
  const server = createServer((request, response) => {
    const script = request.url === "/worker.js";
    response.writeHead(200, { "content-type": script ? "text/javascript" : "text/html" });
    response.end(script ? output[0].code : PAGE);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const profile = await mkdtemp(join(tmpdir(), "breakbulk-chromium-"));
  const context = await launchChromium(profile);
  try {
    const page = await context.newPage();
    const address = server.address();
    await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
    const run = async (name: string, file?: string): Promise<{ wallMs: number; result: unknown }> => {
      if (file !== undefined) await page.setInputFiles("input", file);
      const answer = await page.evaluate(
        (work) =>
          new Promise<{ wallMs: number; result: unknown; error?: string }>((done) => {
            const worker = new Worker("/worker.js", { type: "module" });
            worker.addEventListener("message", ({ data }) => {
              worker.terminate();
              done(data);
            });
            const file = document.querySelector("input")?.files?.[0];
            worker.postMessage({ name: work, file }, []);
          }),
        name,
      );
      if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`);
      return answer;
    };
    console.log("\nChromium, one worker");
    console.log("  sha256 ", JSON.stringify((await run("sha256")).result));
    console.log("  inflate", JSON.stringify((await run("inflate")).result));
    const small = tarOf(RECIPES.small);
    const usr = tarOf(RECIPES.usr);
    const works: readonly (readonly [name: string, file: string | undefined])[] = [
      ["list", small],
      ["list", tarOf(RECIPES.large)],
      ["scan", usr],
      ["scan", compressed(usr, "gz")],
      ["decompress and list", compressed(usr, "gz")],
      ["scan", compressed(usr, "zst")],
    ];
    for (const [name, file] of works) {
      if (file === undefined) continue;
      const times: number[] = [];
      let result: unknown;
      for (let turn = 0; turn < 3; turn++) {
        const answer = await run(name, file);
        times.push(answer.wallMs);
        result = answer.result;
      }
      console.log(
        `  ${name} ${file.split("/").at(-1)}: ${median(times).toFixed(0)} ms, ${String(result)} entries`,
      );
    }
  } finally {
    await context.close();
    server.close();
    await rm(profile, { recursive: true, force: true });
  }
}
