import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dir, file, imageFile, LAYERS, tarFile } from "./archives.ts";
import { faintTexts } from "./contrast.ts";
import { goTo, listed, openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const TABS = ["Files", "Layers", "Config", "Space", "Raw"] as const;

describe("the tabs of an image", () => {
  it("are walked with arrow keys and show what they name", async () => {
    const { page, open, wrong } = await site.visit();
    await open(await imageFile("app.tar", "app:1"));
    await listed(page);
    await page.getByRole("tab", { name: "Files" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("cell", { name: "COPY app.js /srv/" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("tab-layers");
    await page.keyboard.press("ArrowRight");
    await page.getByText("<b>bold</b>").waitFor();
    await page.getByText("Ada", { exact: true }).waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "/etc/old.conf" }).waitFor();
    await page.getByRole("button", { name: /^srv\/, / }).waitFor();
    await page.keyboard.press("ArrowRight");
    await page.locator(".json").getByText('"author"').waitFor();
    expect(wrong).toEqual([]);
  });

  it("lead from a wasted path to its history, from a digest to its layer", async () => {
    const { page, open } = await site.visit();
    await open(await imageFile("app.tar", "app:1"));
    await listed(page);
    await page.getByRole("tab", { name: "Space" }).click();
    await page.getByRole("button", { name: "/etc/old.conf" }).click();
    await page.getByRole("heading", { name: "/etc/old.conf" }).waitFor();
    await page.getByRole("tab", { name: "Raw" }).click();
    await page.getByRole("radio", { name: "Config" }).check();
    await page.locator(".json-digest").nth(1).click();
    await page.getByRole("option", { selected: true }).and(page.locator("#layer-1")).waitFor();
    expect(await page.getByRole("radio", { name: "Only layer 1" }).isChecked()).toBe(true);
  });

  it("go into a directory of the size map and back by keys", async () => {
    const { page, open } = await site.visit();
    await open(await imageFile("app.tar", "app:1"));
    await listed(page);
    await page.getByRole("tab", { name: "Space" }).click();
    await page.getByRole("button", { name: /^srv\/, / }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Path" }).getByText("srv/").waitFor();
    await page.keyboard.press("Backspace");
    await page.getByRole("button", { name: /^srv\/, / }).waitFor();
  });
});

describe("an archive of several images", () => {
  it("shows the files of each, and that one without layers has none", async () => {
    const { page, open, wrong } = await site.visit();
    const names = ["one", "two", "none"] as const;
    const layerOf = (name: string) => (name === "none" ? [] : [`${name}/layer.tar`]);
    const layers = await Promise.all(
      ["one", "two"].map(async (name) => {
        const tar = await tarFile(name, [file(`of-${name}`, name)]);
        return file(`${name}/layer.tar`, new Uint8Array(tar.buffer));
      }),
    );
    const members = [
      ...layers,
      ...names.map((name) =>
        file(`${name}.json`, JSON.stringify({ architecture: "amd64", os: "linux", author: name })),
      ),
      file(
        "manifest.json",
        JSON.stringify(
          names.map((name) => ({ Config: `${name}.json`, RepoTags: [`${name}:1`], Layers: layerOf(name) })),
        ),
      ),
    ];
    await open(await tarFile("three.tar", members));
    await page.getByRole("row", { name: /^of-one/ }).waitFor();
    await page.getByRole("button", { name: /^two:1/ }).click();
    await page.getByRole("row", { name: /^of-two/ }).waitFor();
    await page.getByRole("button", { name: /^none:1/ }).click();
    await page.getByText("There are no files here.").waitFor();
    expect(wrong).toEqual([]);
  });
});

describe("what is wrong", () => {
  it("with a layer's digest is told with both digests, and the rest stays readable", async () => {
    const { page, open, shot } = await site.visit();
    await open(await imageFile("tampered.tar", "t:1", { tamper: 1 }));
    await listed(page);
    await page.getByText("1 problem").click();
    await page.locator(".problems").getByText("Expected", { exact: true }).waitFor();
    expect(await page.locator(".problems code").allTextContents()).toHaveLength(2);
    await goTo(page, "srv/app.js");
    await page.locator(".cm-content").getByText("answer").first().waitFor();
    await shot("tampered");
  });

  it("is said of a layer that is missing", async () => {
    const { page, open } = await site.visit();
    await open(await imageFile("missing.tar", "m:1", { omit: 1 }));
    await page.locator(".standing").getByText("Layer missing").waitFor();
    await listed(page);
    await goTo(page, "srv/app.js");
    await page.locator(".cm-content").getByText("answer").first().waitFor();
  });

  it("is said of a file that is no archive, and the others stay open", async () => {
    const { page, open, shot } = await site.visit();
    const words = {
      name: "notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("only words\n".repeat(99)),
    };
    await open(words, await imageFile("app.tar", "app:1"));
    await page.getByRole("alert").getByText("notes.txt was not opened").waitFor();
    await shot("refused");
    await page.getByRole("button", { name: "app:1 linux/amd64" }).click();
    await listed(page);
  });

  it("is nothing with a bare root filesystem: it is said to be one", async () => {
    const { page, open } = await site.visit();
    const members = [dir("bin"), dir("etc"), dir("usr"), dir("var"), dir("proc"), ...(LAYERS[0] ?? [])];
    await open(await tarFile("root.tar", [...members, file("bin/sh", "x")]));
    await page.getByText("This is a bare root filesystem").waitFor();
    await listed(page);
    expect(await page.getByRole("tab").allTextContents()).toEqual(["Files", "Layers", "Space"]);
  });
});

describe("every screen", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    it(`has contrast enough in the ${colorScheme} theme`, async () => {
      const { page, open, shot } = await site.visit({ colorScheme });
      expect(await faintTexts(page)).toEqual([]);
      await open(await imageFile("app.tar", "app:1"), await imageFile("tampered.tar", "t:1", { tamper: 1 }));
      await listed(page);
      await goTo(page, "etc/passwd");
      await page.locator(".cm-content").waitFor();
      for (const tab of TABS) {
        await page.getByRole("tab", { name: tab }).click();
        await page.locator(".tab-panel").getByRole("button").first().waitFor();
        expect(await faintTexts(page), tab).toEqual([]);
        await shot(`${colorScheme}-${tab.toLowerCase()}`);
      }
      await page.getByRole("button", { name: "t:1 linux/amd64" }).click();
      await page.locator(".problems summary").click();
      expect(await faintTexts(page)).toEqual([]);
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      expect(await faintTexts(page)).toEqual([]);
      await shot(`${colorScheme}-keys`);
    });
  }

  it("fits a telephone, one pane at a time", async () => {
    const { page, open, shot } = await site.visit({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    expect(await fits()).toBe(true);
    await open(await imageFile("app.tar", "app:1"));
    await listed(page);
    await page.getByRole("searchbox").fill("srv/app.js");
    await page.locator("[role=row]").filter({ hasText: "app.js" }).tap();
    await page.locator(".cm-content").waitFor();
    expect(await page.getByRole("treegrid").count()).toBe(0);
    await page.getByRole("button", { name: "Back" }).tap();
    await page.getByRole("treegrid").waitFor();
    for (const tab of TABS) {
      await page.getByRole("tab", { name: tab }).tap();
      expect(await fits(), tab).toBe(true);
      await shot(`narrow-${tab.toLowerCase()}`);
    }
    await page.getByRole("button", { name: "Back" }).tap();
    await page.getByRole("navigation", { name: "Library" }).waitFor();
  });

  it("has targets large enough for a finger", async () => {
    const { page, open } = await site.visit({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await open(await imageFile("app.tar", "app:1"));
    await listed(page);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, select, [role=row], [role=tab]")]
        .filter((element) => element.checkVisibility() && !element.closest(".term, .offscreen, .tree-head"))
        .filter((element) => element.getBoundingClientRect().height < 44)
        .map((element) => `${element.className} ${element.textContent}`),
    );
    expect(small).toEqual([]);
  });

  it("moves its panes without breaking the page's policy", async () => {
    const { page, open, wrong } = await site.visit();
    await open(await imageFile("app.tar", "app:1"));
    await listed(page);
    const handle = page.getByRole("separator").first();
    const before = await page.locator(".layer-pane").boundingBox();
    const box = await handle.boundingBox();
    await page.mouse.move(box!.x, box!.y + 200);
    await page.mouse.down();
    await page.mouse.move(box!.x + 80, box!.y + 200, { steps: 5 });
    await page.mouse.move(box!.x - 900, box!.y + 200, { steps: 5 });
    await page.mouse.move(box!.x + 60, box!.y + 200, { steps: 5 });
    await page.mouse.up();
    const after = await page.locator(".layer-pane").boundingBox();
    expect(after!.width - before!.width).toBeGreaterThan(40);
    await handle.focus();
    await page.keyboard.press("ArrowLeft");
    expect((await page.locator(".layer-pane").boundingBox())!.width).toBeLessThan(after!.width);
    expect(wrong).toEqual([]);
  });
});
