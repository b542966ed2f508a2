import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerArchive, layerOf } from "../../support/docker-archives.ts";
import { openSite, type Site } from "../view/site.ts";
import { atPrompt, enter, openConsole, promptIs, runLine } from "./console-page.ts";

const IMAGES = 500;

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** An archive of images that share two layers and have one of their own each. */
async function manyImages(): Promise<Buffer> {
  const shared = [await layerOf("etc/base", "base"), await layerOf("usr/bin/tool", "tool".repeat(5000))];
  const images = [];
  for (let index = 0; index < IMAGES; index += 1) {
    images.push({
      layers: [...shared, await layerOf("srv/own", `${index}`)],
      tags: [`app${index % 50}:${index}`],
      config: {
        created: new Date(1_700_000_000_000 + index * 3_600_000).toISOString(),
        config: { Env: ["PATH=/bin"], Labels: { number: String(index), text: "x".repeat(2000) } },
        history: [{ created_by: "ADD base" }, { created_by: "RUN tool" }, { created_by: `COPY ${index}` }],
      },
    });
  }
  return Buffer.from(await dockerArchive(images));
}

describe("a store of 500 images", () => {
  it("is listed, filtered and completed at the console, and the page stays in use", async () => {
    const { page, wrong } = await site.visit();
    page.setDefaultTimeout(60_000);
    await openConsole(page);
    const asked = page.waitForEvent("filechooser");
    await enter(page, "docker load -q -i many.tar");
    await (await asked).setFiles([{ name: "many.tar", mimeType: "", buffer: await manyImages() }]);
    await atPrompt(page);
    await page.locator(".kept-header").getByText(`${IMAGES} images`).waitFor();
    expect(await runLine(page, "docker images | tail -n +2 | wc -l")).toEqual([String(IMAGES)]);
    expect(await runLine(page, "images -q --filter reference='app7:*' | wc -l")).toEqual(["10"]);
    expect(
      (await runLine(page, "docker images | tail -n +2 | head -2")).map((row) => row.split(/\s+/u)[0]),
    ).toEqual(["app49", "app48"]);
    const times: number[] = [];
    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(window, { tasks });
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({
        entryTypes: ["longtask"],
      });
    });
    for (let round = 0; round < 5; round += 1) {
      await page.keyboard.type("images");
      await promptIs(page, "$ images");
      // From the key to the prompt below the last row.
      times.push(
        await page.evaluate(async () => {
          const screen = document.querySelector(".console .xterm-rows");
          const last = (): string =>
            [...(screen?.children ?? [])]
              .map((row) => (row.textContent ?? "").replaceAll("\u00a0", " ").trimEnd())
              .findLast((text) => text !== "") ?? "";
          const area = document.querySelector<HTMLTextAreaElement>(".console .xterm-helper-textarea");
          const from = performance.now();
          area?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true }));
          while (last() !== "$") await new Promise(requestAnimationFrame);
          return performance.now() - from;
        }),
      );
    }
    const inWorker: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      inWorker.push(
        ...(await runLine(page, "time images > /dev/null")).map((row) => row.replace("real ", "")),
      );
    }
    const tasks = await page.evaluate(() => Reflect.get(window, "tasks"));
    console.info(
      `images of ${IMAGES}: ${times.map((time) => time.toFixed(0)).join(", ")} ms from Enter to the prompt, ${inWorker.join(", ")} of it the command; long tasks: ${JSON.stringify(tasks)}`,
    );
    await page.keyboard.type("docker rmi app7:10");
    await page.keyboard.press("Tab");
    await expect.poll(() => page.locator(".console .xterm-rows").textContent()).toContain("app7:107");
    expect(wrong).toEqual([]);
    await page.context().close();
  });
});
