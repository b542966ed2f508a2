import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  openFromField,
  openRegistrySite,
  pull,
  putImage,
  REGISTRY,
  type RegistrySite,
  shown,
} from "./registry-site.ts";

let site: RegistrySite;
beforeAll(async () => {
  site = await openRegistrySite();
  putImage(site.registry, "team/app", { tags: ["1.0", "1.1", "latest"], platforms: ["amd64", "arm64"] });
});
afterEach(async () => {
  for (const quirk of Object.keys(site.registry.quirks)) Reflect.deleteProperty(site.registry.quirks, quirk);
  for (const page of site.context.pages().slice(1)) await page.close();
});
afterAll(() => site.close());

const APP = `${REGISTRY}/team/app`;

describe("the pull field", () => {
  it("pulls what is typed and shows it", async () => {
    const { page, wrong } = await site.visit();
    await pull(page, `${APP}:1.0`);
    expect(await shown(page)).toContain(`${APP}:1.0`);
    await page.locator(".notice", { hasText: `${APP}:1.0 is here` }).waitFor();
    expect(await page.locator(".problems").count()).toBe(0);
    expect(wrong).toEqual([]);
  });

  it("takes a whole command", async () => {
    const { page } = await site.visit();
    await pull(page, `docker pull ${APP}:1.1`);
    expect(await shown(page)).toContain(`${APP}:1.1`);
  });

  it("offers the tags of a repository", async () => {
    const { page } = await site.visit();
    const field = page.getByRole("combobox", { name: "Image to pull" });
    await field.fill(`${APP}:1`);
    await page.getByRole("option", { name: `${APP}:1.1` }).waitFor();
    await field.press("ArrowDown");
    await page.locator("[role=option][data-highlighted]").waitFor();
    await field.press("Enter");
    expect(await field.inputValue()).toBe(`${APP}:1.1`);
    await field.press("Enter");
    expect(await shown(page)).toContain(`${APP}:1.1`);
  });

  it("takes another platform", async () => {
    const { page } = await site.visit();
    await page.getByRole("button", { name: "How to pull" }).click();
    await page.getByRole("combobox", { name: "Platform" }).fill("linux/arm64");
    await pull(page, `${APP}:1.0`);
    await shown(page);
    await page.locator(".image-platform", { hasText: "linux/arm64" }).waitFor();
  });

  it("says why a text is no name", async () => {
    const { page } = await site.visit();
    await pull(page, "not a name");
    await page.locator(".pull-fault").waitFor();
    expect(await page.locator(".load").count()).toBe(0);
  });
});

describe("what goes wrong", () => {
  it("leads from a missing tag to those that there are", async () => {
    const { page } = await site.visit();
    await pull(page, `${APP}:9`);
    await page.getByRole("button", { name: "Show its tags" }).click();
    await page.getByRole("option", { name: "1.1" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pull", exact: true }).click();
    expect(await shown(page)).toContain(`${APP}:1.1`);
  });

  it("tells when a registry with too many requests can be asked again", async () => {
    site.registry.quirks.before = () =>
      Response.json(
        { errors: [{ code: "TOOMANYREQUESTS", message: "too many" }] },
        { status: 429, headers: { "retry-after": "3600" } },
      );
    const { page } = await site.visit();
    await pull(page, `${APP}:1.0`);
    await page.getByText("It may be asked again").waitFor();
    expect(await page.locator(".registry-trouble").innerText()).toContain("3,600");
  });

  it("offers the settings where the proxy knows no such registry", async () => {
    const { page } = await site.visit();
    await pull(page, "elsewhere.example/x:1");
    await page.locator(".registry-trouble").getByRole("button", { name: "Settings…" }).click();
    await page.getByRole("dialog").getByText("answers.").waitFor();
    expect(await page.getByRole("dialog").innerText()).toContain(`docker.io, ${REGISTRY}`);
  });

  it("is told in Chinese, too", async () => {
    const { page } = await site.visit();
    await page.getByLabel("Language").selectOption("zh-CN");
    const field = page.getByRole("combobox", { name: "要拉取的镜像" });
    await field.fill(`${APP}:9`);
    await field.press("Enter");
    await page.getByRole("button", { name: "查看它的标签" }).waitFor();
  });
});

describe("a login", () => {
  it("is offered, refused when it is wrong, and used when it is right", async () => {
    site.registry.quirks.auth = "basic";
    site.registry.quirks.users = { "alice:right": ["pull"] };
    const { page } = await site.visit();
    await pull(page, `${APP}:1.0`);
    await page.getByRole("button", { name: "Log in…" }).click();
    const panel = page.getByRole("dialog");
    expect(await panel.getByLabel("Registry").inputValue()).toBe(REGISTRY);
    await panel.getByLabel("Username").fill("alice");
    await panel.getByLabel("Password").fill("wrong");
    await panel.getByRole("button", { name: "Log in", exact: true }).click();
    await panel.getByText("does not take this login").first().waitFor();
    await panel.getByText("Nobody is logged in.").waitFor();
    await panel.getByLabel("Password").fill("right");
    await panel.getByRole("button", { name: "Log in", exact: true }).click();
    await panel.getByText("as long as this page").waitFor();
    await page.locator(".load").getByRole("button", { name: "Try again" }).click();
    expect(await shown(page)).toContain(`${APP}:1.0`);
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    expect(kept).not.toContain("right");
  });
});

describe("a look without pulling", () => {
  it("shows tags, platforms and layers, and opens the files without keeping anything", async () => {
    const { page, wrong } = await site.visit();
    await page.getByRole("combobox", { name: "Image to pull" }).fill(APP);
    await openFromField(page, "Look without pulling");
    const panel = page.getByRole("dialog");
    await panel.getByText("3 tags").waitFor();
    await panel.getByRole("option", { name: "1.0" }).click();
    await panel.getByText("A pull would fetch").waitFor();
    await panel.getByLabel("Platform").selectOption("linux/arm64");
    await panel.getByRole("button", { name: "Look inside" }).click();
    expect(await shown(page)).toContain(`${APP}:1.0`);
    await page.getByText("None yet").waitFor();
    expect(wrong).toEqual([]);
  });

  it("is what a link to it gives", async () => {
    const { page } = await site.visit({ hash: `#?remote=${APP}:1.1&platform=linux/arm64` });
    expect(await shown(page)).toContain(`${APP}:1.1`);
    await page.locator(".image-platform", { hasText: "linux/arm64" }).waitFor();
    await page.locator(".kept-actions").getByRole("button", { name: "Pull" }).click();
    await page.locator(".kept-actions").getByRole("button", { name: "Push…" }).waitFor();
  });
});

describe("the settings", () => {
  it("lead to a proxy elsewhere, which workers may ask and the page itself may not", async () => {
    const { page } = await site.visit();
    await openFromField(page, "Registries…");
    const panel = page.getByRole("dialog");
    await panel.getByLabel("Proxy", { exact: true }).fill(site.url);
    await panel.getByRole("button", { name: "Save" }).click();
    await panel.getByText(`The proxy at ${site.url} answers.`).waitFor();
    await pull(page, `${APP}:1.0`);
    expect(await shown(page)).toContain(`${APP}:1.0`);
    const asked = await page.evaluate(
      (url) => fetch(`${url}.well-known/breakbulk.json`).then(String, String),
      site.url,
    );
    expect(asked).toContain("Failed to fetch");
  });

  it("are not saved when an address is none", async () => {
    const { page } = await site.visit();
    await openFromField(page, "Registries…");
    const panel = page.getByRole("dialog");
    await panel.getByLabel("Proxy", { exact: true }).fill("ftp://proxy.example");
    await panel.getByRole("button", { name: "Save" }).click();
    await panel.getByText("Not saved").waitFor();
  });

  it("are held by workers to a policy of their own", async () => {
    const { page } = await site.visit();
    await page.getByRole("button", { name: "How to pull" }).waitFor();
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("images-worker")),
    );
    const policy = await page.evaluate(async () => {
      const script = performance
        .getEntriesByType("resource")
        .find(({ name }) => name.includes("images-worker"));
      const answer = await fetch(script?.name ?? "");
      return answer.headers.get("content-security-policy");
    });
    expect(policy).toContain("default-src 'none'; script-src 'self'; connect-src 'self' https:");
  });
});

describe("a push", () => {
  it("shows what it would do, then does that and no more", async () => {
    const { page, wrong } = await site.visit();
    await pull(page, `${APP}:1.0`);
    await shown(page);
    await page.getByRole("button", { name: "Push…" }).click();
    const panel = page.getByRole("dialog");
    await panel.getByText("Nothing has to be sent").waitFor();
    await panel.getByLabel("Name to push it under").fill(`${REGISTRY}/new/place:2`);
    await panel.getByText("layer: taken from team/app").first().waitFor();
    expect(site.registry.repositories.has("new/place")).toBe(false);
    expect(await page.locator(".repositories").innerText()).not.toContain("new/place");
    await panel.getByRole("button", { name: "Push to" }).click();
    await page.locator(".notice", { hasText: `${REGISTRY}/new/place:2 is in its registry` }).waitFor();
    const there = site.registry.repositories.get("new/place");
    expect(there?.tags.has("2")).toBe(true);
    expect(wrong).toEqual([]);
  });

  it("is refused with a way to log in", async () => {
    const { page } = await site.visit();
    await pull(page, `${APP}:1.0`);
    await shown(page);
    site.registry.quirks.auth = "basic";
    site.registry.quirks.users = { "alice:right": ["pull", "push"] };
    await page.getByRole("button", { name: "Push…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Log in…" }).waitFor();
  });
});

describe("an interrupted pull", () => {
  it("is stopped by hand, and goes on with what has arrived", async () => {
    const { size } = putImage(site.registry, "team/large", { tags: ["1"], size: 48_000_000 });
    const { page } = await site.visit();
    const before = site.registry.sent;
    const halfway = heldAt(site, before + size / 2);
    await pull(page, `${REGISTRY}/team/large:1`);
    await halfway.reached;
    await page.getByRole("button", { name: "Stop with" }).click();
    halfway.release();
    await page.getByRole("button", { name: "Go on" }).click();
    expect(await shown(page)).toContain("team/large:1");
    expect(site.registry.sent - before).toBeLessThan(size * 1.3);
  });

  it("goes on in the next visit after its tab was killed", async () => {
    const { size } = putImage(site.registry, "team/killed", { tags: ["1"], size: 48_000_000 });
    const { page } = await site.visit({ fresh: false });
    const before = site.registry.sent;
    const halfway = heldAt(site, before + size / 2);
    await pull(page, `${REGISTRY}/team/killed:1`);
    await halfway.reached;
    // What is on its way through loopback's buffers is neither fetched nor lost: nothing more comes while it is held.
    await page.waitForFunction(
      () => {
        const { value } = document.querySelector<HTMLProgressElement>(".load > progress") ?? { value: 0 };
        const before = document.body.dataset["before"];
        document.body.dataset["before"] = String(value);
        return value > 0 && before === String(value);
      },
      undefined,
      { polling: 500 },
    );
    site.kill();
    await site.restart();
    halfway.release();
    const again = await site.visit({ fresh: false });
    await again.page.getByRole("button", { name: "Go on" }).click();
    expect(await shown(again.page)).toContain("team/killed:1");
    expect(site.registry.sent - before).toBeLessThan(size * 1.05);
  });
});

/** Lets blobs through until that many bytes were sent, and holds every body there. */
function heldAt(
  { registry }: RegistrySite,
  bytes: number,
): { readonly reached: Promise<void>; readonly release: () => void } {
  let tell = () => {};
  let release = () => {};
  const reached = new Promise<void>((resolve) => (tell = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  registry.quirks.wait = async () => {
    if (registry.sent < bytes) return;
    tell();
    await released;
  };
  return { reached, release };
}
