import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openConsole, runLine } from "../console/console-page.ts";
import { imageFile } from "../view/archives.ts";
import { openSite, rowOf, type Site } from "../view/site.ts";
import { changed, drafting, make, tool, unfold } from "./draft-page.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const image = () => imageFile("app.tar", "app:1");

describe("a draft", () => {
  it("makes a file, takes its text, and takes both back again", async () => {
    const { page, wrong, shot } = await drafting(site, await image());
    await rowOf(page, "etc").click();
    await make(page, "File…", "new.conf");
    await changed(page, ["C /etc/", "A /etc/new.conf"]);
    await page.locator("[role=row][aria-selected=true]").getByText("new.conf").waitFor();
    await page.getByRole("button", { name: "Edit text" }).click();
    await page.locator(".draft-text .cm-content").click();
    await page.keyboard.type("a = 1");
    await page.keyboard.press("Enter");
    await page.keyboard.type("b = 2");
    await shot("draft-text");
    await page.getByText("Not saved yet").waitFor();
    await page.keyboard.press("Control+s");
    await page.getByText("Nothing to save").waitFor();
    await page.locator(".draft-pending").getByText("2 changes: 1 A, 1 C, 0 D · 11 B").waitFor();
    await page.getByRole("button", { name: "Undo: write /etc/new.conf" }).click();
    await page.locator(".draft-pending").getByText("1 change: 1 A, 1 C, 0 D").waitFor();
    await page.locator(".tree").press("Control+z");
    await changed(page, []);
    await page.getByRole("button", { name: "Redo: write /etc/new.conf" }).click();
    await changed(page, ["C /etc/", "A /etc/new.conf"]);
    await page.keyboard.press("Control+Shift+Z");
    await page.locator(".draft-pending").getByText("2 changes: 1 A, 1 C, 0 D · 11 B").waitFor();
    expect(wrong).toEqual([]);
  });

  it("keeps what is unfolded and the row under the cursor through changes", async () => {
    const { page, wrong } = await drafting(site, await image());
    await unfold(page, "srv");
    await unfold(page, "many");
    await rowOf(page, "f0007").click();
    await tool(page, "Rename").click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("f0007b");
    await page.keyboard.press("Enter");
    await changed(page, ["C /srv/", "C /srv/many/", "A /srv/many/f0007b", "D /srv/many/f0007"]);
    await page.locator("[role=row][aria-selected=true]").getByText("f0007b").waitFor();
    await rowOf(page, "f0009").click();
    await page.getByRole("button", { name: /^Undo: move/ }).click();
    await changed(page, []);
    await page.locator("[role=row][aria-selected=true]").getByText("f0009").waitFor();
    expect(wrong).toEqual([]);
  });

  it("deletes, moves and gives modes to several at once", async () => {
    const { page, wrong, shot } = await drafting(site, await image());
    await unfold(page, "srv");
    await unfold(page, "many");
    await rowOf(page, "f0001").click();
    await rowOf(page, "f0003").click({ modifiers: ["Shift"] });
    await rowOf(page, "f0005").click({ modifiers: ["Control"] });
    await page.getByText("4 selected").waitFor();
    await shot("draft-several");
    await page.keyboard.press("Delete");
    const gone = ["f0001", "f0002", "f0003", "f0005"].map((name) => `D /srv/many/${name}`);
    await changed(page, ["C /srv/", "C /srv/many/", ...gone]);
    await rowOf(page, "f0010").click();
    await page.keyboard.press("Shift+ArrowDown");
    await tool(page, "Mode, owner…").click();
    await page.getByRole("textbox", { name: "Mode", exact: true }).fill("0600");
    await page.getByRole("textbox", { name: "Owner", exact: true }).fill("1000");
    await page.keyboard.press("Enter");
    await changed(page, ["C /srv/", "C /srv/many/", "C /srv/many/f0010", "C /srv/many/f0011", ...gone]);
    await rowOf(page, "f0010").getByText("0600").waitFor();
    await rowOf(page, "f0011").getByText("1000:1000").waitFor();
    await rowOf(page, "f0012").click();
    await tool(page, "Move…").click();
    await page.getByRole("textbox", { name: "Folder", exact: true }).fill("/etc");
    await page.keyboard.press("Enter");
    await page.locator("[role=row][aria-selected=true]").getByText("f0012").waitFor();
    await page.locator(".changes-pane").getByText("/etc/f0012").waitFor();
    expect(wrong).toEqual([]);
  });

  it("takes files into the folder under the cursor, and says what is refused", async () => {
    const { page, wrong } = await drafting(site, await image());
    await rowOf(page, "etc").click();
    await tool(page, "Upload").click();
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("menuitem", { name: "Files…" }).click(),
    ]);
    await chooser.setFiles([
      { name: "one.txt", mimeType: "text/plain", buffer: Buffer.from("one") },
      { name: "passwd", mimeType: "text/plain", buffer: Buffer.from("mine") },
      { name: "large.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(5_000_000, 7) },
    ]);
    await changed(page, ["C /etc/", "A /etc/large.bin", "A /etc/one.txt", "C /etc/passwd"]);
    await page.locator(".draft-pending").getByText("1 change: 2 A, 2 C, 0 D · 5 MB").waitFor();
    await make(page, "Folder…", "passwd");
    await page.getByText("Cannot make /etc/passwd: a file is there already").first().waitFor();
    await changed(page, ["C /etc/", "A /etc/large.bin", "A /etc/one.txt", "C /etc/passwd"]);
    expect(wrong).toEqual([]);
  });

  it("asks what becomes of a text before something else is shown", async () => {
    const { page, wrong } = await drafting(site, await image());
    await unfold(page, "etc");
    await rowOf(page, "passwd").click();
    await page.getByRole("button", { name: "Edit text" }).click();
    await page.locator(".draft-text .cm-content").click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("x");
    await unfold(page, "srv");
    await rowOf(page, "motd").last().click();
    await page.getByText("/etc/passwd has text that is not saved.").waitFor();
    await page.getByRole("button", { name: "Back to it" }).click();
    await page.locator(".draft-text .cm-content").getByText("xroot").waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByRole("button", { name: "Edit text" }).waitFor();
    await changed(page, []);
    expect(wrong).toEqual([]);
  });

  it("becomes an image by a commit that says beforehand what it will hold", async () => {
    const { page, wrong, shot } = await drafting(site, await image());
    await make(page, "File…", "opt/tool/run");
    await changed(page, ["A /opt/", "A /opt/tool/", "A /opt/tool/run"]);
    await page.getByRole("button", { name: "Commit…" }).click();
    const panel = page.getByRole("dialog", { name: "Commit" });
    await panel.getByText("3 entries, ").waitFor();
    await panel.getByLabel("Name of the new image").fill("app:2");
    await panel.getByLabel("Message").fill("with a tool");
    await panel.getByText("How it is started").click();
    await panel.getByRole("textbox", { name: /^CMD/ }).fill('["/opt/tool/run"]');
    await panel.getByRole("textbox", { name: /^ENV/ }).fill("PATH=/bin\nMODE=a b");
    await panel.getByText('--change CMD ["/opt/tool/run"]').waitFor();
    await shot("draft-commit");
    await panel
      .getByText(`docker commit -m 'with a tool' -c 'CMD ["/opt/tool/run"]' -c 'ENV MODE="a b"'`)
      .waitFor();
    await panel.getByRole("button", { name: "Commit", exact: true }).click();
    await page.getByRole("heading", { name: "app:2" }).waitFor();
    await rowOf(page, "opt").waitFor();
    await page.getByRole("tab", { name: "Config" }).click();
    await page.getByText("MODE=a b").waitFor();
    expect(wrong).toEqual([]);
  });

  it("is the container that commands in the console work on", async () => {
    const { page, wrong } = await drafting(site, await image());
    await make(page, "File…", "here");
    await changed(page, ["A /here"]);
    const name = (await page.locator(".draft-header h1").textContent()) ?? "";
    await openConsole(page);
    expect(await runLine(page, `docker diff ${name}`)).toEqual(["A /here"]);
    await runLine(page, `docker rename ${name} web-fix`);
    await page.locator(".draft-header h1").getByText("web-fix").waitFor();
    await runLine(page, "docker cp web-fix:/etc/passwd copy.txt");
    await runLine(page, "docker cp copy.txt web-fix:/srv/taken");
    await changed(page, ["A /here", "C /srv/", "A /srv/taken"]);
    await runLine(page, "docker create --name other app:1");
    await page.locator(".drafts").getByText("other").waitFor();
    await runLine(page, "docker rm other");
    await page.locator(".drafts").getByText("other").waitFor({ state: "detached" });
    expect(wrong).toEqual([]);
  });

  it("protects its image, is renamed, removed, and brought back", async () => {
    const { page, wrong } = await drafting(site, await image());
    await make(page, "File…", "here");
    await changed(page, ["A /here"]);
    await page.getByRole("button", { name: "More" }).last().click();
    await page.getByRole("menuitem", { name: "Rename…" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill("web-fix");
    await page.getByRole("dialog").getByText(" web-fix").waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".draft-header h1").getByText("web-fix").waitFor();
    await page.getByRole("button", { name: "of app:1", exact: true }).click();
    await page.locator(".kept-actions").getByRole("button", { name: "Remove" }).click();
    await page.getByText("1 draft stands on it: web-fix").waitFor();
    await page.getByText(/container [0-9a-f]{12} is using its referenced image/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Remove draft web-fix" }).click();
    await page.locator(".drafts").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await page
      .locator(".drafts")
      .getByRole("button", { name: /^Draft web-fix of app:1, 1 change/ })
      .click();
    await changed(page, ["A /here"]);
    expect(wrong).toEqual([]);
  });

  it("is there again after a reload, under its address", async () => {
    const { page, wrong } = await drafting(site, await image());
    await make(page, "File…", "here");
    await changed(page, ["A /here"]);
    await page.reload();
    await changed(page, ["A /here"]);
    await rowOf(page, "here").waitFor();
    expect(wrong).toEqual([]);
  });

  it("is edited by touch on a narrow screen, in Chinese", async () => {
    const { page, wrong, shot } = await drafting(site, await image());
    await page.locator(".bar .icon-select select").last().selectOption("zh-CN");
    await page.setViewportSize({ width: 390, height: 844 });
    await shot("draft-narrow");
    await page.getByRole("toolbar").getByRole("button", { name: "新建" }).click();
    await page.getByRole("menuitem", { name: "文件…" }).first().click();
    await page.getByRole("textbox", { name: "名称", exact: true }).fill("这里");
    await page.keyboard.press("Enter");
    await page.getByRole("radio", { name: "更改" }).check();
    await changed(page, ["A /这里"]);
    await shot("draft-narrow-changes");
    expect(wrong).toEqual([]);
  });
});
