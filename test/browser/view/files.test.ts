import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageFile } from "./archives.ts";
import { goTo, listed, openSite, rowOf, type Site, type Visit } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

async function opened(): Promise<Visit> {
  const visit = await site.visit();
  await visit.open(await imageFile("app.tar", "app:1"));
  await listed(visit.page);
  return visit;
}

/** Level, name and state of the row that has the focus. */
const focused = (visit: Visit) =>
  visit.page.evaluate(() => {
    const row = document.activeElement;
    const name = row?.querySelector(".row-name")?.textContent;
    return `${row?.getAttribute("role")} ${row?.getAttribute("aria-level")} ${name}`;
  });

describe("the file list", () => {
  it("is walked with the keys of a tree", async () => {
    const visit = await opened();
    const { page } = visit;
    await page.locator("[role=row][tabindex='0']").focus();
    expect(await focused(visit)).toBe("row 1 etc/");
    await page.keyboard.press("ArrowRight");
    await page.locator("[aria-expanded=true]").waitFor();
    await page.keyboard.press("ArrowRight");
    expect(await focused(visit)).toMatch(/^row 2 /);
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-level") === "1");
    expect(await focused(visit)).toBe("row 1 etc/");
    await page.keyboard.press("ArrowLeft");
    await page.locator("[aria-expanded=true]").waitFor({ state: "detached" });
    await page.keyboard.press("End");
    expect(await focused(visit)).toBe("row 1 srv/");
    await page.keyboard.press("Home");
    await page.keyboard.press("*");
    await page.waitForFunction(() => document.querySelectorAll("[aria-expanded=true]").length >= 2);
    expect(await focused(visit)).toBe("row 1 etc/");
  });

  it("keeps the focus on a row however far it is scrolled", async () => {
    const visit = await opened();
    const { page } = visit;
    await page.getByRole("searchbox").fill("f0*");
    await rowOf(page, "f0000").click();
    // Choosing a row brings it into view over a few frames, and a scroll in the midst of that is undone: so scroll until it holds.
    await page.waitForFunction(() => {
      const tree = document.querySelector(".tree");
      if (tree !== null) tree.scrollTop = tree.scrollHeight;
      return [...document.querySelectorAll("[role=row]")].some((row) => row.textContent?.includes("f0399"));
    });
    expect(await focused(visit)).toBe("row 3 f0000");
    await page.keyboard.press("ArrowDown");
    expect(await focused(visit)).toBe("row 3 f0001");
  });

  it("draws only what is in sight", async () => {
    const { page } = await opened();
    await page.getByRole("searchbox").fill("f0*");
    await rowOf(page, "f0000").waitFor();
    expect(Number(await page.locator(".tree").getAttribute("aria-rowcount"))).toBeGreaterThan(400);
    expect(await page.locator("[role=row]").count()).toBeLessThan(80);
  });

  it("goes to a name that is typed", async () => {
    const visit = await opened();
    await visit.page.getByRole("searchbox").fill("f0*");
    await rowOf(visit.page, "f0000").click();
    await visit.page.keyboard.type("f0123");
    await visit.page.waitForFunction(() => document.activeElement?.textContent?.includes("f0123"));
  });

  it("says how a filter is wrong, and clears it with Escape", async () => {
    const { page } = await opened();
    await page.keyboard.press("/");
    await page.keyboard.type("/[/");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("searchbox").getAttribute("aria-invalid")).toBe("true");
    await page.keyboard.press("Escape");
    await rowOf(page, "etc").waitFor();
    expect(await page.getByRole("searchbox").inputValue()).toBe("");
  });

  it("shows what a layer did, with whiteouts struck through and their older versions to open", async () => {
    const { page, shot } = await opened();
    await page.getByRole("radio", { name: "Only layer 2" }).check();
    await goTo(page, "etc/old.conf");
    const row = rowOf(page, "old.conf");
    expect(await row.getAttribute("data-removed")).toBe("true");
    await row.locator("abbr[aria-label=removed]").waitFor();
    await page.getByText("Removed here.").waitFor();
    await page.getByRole("button", { name: "Open the version of layer 0" }).click();
    await page.locator(".cm-content").getByText("old = true").waitFor();
    await shot("whiteout");
  });

  it("steps through the layers with brackets", async () => {
    const { page } = await opened();
    await page.keyboard.press("[");
    await page.getByRole("option", { selected: true }).and(page.locator("#layer-1")).waitFor();
    await page.keyboard.press("]");
    await page.getByRole("option", { selected: true }).and(page.locator("#layer-2")).waitFor();
  });

  it("sorts by the head of a column and says so", async () => {
    const { page } = await opened();
    await page.getByRole("button", { name: "Size", exact: true }).click();
    await page.locator("[aria-sort=descending]").waitFor();
    await page.locator("[role=row][data-index='0']").filter({ hasText: "srv/" }).waitFor();
    expect(await page.locator("[aria-sort]").count()).toBe(1);
  });
});

describe("the preview", () => {
  it("shows text with the language of its name", async () => {
    const { page } = await opened();
    await goTo(page, "srv/app.js");
    await page.locator(".cm-content").getByText("export").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.classList.contains("preview"));
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "row");
  });

  it("shows binary as hex, at its end, too", async () => {
    const { page } = await opened();
    await goTo(page, "srv/binary");
    const hex = page.getByRole("region", { name: "Bytes of the file" });
    await hex.getByText("00 07 0e 15").first().waitFor();
    await hex.focus();
    await page.keyboard.press("End");
    await hex
      .getByText((300_000 - 8).toString(16).padStart(8, "0").replace(/.$/, ""))
      .last()
      .waitFor();
  });

  it("shows pictures, and an SVG as text whose scripts do not run", async () => {
    const { page, wrong } = await opened();
    await goTo(page, "srv/pixel.png");
    await page.getByText("1 × 1").waitFor();
    await goTo(page, "srv/evil.svg");
    await page.locator(".cm-content").getByText("script").first().waitFor();
    await page.getByRole("radio", { name: "Picture" }).check();
    await page.getByRole("img", { name: "evil.svg" }).waitFor();
    expect(await page.title()).not.toContain("owned");
    expect(wrong).toEqual([]);
  });

  it("follows links inside the image and says which lead nowhere", async () => {
    const { page } = await opened();
    await goTo(page, "etc/motd");
    await page.locator(".cm-content").getByText("Welcome aboard.").waitFor();
    await page.getByRole("searchbox").fill("");
    await page.getByRole("button", { name: "/srv/motd" }).click();
    await page.getByRole("heading", { name: "/srv/motd" }).waitFor();
    await goTo(page, "etc/nowhere");
    await page.getByText("the target does not exist").waitFor();
  });

  it("makes no HTML of names and contents, and spells out what hides", async () => {
    const { page, wrong } = await opened();
    await page.getByRole("searchbox").fill("etc/*");
    await rowOf(page, "<img src=x onerror=alert(1)>").click();
    await page.locator(".cm-content").getByText("alert(1)").first().waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.locator(".unseen").first().textContent()).toBe("U+202E");
    expect(wrong).toEqual([]);
  });
});

describe("saving", () => {
  it("streams a file to where the reader picks", async () => {
    const { page } = await opened();
    await page.evaluate(() => {
      const saved: string[] = [];
      Object.assign(window, {
        saved,
        showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) => ({
          createWritable: async () => ({
            write: async (chunk: Uint8Array) => void saved.push(new TextDecoder().decode(chunk)),
            close: async () => void saved.push(`closed ${suggestedName}`),
            abort: async () => void saved.push("aborted"),
          }),
        }),
      });
    });
    await goTo(page, "srv/motd");
    await page.getByRole("heading", { name: "/srv/motd" }).waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("menuitem", { name: "Save the file" }).click();
    await page.getByRole("status").getByText("Saved motd").waitFor();
    expect(await page.evaluate(() => Reflect.get(window, "saved"))).toEqual([
      "Welcome aboard.\n",
      "closed motd",
    ]);
  });

  it("downloads a folder as tar where there is no picker", async () => {
    const { page } = await opened();
    await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }));
    await rowOf(page, "etc").click();
    await page.getByRole("heading", { name: "/etc" }).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("s")]);
    expect(download.suggestedFilename()).toBe("etc.tar");
    const bytes = await readFile(await download.path());
    expect(bytes.includes("app:x:1000:1000")).toBe(true);
  });

  it("downloads a file under its own name, whatever its content looks like", async () => {
    const { page } = await opened();
    await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }));
    await goTo(page, "srv/motd");
    await page.getByRole("heading", { name: "/srv/motd" }).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("s")]);
    expect(download.suggestedFilename()).toBe("motd");
  });
});
