import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { imageFile } from "../view/archives.ts";
import { faintTexts } from "../view/contrast.ts";
import { inLibrary, keep } from "../view/kept-page.ts";
import { listed, openSite, type Site, type Visit } from "../view/site.ts";
import { atPrompt, enter, openConsole, printedBy, promptIs, rows, runLine } from "./console-page.ts";

let site: Site;
const open: Visit[] = [];
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());
afterEach(async () => {
  for (const { page } of open.splice(0)) await page.context().close();
});

type VisitOptions = NonNullable<Parameters<Site["visit"]>[0]>;

/** A page with its console open. */
async function consoleOf(options: VisitOptions = {}): Promise<Visit> {
  const visit = await site.visit(options);
  open.push(visit);
  await openConsole(visit.page);
  return visit;
}

/** The same, with an image kept as `app:1`. */
async function withImage(): Promise<Visit> {
  const visit = await site.visit();
  open.push(visit);
  await keep(visit, await imageFile("app.tar", "app:1"));
  await openConsole(visit.page);
  return visit;
}

describe("the console", () => {
  it("is fetched when it is first opened, and says what to type", async () => {
    const visit = await site.visit();
    open.push(visit);
    const { page, wrong } = visit;
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(request.url()));
    await page.waitForLoadState("networkidle");
    expect(await page.locator(".console").count()).toBe(0);
    await openConsole(page);
    expect(fetched.some((url) => url.includes("console-drawer"))).toBe(true);
    expect((await rows(page))[0]).toContain("Try docker images");
    expect((await runLine(page, "help")).join("\n")).toContain("docker save app:1 > app.tar");
    expect(wrong).toEqual([]);
  });

  it("opens and closes by its buttons and by key, goes on meanwhile, and gives the focus back", async () => {
    const { page } = await withImage();
    await runLine(page, "docker images");
    const shown = page.locator(".console:not([hidden])");
    await page.keyboard.press("Control+`");
    await shown.waitFor({ state: "detached" });
    await page.getByRole("banner").getByRole("button", { name: "Console" }).click();
    expect(await printedBy(page, "docker images")).toHaveLength(2);
    await page.locator(".main .foot").getByRole("button", { name: "Close the console" }).click();
    expect(await shown.count()).toBe(0);
    const filter = page.getByRole("searchbox");
    await filter.focus();
    await page.keyboard.press("Control+`");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.className))
      .toBe("xterm-helper-textarea");
    await page.keyboard.press("Escape");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toBe("Close the console");
    await page.keyboard.press("Escape");
    await shown.waitFor({ state: "detached" });
    await expect.poll(() => filter.evaluate((input) => input === document.activeElement)).toBe(true);
  });

  it("is left backwards with Shift+Tab and closed by exit", async () => {
    const { page } = await consoleOf();
    await page.keyboard.press("Shift+Tab");
    expect(await page.evaluate(() => document.activeElement?.closest(".console-bar") !== null)).toBe(true);
    await page.locator(".console .xterm").click();
    await enter(page, "exit");
    await page.locator(".console").waitFor({ state: "hidden" });
  });

  it("edits lines, goes back through them, and searches", async () => {
    const { page } = await consoleOf();
    await page.keyboard.type("ecko 镜像 two");
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("Control+ArrowLeft");
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("h");
    await promptIs(page, "$ echo 镜像 two");
    await page.keyboard.press("Enter");
    await atPrompt(page);
    expect(await printedBy(page, "echo 镜像 two")).toEqual(["镜像 two"]);
    await runLine(page, "echo second");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await promptIs(page, "$ echo 镜像 two");
    await page.keyboard.press("Control+c");
    await page.keyboard.press("Control+r");
    await page.keyboard.type("sec");
    await promptIs(page, "(reverse-i-search)`sec': echo second");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+k");
    await atPrompt(page);
    await page.keyboard.press("Control+y");
    await promptIs(page, "$ echo second");
  });

  it("remembers lines for the next visit, but for passwords", async () => {
    const { page } = await consoleOf();
    await runLine(page, "echo kept");
    await runLine(page, "docker login -u bob -p secret | cat");
    await page.reload();
    await openConsole(page);
    await page.keyboard.press("ArrowUp");
    await promptIs(page, "$ echo kept");
    expect(await page.evaluate(() => JSON.stringify(Object.entries(localStorage)))).not.toContain("secret");
  });

  it("completes verbs, flags, names and files", async () => {
    const { page } = await withImage();
    await page.keyboard.type("docker his");
    await page.keyboard.press("Tab");
    await promptIs(page, "$ docker history");
    await page.keyboard.type("--no");
    await page.keyboard.press("Tab");
    await promptIs(page, "$ docker history --no-trunc");
    await page.keyboard.type("a");
    await page.keyboard.press("Tab");
    await promptIs(page, "$ docker history --no-trunc app:1");
    await page.keyboard.press("Control+u");
    await page.keyboard.type("docker load -i a");
    await page.keyboard.press("Tab");
    await promptIs(page, "$ docker load -i app.tar");
    await page.keyboard.press("Control+u");
    await page.keyboard.type("docker im");
    await page.keyboard.press("Tab");
    await promptIs(page, "$ docker im");
    await page.keyboard.press("Tab");
    await expect.poll(async () => (await rows(page)).at(-2)).toMatch(/image.*images.*import/);
  });

  it("runs what is pasted, line after line", async () => {
    const { page } = await consoleOf();
    await page.locator(".console .xterm-helper-textarea").evaluate((area) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "$ echo one\n$ echo two |\n  wc -c\n");
      area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await promptIs(page, ">   wc -c");
    await page.keyboard.press("Enter");
    await atPrompt(page);
    expect((await rows(page)).slice(-3)).toEqual(["one", "4", "$"]);
  });

  it("copies what is selected with Ctrl+C, and everything by its button", async () => {
    const { page } = await consoleOf({ permissions: ["clipboard-read", "clipboard-write"] });
    await runLine(page, "echo copied");
    await page.getByRole("button", { name: "Copy everything the console shows" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("$ echo copied\ncopied\n$\n");
    await page
      .locator(".xterm-rows > div", { hasText: /^copied/ })
      .dblclick({ force: true, position: { x: 10, y: 8 } });
    await page.keyboard.press("Control+c");
    await page.waitForFunction(async () => (await navigator.clipboard.readText()) === "copied");
  });

  it("keeps its height, which keys change", async () => {
    const { page } = await consoleOf();
    const handle = page.getByRole("separator", { name: "Height of the console" });
    const height = () => page.locator(".console").evaluate((element) => element.clientHeight);
    const before = await height();
    await handle.press("ArrowUp");
    await handle.press("ArrowUp");
    await expect.poll(height).toBeGreaterThan(before + 40);
    const after = await height();
    await page.reload();
    await openConsole(page);
    expect(await height()).toBe(after);
  });
});

describe("a command in the console", () => {
  it("loads an archive that was dropped before, and shows in the page at once", async () => {
    const visit = await site.visit();
    open.push(visit);
    const { page, wrong } = visit;
    await visit.open(await imageFile("app.tar", "app:1"));
    await listed(page);
    await openConsole(page);
    expect(await runLine(page, "ls")).toEqual(["app.tar"]);
    expect((await runLine(page, "docker load < app.tar")).at(-1)).toBe("Loaded image: app:1");
    await inLibrary(page, "app:1").waitFor();
    expect((await runLine(page, "images --format '{{.Repository}}:{{.Tag}}'")).at(0)).toBe("app:1");
    await runLine(page, "docker tag app:1 other:2");
    await inLibrary(page, "other:2").waitFor();
    expect(await runLine(page, "docker rmi other:2")).toEqual(["Untagged: other:2"]);
    await inLibrary(page, "other:2").waitFor({ state: "detached" });
    expect(wrong).toEqual([]);
  });

  it("asks for the file that it names when the page does not have it", async () => {
    const { page } = await consoleOf();
    const asked = page.waitForEvent("filechooser");
    await enter(page, "docker load < mine.tar");
    await (await asked).setFiles([await imageFile("theirs.tar", "app:1")]);
    await atPrompt(page);
    expect((await printedBy(page, "docker load < mine.tar")).at(-1)).toBe("Loaded image: app:1");
    expect(await runLine(page, "ls")).toEqual(["theirs.tar"]);
  });

  it("goes on without the file when none is chosen", async () => {
    const { page } = await consoleOf();
    const asked = page.waitForEvent("filechooser");
    await enter(page, "docker load -i none.tar");
    const chooser = await asked;
    await chooser.element().evaluate((input) => input.dispatchEvent(new Event("cancel")));
    await atPrompt(page);
    expect((await printedBy(page, "docker load -i none.tar")).at(-1)).toBe(
      "open none.tar: no such file or directory",
    );
  });

  it("saves to the downloads, byte for byte what the page saves", async () => {
    const { page } = await withImage();
    const saved = page.waitForEvent("download");
    await enter(page, "docker save app:1 > out.tar");
    const download = await saved;
    expect(download.suggestedFilename()).toBe("out.tar");
    const bytes = await readFile(await download.path());
    await atPrompt(page);
    const other = page.waitForEvent("download");
    await runLine(page, "docker save -o again.tar app:1");
    expect((await readFile(await (await other).path())).equals(bytes)).toBe(true);
    const sums = await runLine(page, "sha256sum out.tar; docker save app:1 | sha256sum");
    expect(sums.map((sum) => sum.slice(0, 64))).toEqual(
      Array(2).fill(createHash("sha256").update(bytes).digest("hex")),
    );
    expect((await runLine(page, "docker rmi -f app:1")).length).toBeGreaterThan(1);
    expect((await runLine(page, "docker load -i again.tar")).at(-1)).toBe("Loaded image: app:1");
    expect(await runLine(page, "docker save app:1")).toEqual([
      "cowardly refusing to save to a terminal. Use the -o flag or redirect",
    ]);
  });

  it("goes through pipes, and prints what Docker prints for a pipe", async () => {
    const { page } = await withImage();
    expect(await runLine(page, "docker images | tail -n +2 | wc -l")).toEqual(["1"]);
    expect(await runLine(page, "docker inspect app:1 | jq -r '.[0].RepoTags[0]'")).toEqual(["app:1"]);
    expect(await runLine(page, "docker save app:1 | tar -t | grep -c blobs/")).toHaveLength(1);
    const download = page.waitForEvent("download");
    await runLine(page, "docker save app:1 | gzip > app.tar.gz");
    await download;
    await runLine(page, "docker rmi app:1 > /dev/null");
    expect((await runLine(page, "docker load < app.tar.gz")).at(-1)).toBe("Loaded image: app:1");
  });

  it("says what is wrong as Docker does", async () => {
    const { page } = await consoleOf();
    expect(await runLine(page, "docker rmi nope")).toEqual([
      "Error response from daemon: No such image: nope:latest",
    ]);
    expect((await runLine(page, "docker images --bogus"))[0]).toBe("unknown flag: --bogus");
    expect(await runLine(page, "nope")).toEqual(["nope: command not found"]);
    expect((await runLine(page, "docker nope"))[0]).toBe("docker: unknown command: docker nope");
  });

  it("is stopped by Ctrl+C, and what was typed meanwhile waits for the prompt", async () => {
    const { page } = await consoleOf();
    await enter(page, "cat");
    await page.keyboard.type("typed");
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      () => document.querySelector(".console .xterm-rows")?.textContent?.split("typed").length === 3,
    );
    await page.keyboard.press("Control+c");
    await atPrompt(page);
    expect(await runLine(page, "echo on")).toEqual(["on"]);
  });
});

describe("the command that a view stands for", () => {
  it("runs in the console", async () => {
    const { page } = await withImage();
    await inLibrary(page, "app:1").click();
    await page.getByRole("tab", { name: "Layers" }).click();
    await page.locator(".main .foot").getByRole("button", { name: "Run" }).click();
    await page.waitForFunction(() =>
      document.querySelector(".xterm-rows")?.textContent?.includes("CREATED BY"),
    );
    await atPrompt(page);
  });

  it("waits for Enter when it removes", async () => {
    const { page } = await withImage();
    await page.keyboard.press("Control+`");
    await page.getByRole("button", { name: "Kept images" }).click();
    await page.getByRole("checkbox", { name: "Select app:1" }).check();
    await page.getByRole("button", { name: "Remove…" }).click();
    await page.locator(".panel").getByRole("button", { name: "To console" }).click();
    await promptIs(page, "$ docker rmi app:1");
    await page.keyboard.press("Enter");
    await inLibrary(page, "app:1").waitFor({ state: "detached" });
  });
});

describe("the look of the console", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      it(`is legible at ${width} in ${colorScheme}`, async () => {
        const visit = await site.visit({
          viewport: { width, height: 844 },
          colorScheme,
          ...(width === 390 && { hasTouch: true, isMobile: true }),
        });
        open.push(visit);
        const { page, wrong } = visit;
        await keep(visit, await imageFile("app.tar", "app:1"));
        await page.getByRole("banner").getByRole("button", { name: "Console" }).click();
        await page.locator(".console .xterm-helper-textarea").waitFor({ state: "attached" });
        await atPrompt(page);
        await enter(page, "docker images");
        await atPrompt(page);
        expect(await faintTexts(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        await visit.shot(`console-${width}-${colorScheme}`);
        if (width === 390) {
          await page.getByRole("button", { name: "Older line" }).click();
          await promptIs(page, "$ docker images");
        }
        expect(wrong).toEqual([]);
      });
    }
  }

  it("speaks Chinese", async () => {
    const { page } = await consoleOf({ locale: "zh-CN" });
    expect((await rows(page))[0]).toContain("试试 docker images");
    expect((await runLine(page, "help")).join("\n")).toContain("列出保存的镜像");
  });
});
