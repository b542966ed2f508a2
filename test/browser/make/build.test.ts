import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dir, file, imageFile, tarFile } from "../view/archives.ts";
import { faintTexts } from "../view/contrast.ts";
import { keeping } from "../view/kept-page.ts";
import { goTo, listed, openSite, rowOf, type Site } from "../view/site.ts";
import { typeDockerfile } from "./make-page.ts";

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await openSite();
  folder = await mkdtemp(join(tmpdir(), "breakbulk-build-"));
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

/** A page with one kept image and the build panel open. */
async function building() {
  const visit = await keeping(site, await imageFile("app.tar", "app:1"));
  await visit.page.getByRole("button", { name: "Build…" }).click();
  const panel = visit.page.getByRole("dialog", { name: "Build an image" });
  await panel.getByRole("textbox", { name: "Text of the Dockerfile" }).waitFor();
  return { ...visit, panel };
}

describe("a build", () => {
  it("names the lines of RUN, and goes on without it", async () => {
    const { page, panel, wrong, shot } = await building();
    await typeDockerfile(
      page,
      "FROM app:1\nRUN apt-get update\nCOPY <<EOF /srv/hello.txt\nhello from a heredoc\nEOF\nENV MODE=built\n",
    );
    await panel.getByText("1 RUN instruction (line 2) would start programs").waitFor();
    await panel.getByLabel("Names").fill("web:1");
    await panel.getByText("docker build -t web:1").waitFor();
    await panel.getByRole("button", { name: "Build", exact: true }).click();
    const alert = panel.getByRole("alert");
    await alert.getByText("The build failed").waitFor();
    await panel.locator(".line-marks [data-kind=error]").getByRole("button", { name: "line 2" }).waitFor();
    expect(await faintTexts(page)).toEqual([]);
    await shot("build-run");
    await alert.getByRole("button", { name: "Go on without RUN" }).click();
    await page.getByRole("heading", { name: /web:1/ }).waitFor();
    await listed(page);
    await goTo(page, "srv/hello.txt");
    await page.locator(".cm-content").getByText("hello from a heredoc").waitFor();
    await page.getByRole("button", { name: "Build…" }).click();
    await panel.locator(".build-steps li").nth(2).waitFor();
    expect(
      await panel
        .locator(".build-steps li")
        .evaluateAll((all) => all.map((one) => one.getAttribute("data-state"))),
    ).toEqual(["cached", "skipped", "done"]);
    expect(wrong).toEqual([]);
  });

  it("marks what is wrong with a Dockerfile at its line, as it is typed", async () => {
    const { page, panel, wrong, shot } = await building();
    await typeDockerfile(page, "FROM scratch\nCOPPY a b\n");
    await panel.getByText("unknown instruction: COPPY").waitFor();
    await panel.locator(".cm-error-line").getByText("COPPY").waitFor();
    expect(await panel.getByRole("button", { name: "Build", exact: true }).isDisabled()).toBe(true);
    await shot("build-error");
    await typeDockerfile(page, "FROM scratch\nMAINTAINER me\nWORKDIR x\n");
    await panel.getByText(/^MaintainerDeprecated: /).waitFor();
    await panel.getByRole("button", { name: "line 2" }).click();
    await page.keyboard.insertText("# ");
    await panel.getByText(/^MaintainerDeprecated: /).waitFor({ state: "detached" });
    expect(wrong).toEqual([]);
  });

  it("takes a folder as its context, and what .dockerignore leaves", async () => {
    const { page, panel, wrong, shot } = await building();
    const context = join(folder, "ctx");
    await mkdir(join(context, "src"), { recursive: true });
    await writeFile(
      join(context, "Dockerfile"),
      "FROM scratch AS base\nARG WHO=nobody\nCOPY . /app/\nLABEL who=$WHO\n",
    );
    await writeFile(join(context, ".dockerignore"), "*.log\nDockerfile\n");
    await writeFile(join(context, "src/main.js"), "console.log(1)\n");
    await writeFile(join(context, "noise.log"), "noise\n");
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      panel.getByRole("button", { name: "Folder…" }).click(),
    ]);
    await chooser.setFiles(context);
    await panel.getByText("4 files, ").waitFor();
    await panel.getByLabel("Text of the Dockerfile").getByText("COPY").waitFor();
    await panel.getByLabel("Names").fill("ctx:1 ctx:latest");
    await panel.locator(".build-more > summary").click();
    await panel.getByRole("button", { name: "Add to: Build arguments" }).click();
    await page.keyboard.insertText("WHO");
    await page.keyboard.press("Tab");
    await page.keyboard.insertText("me");
    await panel.getByText("docker build -t ctx:1 -t ctx:latest --build-arg WHO=me ctx").waitFor();
    await shot("build-folder");
    await panel.getByRole("button", { name: "Build", exact: true }).click();
    await page.getByRole("heading", { name: /ctx:1/ }).waitFor();
    await listed(page);
    await goTo(page, "app/src/main.js");
    await page.getByRole("searchbox").fill("noise");
    await rowOf(page, "noise.log").waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "Config" }).click();
    await page.getByText("who").first().waitFor();
    expect(wrong).toEqual([]);
  });
});

describe("a drop", () => {
  it("of a Dockerfile is a build, also on the empty page; of an archive it is not", async () => {
    const { page, wrong } = await site.visit();
    const drop = (name: string, text: string) =>
      page.evaluate(
        (given) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([given.text], given.name));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
        },
        { name, text },
      );
    await drop("Dockerfile.dev", "FROM scratch\nLABEL dropped=yes\n");
    const panel = page.getByRole("dialog", { name: "Build an image" });
    await panel.getByLabel("Text of the Dockerfile").getByText("dropped").waitFor();
    await panel.getByText("docker build -f Dockerfile.dev .").waitFor();
    await panel.getByRole("button", { name: "Build", exact: true }).click();
    await page.locator(".image-header h1").waitFor();
    await drop("notes.txt", "no archive");
    await page.getByText("notes.txt").first().waitFor();
    expect(await panel.count()).toBe(0);
    expect(wrong).toEqual([]);
  });
});

describe("an import", () => {
  it("makes an image of a tar, with settings", async () => {
    const { page, wrong, shot } = await keeping(site, await imageFile("app.tar", "app:1"));
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Import a file system…" }).click();
    const panel = page.getByRole("dialog", { name: "Import a file system" });
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      panel.getByRole("button", { name: "Tar…" }).click(),
    ]);
    await chooser.setFiles([await tarFile("root.tar", [dir("bin"), file("bin/sh", "sh\n", 0o755)])]);
    await panel.getByLabel("Name", { exact: true }).fill("mini:1");
    await panel.getByLabel(/^Dockerfile instructions/).fill("COOMAND x");
    await panel.getByRole("button", { name: "Import", exact: true }).click();
    await panel.getByText("It was not imported").waitFor();
    await shot("import-failed");
    await panel.getByLabel(/^Dockerfile instructions/).fill('CMD ["/bin/sh"]');
    await panel.getByText(`docker import -c 'CMD ["/bin/sh"]' root.tar mini:1`).waitFor();
    await panel.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByRole("heading", { name: /mini:1/ }).waitFor();
    await listed(page);
    await goTo(page, "bin/sh");
    expect(wrong).toEqual([]);
  });
});
