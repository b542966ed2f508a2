import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageFile } from "./archives.ts";
import { goTo, listed, openSite, rowOf, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe("the empty page", () => {
  it("has one sentence, one field, one target and one example", async () => {
    const { page, wrong, shot } = await site.visit();
    const snapshot = await page.locator("main").ariaSnapshot();
    expect(snapshot).toContain('heading "See what is inside a container image');
    expect(await page.getByRole("main").getByRole("combobox").count()).toBe(1);
    // Pull, how to pull, the target and the example.
    expect(await page.getByRole("main").getByRole("button").count()).toBe(4);
    await shot("empty");
    expect(wrong).toEqual([]);
  });

  it("opens the demo image with one click", async () => {
    const { page, wrong, shot } = await site.visit();
    await page.getByRole("button", { name: "Try the demo image" }).click();
    await listed(page);
    await page.locator(".standing").getByText("Verified", { exact: true }).waitFor();
    expect(await page.title()).toMatch(/Files – Breakbulk$/);
    await shot("demo");
    expect(wrong).toEqual([]);
  });

  it("takes files that are dropped anywhere on the window, and shows that it would", async () => {
    const { page, wrong } = await site.visit();
    const { buffer } = await imageFile("app.tar", "app:1");
    const transfer = await page.evaluateHandle((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const carried = new DataTransfer();
      carried.items.add(new File([bytes], "dropped.tar"));
      return carried;
    }, buffer.toString("base64"));
    await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
    await page.getByText("Drop to open").waitFor();
    await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
    await listed(page);
    expect(await page.getByRole("navigation", { name: "Library" }).textContent()).toContain("dropped.tar");
    expect(await page.getByText("Drop to open").count()).toBe(0);
    expect(wrong).toEqual([]);
  });

  it("takes a file that is pasted", async () => {
    const { page } = await site.visit();
    const { buffer } = await imageFile("app.tar", "app:1");
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], "pasted.tar"));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }, buffer.toString("base64"));
    await listed(page);
    expect(await page.locator(".archive-name").textContent()).toContain("pasted.tar");
  });
});

describe("several archives", () => {
  it("open side by side, and close one by one", async () => {
    const { page, open } = await site.visit();
    await open(await imageFile("one.tar", "one:1"), await imageFile("two.tar", "two:1"));
    await listed(page);
    expect(await page.locator(".archive").count()).toBe(2);
    await page.getByRole("button", { name: "two:1 linux/amd64" }).click();
    await page.getByRole("heading", { name: /two:1/ }).waitFor();
    await page.getByRole("button", { name: "Close two.tar" }).click();
    await page.getByRole("heading", { name: /one:1/ }).waitFor();
    await page.getByRole("button", { name: "Close one.tar" }).click();
    await page.getByRole("button", { name: "Try the demo image" }).waitFor();
  });
});

describe("the address", () => {
  it("leads back to a path of the archive when it is opened again", async () => {
    const first = await site.visit();
    await first.open(await imageFile("app.tar", "app:1"));
    await listed(first.page);
    await goTo(first.page, "srv/motd");
    await first.page.waitForFunction(() => location.hash.includes("path="));
    const hash = await first.page.evaluate(() => location.hash);
    const second = await site.visit({ hash });
    expect(await second.page.getByRole("main").textContent()).toContain("The link leads into app.tar");
    await second.open(await imageFile("app.tar", "app:1"));
    await rowOf(second.page, "motd").and(second.page.locator("[aria-selected=true]")).first().waitFor();
  });
});

describe("language and theme", () => {
  it("change at once and are remembered", async () => {
    const { page, wrong } = await site.visit();
    await page.getByLabel("Language").selectOption("zh-CN");
    await page.getByRole("button", { name: "试试示例镜像" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-CN");
    await page.getByLabel("主题").selectOption("dark");
    await page.reload();
    await page.getByRole("button", { name: "试试示例镜像" }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    expect(wrong).toEqual([]);
  });

  it("begin as the browser prefers", async () => {
    const { page } = await site.visit({ locale: "zh-CN" });
    await page.getByRole("button", { name: "试试示例镜像" }).waitFor();
  });
});
