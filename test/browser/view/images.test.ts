import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { file, imageFile } from "./archives.ts";
import { faintTexts } from "./contrast.ts";
import { inLibrary, keep, keeping, lineOf, lines } from "./kept-page.ts";
import { goTo, listed, openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** An image of its own, its lowest three layers the ones that `imageFile` always has. */
const other = (name: string, tag: string, author = "Grace") =>
  imageFile(name, tag, { author, more: [file("srv/more", "x".repeat(200_000))] });

/** Run in the page: makes zeros of the largest piece that is stored. */
async function spoilLargestPiece(): Promise<void> {
  const asked = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((done, failed) => {
      request.addEventListener("success", () => done(request.result));
      request.addEventListener("error", failed);
    });
  const database = await asked(indexedDB.open("breakbulk"));
  const pieces = database.transaction("pieces", "readwrite").objectStore("pieces");
  const [keys, found] = await Promise.all([asked(pieces.getAllKeys()), asked(pieces.getAll())]);
  const sizes = found.map((piece: Blob | Uint8Array) => (piece instanceof Blob ? piece.size : piece.length));
  const at = sizes.indexOf(Math.max(...sizes));
  const zeros = new Uint8Array(sizes[at]);
  await asked(pieces.put(found[at] instanceof Blob ? new Blob([zeros]) : zeros, keys[at]));
  database.close();
}

describe("an image that is kept", () => {
  it("is there after a reload, and opens without its archive", async () => {
    const visit = await site.visit();
    const { page, wrong } = visit;
    await keep(visit, await imageFile("app.tar", "app:1"));
    await page.locator(".notice").getByText("Loaded image: app:1").waitFor();
    await page.reload();
    const library = page.getByRole("navigation", { name: "Library" });
    await library.getByRole("button", { name: "app", exact: true }).waitFor();
    expect(await page.locator(".target").count()).toBe(0);
    await inLibrary(page, "app:1").click();
    await listed(page);
    await page.locator(".standing").getByText("Verified").waitFor();
    await goTo(page, "srv/app.js");
    await page.locator(".cm-content").getByText("answer").first().waitFor();
    for (const tab of ["Layers", "Config", "Space", "Raw"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.locator(".tab-panel").getByRole("button").first().waitFor();
    }
    await page.reload();
    await page.getByRole("heading", { name: /app:1/ }).waitFor();
    await page.locator(".json").first().waitFor();
    expect(wrong).toEqual([]);
  });

  it("appears and goes in every tab", async () => {
    const visit = await site.visit();
    const { page } = visit;
    const second = await page.context().newPage();
    await second.goto(site.url);
    await second.locator(".target").waitFor();
    await keep(visit, await imageFile("app.tar", "app:1"));
    await inLibrary(second, "app:1").click();
    await listed(second);
    await second.getByRole("button", { name: "Remove…" }).click();
    await second.locator(".panel").getByRole("button", { name: "Remove" }).click();
    await page.locator(".library").getByText("None yet").waitFor();
    await page.locator(".kept-actions").getByRole("button", { name: "Keep app.tar" }).waitFor();
    await second.getByRole("button", { name: "Undo" }).click();
    await inLibrary(page, "app:1").waitFor();
  });
});

describe("the list of kept images", () => {
  it("shows names, sizes and what a removal frees, sorted and filtered", async () => {
    const { page, shot, wrong } = await keeping(
      site,
      await imageFile("app.tar", "app:1"),
      await other("web.tar", "team/web:2"),
    );
    expect([...(await lines(page))].sort()).toEqual(["app:1", "team/web:2"]);
    const web = lineOf(page, "team/web", "2");
    expect(await web.locator(".kept-shared").textContent()).not.toBe("0\u00a0B");
    expect(await web.locator(".kept-unique").textContent()).toMatch(/^20\d\u00a0kB$/u);
    await page.getByRole("button", { name: "Repository" }).click();
    await page.locator("[aria-sort=ascending]").waitFor();
    expect(await lines(page)).toEqual(["app:1", "team/web:2"]);
    await page.getByRole("button", { name: "Repository" }).click();
    await page.locator("[aria-sort=descending]").waitFor();
    expect(await lines(page)).toEqual(["team/web:2", "app:1"]);
    await shot("kept-list");
    await page.keyboard.press("/");
    await page.keyboard.type("app");
    await page.getByText("docker images --filter").waitFor();
    expect(await lines(page)).toEqual(["app:1"]);
    await page.keyboard.type("nothing");
    await page.getByText("No kept image matches").waitFor();
    await page.keyboard.press("Escape");
    await web.waitFor();
    expect(wrong).toEqual([]);
  });

  it("is walked with keys: arrows, Space, Enter and Delete", async () => {
    const { page } = await keeping(
      site,
      await imageFile("app.tar", "app:1"),
      await other("web.tar", "web:2"),
    );
    await page.getByRole("button", { name: "Repository" }).click();
    await page.locator(".kept-rows [tabindex='0']").focus();
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-rowindex") === "3");
    await page.keyboard.press("Space");
    await page.getByText("1 selected").waitFor();
    await page.keyboard.press("Delete");
    const panel = page.getByRole("dialog", { name: "Remove" });
    await panel.getByText("1 image with its configuration").waitFor();
    await panel.getByText("docker rmi web:2").waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-rowindex") === "3");
    await page.keyboard.press("Home");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-rowindex") === "2");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /app:1/ }).waitFor();
  });
});

describe("naming an image", () => {
  it("adds a name, says why a text is none, and moves one from another image", async () => {
    const { page, shot } = await keeping(
      site,
      await imageFile("app.tar", "app:1"),
      await other("web.tar", "web:2"),
    );
    await inLibrary(page, "web:2").click();
    await listed(page);
    await page.getByRole("button", { name: "Tag…" }).click();
    const panel = page.getByRole("dialog", { name: "Names" });
    const field = panel.getByLabel("Add a name");
    await field.fill("Web:3");
    await panel.getByText("have to be small ones").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await field.fill("localhost:5000/web");
    await panel.getByText("Adds localhost:5000/web:latest.").waitFor();
    await panel.getByRole("button", { name: "Add" }).click();
    await inLibrary(page, "localhost:5000/web:latest").waitFor();
    await field.fill("app:1");
    await panel.getByText("is the last name of the image").waitFor();
    await shot("name-moves");
    await panel.getByRole("button", { name: "Move the name here" }).click();
    await page.getByRole("heading", { name: /app:1/ }).waitFor();
    await page.locator(".library").getByText("Without a name").first().waitFor();
    await panel.getByRole("button", { name: "Take the name web:2 away" }).click();
    await inLibrary(page, "web:2").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+z");
    await inLibrary(page, "web:2").waitFor();
  });
});

describe("saving", () => {
  it("composes what the chosen layout keeps, and downloads it", async () => {
    const { page, wrong, shot } = await keeping(site, await imageFile("app.tar", "app:1"));
    await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }));
    await page.getByRole("checkbox", { name: "Select app:1" }).check();
    await page.getByRole("button", { name: "Save…" }).click();
    const panel = page.getByRole("dialog", { name: "Save the image" });
    await panel.getByText("docker save -o app_1.tar app:1").waitFor();
    const save = panel.getByRole("button", { name: "Save app_1.tar" });
    await panel.getByText("manifest digests and signatures").waitFor();
    await shot("save");
    const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
    expect(download.suggestedFilename()).toBe("app_1.tar");
    const bytes = await readFile(await download.path());
    expect(bytes.includes("oci-layout")).toBe(true);
    expect(bytes.includes('"RepoTags":["app:1"]')).toBe(true);
    await page.getByRole("button", { name: "Save…" }).click();
    await panel.getByText("Classic Docker archive").click();
    await panel.getByText("umoci").waitFor();
    const [classic] = await Promise.all([page.waitForEvent("download"), save.click()]);
    expect((await readFile(await classic.path())).includes("oci-layout")).toBe(false);
    expect(wrong).toEqual([]);
  });

  it("writes everything as one archive that loads again", async () => {
    const { page } = await keeping(
      site,
      await imageFile("app.tar", "app:1"),
      await other("web.tar", "web:2"),
    );
    await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }));
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Save everything…" }).click();
    const panel = page.getByRole("dialog", { name: "Save everything as one archive" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      panel.getByRole("button", { name: /^Save / }).click(),
    ]);
    const bytes = await readFile(await download.path());
    const fresh = await site.visit();
    await keep(fresh, { name: "all.tar", mimeType: "application/x-tar", buffer: bytes });
    await inLibrary(fresh.page, "web:2").waitFor();
    await inLibrary(fresh.page, "app:1").waitFor();
  });
});

describe("removing", () => {
  it("says what goes and what stays, does it, and takes it back", async () => {
    const { page, shot } = await keeping(
      site,
      await imageFile("app.tar", "app:1"),
      await other("web.tar", "web:2"),
    );
    await inLibrary(page, "web:2").click();
    await page.getByRole("button", { name: "Remove…" }).click();
    const panel = page.getByRole("dialog", { name: "Remove" });
    await panel.getByText("1 layer that nothing else uses").waitFor();
    await panel.getByText(/^Frees 20\d\u00a0kB$/u).waitFor();
    await panel.getByText("stay, since other images use them too").waitFor();
    await shot("remove");
    await panel.getByRole("button", { name: "Remove" }).click();
    await page.locator(".notice").getByText("1 image removed").waitFor();
    await lineOf(page, "web", "2").waitFor({ state: "detached" });
    expect(await lines(page)).toEqual(["app:1"]);
    await page.keyboard.press("Control+z");
    await lineOf(page, "web", "2").waitFor();
  });

  it("prunes what has no name, by filters, and prints what docker prints", async () => {
    const { page, shot } = await keeping(
      site,
      await imageFile("app.tar", "app:1"),
      await other("web.tar", "app:1"),
    );
    await page.locator(".kept-rows [role=row]").nth(1).waitFor();
    await page.getByRole("button", { name: "Prune…" }).click();
    const panel = page.getByRole("dialog", { name: "Prune" });
    await panel.getByText("1 image with its configuration").waitFor();
    await panel.getByLabel("Only with the label").fill("nobody=has");
    await panel.getByText("Nothing would go.").waitFor();
    await panel.getByText("docker image prune -f --filter label=nobody=has").waitFor();
    await panel.getByLabel("Only with the label").fill("");
    await panel.getByRole("button", { name: "Prune" }).click();
    await panel.getByText("Total reclaimed space:").waitFor();
    await shot("pruned");
    await page.locator(".kept-rows [role=row]").nth(1).waitFor({ state: "detached" });
    expect(await lines(page)).toEqual(["app:1"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.locator(".kept-rows [role=row]").nth(1).waitFor();
  });
});

describe("the store", () => {
  it("is checked", async () => {
    const { page } = await keeping(site, await imageFile("app.tar", "app:1"));
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Check the store…" }).click();
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await page.locator(".check-whole").getByText("All is well").waitFor();
  });

  it("that is damaged is found to be, by what needs it; what is damaged can be dropped and loaded again", async () => {
    const app = await imageFile("app.tar", "app:1");
    const { page, shot } = await keeping(site, app);
    await page.evaluate(spoilLargestPiece);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Check the store…" }).click();
    const panel = page.getByRole("dialog", { name: "Check the store" });
    await panel.getByRole("button", { name: "Check", exact: true }).click();
    await panel.getByText("1 finding").waitFor();
    await panel.getByText("Needed by: app:1").waitFor();
    await shot("damaged");
    await panel.getByRole("button", { name: "Drop what is damaged (1)" }).click();
    await panel.getByText("Missing", { exact: true }).waitFor();
    await shot("missing");
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Load…" }).click();
    await (await choosing).setFiles([app]);
    await page.locator(".notice").getByText("app.tar is kept").waitFor();
    await panel.getByRole("button", { name: "Check", exact: true }).click();
    await panel.getByText("All is well").waitFor();
  });

  it("that is full stops a load, says what is missing, and goes on when the file comes again", async () => {
    const visit = await site.visit();
    const { page, shot } = visit;
    const bytes = new Uint8Array(12_000_000).map((_, index) => (index * 2_654_435_761) >>> 13);
    const big = await imageFile("big.tar", "big:1", { more: [file("srv/big", bytes)] });
    const devtools = await page.context().newCDPSession(page);
    const origin = new URL(site.url).origin;
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 5_000_000 });
    await visit.open(big);
    await listed(page);
    await page.locator(".kept-actions").getByRole("button", { name: "Keep big.tar" }).click();
    await page.locator(".load-trouble").getByText("There is not room enough").waitFor();
    await shot("full");
    await page.reload();
    await page.locator(".library").getByText("Drop the same file again").waitFor();
    await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    await visit.open(big);
    await inLibrary(page, "big:1").waitFor();
    await page.locator(".library").getByText("Interrupted").waitFor({ state: "detached" });
  });

  it("that a newer page made is left alone, and archives open all the same", async () => {
    const visit = await keeping(site, await imageFile("app.tar", "app:1"));
    const { page } = visit;
    await page.evaluate(async () => {
      const names = await indexedDB.databases();
      for (const { name = "", version = 1 } of names) {
        await new Promise((done, failed) => {
          const request = indexedDB.open(name, version + 900);
          request.addEventListener("success", () => done(request.result.close()));
          request.addEventListener("error", failed);
        });
      }
    });
    await page.getByRole("alert").getByText("Another tab runs a newer version of this page").waitFor();
    await page.getByRole("alert").getByRole("button", { name: "Load the page again" }).click();
    await page.getByText("A newer version of this page has changed what is kept").first().waitFor();
    await visit.open(await imageFile("app.tar", "app:1"));
    await listed(page);
    expect(await page.locator(".kept-actions").count()).toBe(0);
  });

  it("that the browser refuses is said to be, and archives open all the same", async () => {
    const visit = await site.visit();
    const { page, shot } = visit;
    await page.route(/images-worker/u, async (route) => {
      const answer = await route.fetch();
      const refuse = "Object.defineProperty(globalThis, 'indexedDB', { value: undefined });";
      await route.fulfill({ response: answer, body: `${refuse}${await answer.text()}` });
    });
    await page.reload();
    await page.getByText("Images cannot be kept here").waitFor();
    await shot("unavailable");
    await visit.open(await imageFile("app.tar", "app:1"));
    await listed(page);
  });
});

describe("every screen of the kept images", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    it(`has contrast enough in the ${colorScheme} theme`, async () => {
      const visit = await site.visit({ colorScheme });
      const { page, shot } = visit;
      await keep(visit, await imageFile("app.tar", "app:1"));
      await keep(visit, await other("web.tar", "app:1"));
      expect(await faintTexts(page)).toEqual([]);
      await page.getByRole("button", { name: "Kept images" }).click();
      await page.getByRole("checkbox", { name: "Select app:1" }).check();
      expect(await faintTexts(page)).toEqual([]);
      for (const name of ["Save…", "Tag…", "Remove…", "Prune…"]) {
        await page.getByRole("button", { name, exact: true }).click();
        await page.locator(".panel .panel-actions").waitFor();
        expect(await faintTexts(page), name).toEqual([]);
        await shot(`${colorScheme}-panel-${name.slice(0, -1).toLowerCase()}`);
        await page.keyboard.press("Escape");
      }
    });
  }

  it("fits a telephone", async () => {
    const visit = await site.visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page, shot } = visit;
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    await keep(
      visit,
      await imageFile("app.tar", "registry.example.com/a/rather/long/repository:and-its-tag"),
    );
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: "Back" }).click();
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: "Kept images" }).click();
    await page.getByRole("grid").waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole("checkbox").last().check();
    await page.getByRole("button", { name: "Save…" }).click();
    await page.locator(".panel .panel-actions").waitFor();
    expect(await fits()).toBe(true);
    await shot("kept-phone");
  });
});
