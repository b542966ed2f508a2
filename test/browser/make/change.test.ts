import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { file, imageFile } from "../view/archives.ts";
import { faintTexts } from "../view/contrast.ts";
import { keeping } from "../view/kept-page.ts";
import { goTo, listed, openSite, rowOf, type Site } from "../view/site.ts";
import { changing, kept, layerKinds, planned } from "./make-page.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** What must not be in the result: it stands once in a layer, and is deleted by a later one. */
const SECRET = "AKIA-the-key-that-must-not-leak-0123456789";

const leaky = (name: string, tag: string) =>
  imageFile(name, tag, {
    more: [file("root/.ssh/id_rsa", `${SECRET}\n`.repeat(50), 0o600), file("root/.ssh/.wh.id_rsa", "")],
  });

describe("an image that is changed", () => {
  it("has a stripped secret in no byte of what is saved of it", async () => {
    const { page, wrong, shot } = await keeping(site, await leaky("app.tar", "app:1"));
    const panel = await changing(page, "app:1", "Strip paths");
    await panel.getByLabel("Paths, one a line").fill("/root/.ssh/id_*");
    await panel.getByText("2 entries, 2.15 kB, in 2 layers").waitFor();
    await shot("change-strip");
    await panel.getByRole("button", { name: "Strip", exact: true }).click();
    await panel.getByText("Strip /root/.ssh/id_*").waitFor();
    await planned(panel);
    await panel.getByText("2 entries stripped").waitFor();
    expect(await layerKinds(panel)).toEqual(["kept", "kept", "kept", "gone", "gone"]);
    expect(await faintTexts(page)).toEqual([]);
    await shot("change-plan");
    await kept(page, panel, "app:clean");
    await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }));
    await page.getByRole("button", { name: "Save…" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page
        .locator(".panel")
        .getByRole("button", { name: /^Save app/ })
        .click(),
    ]);
    const saved = await readFile(await download.path());
    expect(saved.length).toBeGreaterThan(300_000);
    expect(saved.includes(SECRET)).toBe(false);
    expect(wrong).toEqual([]);
  });

  it("has other settings, and the commands of other tools stand below", async () => {
    const { page, wrong, shot } = await keeping(site, await imageFile("app.tar", "app:1"));
    const panel = await changing(page, "app:1", "Settings");
    expect(await panel.getByLabel("Command").inputValue()).toBe('["sh"]');
    await panel.getByLabel("Command").fill("node 'my app.js'");
    await panel.getByLabel("User").fill("app");
    await panel.getByLabel("Ports").fill("80 port");
    await panel.getByText("Ports are numbers").waitFor();
    await panel.getByLabel("Ports").fill("80");
    await panel.getByRole("button", { name: "Add to: Environment" }).click();
    await page.keyboard.insertText("MODE");
    await page.keyboard.press("Tab");
    await page.keyboard.insertText("fast");
    await panel.getByText("Set Command, User, Ports, MODE").waitFor();
    await panel
      .getByText("crane mutate --env MODE=fast --cmd 'node,my app.js' --user app --exposed-ports 80/tcp")
      .waitFor();
    expect(await faintTexts(page)).toEqual([]);
    await shot("change-settings");
    await planned(panel);
    expect(await layerKinds(panel)).toEqual(["kept", "kept", "kept"]);
    await panel.getByText("app:1 moves to the new image").waitFor();
    await kept(page, panel, "app:1");
    await page.getByRole("tab", { name: "Config" }).click();
    await page.getByText("my app.js").first().waitFor();
    await page.getByText("80/tcp").first().waitFor();
    expect(wrong).toEqual([]);
  });

  it("has layers removed, squashed and appended, by what is selected", async () => {
    const { page, wrong, shot } = await keeping(site, await leaky("app.tar", "app:1"));
    const panel = await changing(page, "app:1", "Layers");
    await panel.getByRole("checkbox", { name: "Select layer 4" }).check();
    await panel.getByRole("button", { name: "Remove", exact: true }).click();
    await panel.getByRole("checkbox", { name: "Select layer 1" }).check();
    await panel.getByRole("checkbox", { name: "Select layer 2" }).check();
    await panel.getByRole("button", { name: "Squash" }).click();
    await panel.getByLabel("Folder in the image").fill("/opt/tools");
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      panel.getByRole("button", { name: "Files…" }).click(),
    ]);
    await chooser.setFiles([{ name: "tool.sh", mimeType: "text/plain", buffer: Buffer.from("#!/bin/sh\n") }]);
    await panel.getByText("Append a layer of 1 file").waitFor();
    expect(await panel.locator(".make-waiting li").count()).toBe(3);
    await shot("change-layers");
    await planned(panel);
    expect(await layerKinds(panel)).toEqual(["kept", "gone", "gone", "new", "kept", "gone", "new"]);
    await kept(page, panel, "app:2");
    await goTo(page, "opt/tools/tool.sh");
    await page.locator(".cm-content").getByText("#!/bin/sh").first().waitFor();
    expect(wrong).toEqual([]);
  });

  it("stays as it was when an edit cannot be made, or is not kept", async () => {
    const { page, wrong, shot } = await keeping(site, await imageFile("app.tar", "app:1"));
    const panel = await changing(page, "app:1", "Settings");
    await panel.getByRole("textbox", { name: "Working directory" }).fill("not/absolute");
    await panel.getByRole("button", { name: "Show what changes" }).click();
    await panel.getByText("It cannot be changed like that").waitFor();
    await shot("change-failed");
    await panel.getByRole("textbox", { name: "Working directory" }).fill("/srv");
    await planned(panel);
    await panel.getByRole("button", { name: "Back to the changes" }).click();
    await panel.getByText("1 change", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    expect(await page.locator(".repositories .tag, .repositories [title='app:1']").count()).toBeGreaterThan(
      0,
    );
    // What was begun is there again.
    await page.getByRole("button", { name: "Change…" }).click();
    expect(await panel.getByRole("textbox", { name: "Working directory" }).inputValue()).toBe("/srv");
    expect(wrong).toEqual([]);
  });

  it("moves from its base to another one", async () => {
    const { page, wrong, shot } = await keeping(
      site,
      await imageFile("base.tar", "base:1"),
      await imageFile("base2.tar", "base:2", { more: [file("etc/new", "2\n")] }),
      await imageFile("app.tar", "app:1", { author: "Grace", more: [file("app/main", "app\n")] }),
    );
    const panel = await changing(page, "app:1", "Base");
    await panel.getByLabel("Old base").selectOption({ label: "base:1 · built on, 3 layers" });
    await panel.getByLabel("New base").selectOption({ label: "base:2 · linux/amd64" });
    await panel.getByRole("button", { name: "Rebase" }).click();
    await panel.getByText("crane rebase app:1 --old_base base:1 --new_base base:2 -t app:1").waitFor();
    await shot("change-base");
    await planned(panel);
    expect(await layerKinds(panel)).toEqual(["kept", "kept", "kept", "new", "kept"]);
    await kept(page, panel, "app:2");
    await listed(page);
    await goTo(page, "etc/new");
    await rowOf(page, "new").waitFor();
    expect(wrong).toEqual([]);
  });
});
