import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { layerOf } from "../../support/docker-archives.ts";
import { FakeRegistry } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";
import { file, tarFile } from "../view/archives.ts";
import { inLibrary } from "../view/kept-page.ts";
import { enter, openConsole, promptIs, runLine } from "./console-page.ts";
import { openRegistrySite, type RegistrySite } from "./registry-site.ts";

const HUB = "docker.io";
const OTHER = "registry.fake.dev";
const CLOSED = "closed.fake.dev";

/** Puts an image with these layers of one file each into a registry. */
async function publish(
  registry: FakeRegistry,
  name: string,
  tag: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const set = new BlobSet();
  const layers = await Promise.all(Object.entries(files).map(([path, content]) => layerOf(path, content)));
  const descriptors = layers.map(({ plain }) =>
    set.put(new Uint8Array(gzipSync(plain)), `${MEDIA_TYPES.ociLayer}+gzip`),
  );
  const config = set.json(
    {
      os: "linux",
      architecture: "amd64",
      created: "2026-05-01T10:00:00Z",
      config: { Env: ["PATH=/bin"], Cmd: ["sh"] },
      rootfs: { type: "layers", diff_ids: layers.map(({ diffID }) => diffID) },
      history: Object.keys(files).map((path) => ({
        created: "2026-05-01T10:00:00Z",
        created_by: `COPY ${path}`,
      })),
    },
    MEDIA_TYPES.ociConfig,
  );
  const manifest = set.json(
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: descriptors },
    MEDIA_TYPES.ociManifest,
  );
  registry.add(name, set, manifest, tag);
}

let site: RegistrySite;
const other = new FakeRegistry({}, OTHER);
/** Only for those who have a login. */
const closed = new FakeRegistry({ auth: "basic", users: { "bob:secret": ["pull", "push"] } }, CLOSED);
beforeAll(async () => {
  const hub = new FakeRegistry({}, HUB);
  await publish(hub, "library/hello", "latest", { "etc/hello": "hello", "bin/hello": "x".repeat(90_000) });
  await publish(hub, "library/hello", "1.0", { "etc/hello": "hello" });
  await publish(other, "team/app", "2", { "srv/app": "app" });
  site = await openRegistrySite({ [HUB]: hub, [OTHER]: other, [CLOSED]: closed });
});
afterAll(() => site.close());

const last = async (page: Page, line: string): Promise<string | undefined> =>
  (await runLine(page, line)).at(-1);

describe("the commands of a tutorial, typed into the console", () => {
  it("pull, look, tag, remove, change, save, load and push", async () => {
    const { page, wrong } = await site.visit();
    await openConsole(page);

    const pulled = await runLine(page, "docker pull hello");
    expect(pulled[0]).toBe("Using default tag: latest");
    expect(pulled).toContain("latest: Pulling from library/hello");
    expect(pulled.filter((row) => row.endsWith(": Pull complete"))).toHaveLength(2);
    expect(pulled.slice(-2)).toEqual([
      "Status: Downloaded newer image for hello:latest",
      "docker.io/library/hello:latest",
    ]);
    await inLibrary(page, "hello:latest").waitFor();
    expect(await last(page, "pull hello:1.0 -q")).toBe("docker.io/library/hello:1.0");
    expect(await last(page, `docker pull ${OTHER}/team/app:2`)).toBe(`${OTHER}/team/app:2`);
    expect(await last(page, "docker pull hello")).toBe("docker.io/library/hello:latest");
    expect((await runLine(page, "docker pull nothere"))[1]).toMatch(/^Error response from daemon: /);

    expect((await runLine(page, "docker images"))[0]).toMatch(/^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE$/);
    expect(await runLine(page, "docker images -q | wc -l")).toEqual(["3"]);
    expect(await runLine(page, "docker images hello --format '{{.Tag}}' | sort")).toEqual(["1.0", "latest"]);
    expect(
      await runLine(page, `docker images -f reference='${OTHER}/*/*' -q --no-trunc | cut -c1-7`),
    ).toEqual(["sha256:"]);
    await runLine(page, "docker tag hello:latest mine:dev");
    expect(await runLine(page, "docker inspect -f '{{.Config.Cmd}}' mine:dev")).toEqual(["[sh]"]);
    expect(await runLine(page, "docker inspect -f '{{index .RepoTags 1}}' $(docker images -q mine)")).toEqual(
      ["mine:dev"],
    );
    expect(await runLine(page, "docker history mine:dev --format '{{.CreatedBy}}'")).toEqual([
      "COPY bin/hello",
      "COPY etc/hello",
    ]);
    expect(await runLine(page, "docker rmi mine:dev")).toEqual(["Untagged: mine:dev"]);
    expect((await last(page, "docker rmi hello:1.0"))?.startsWith("Deleted: sha256:")).toBe(true);

    const download = page.waitForEvent("download");
    await runLine(page, `docker save -o both.tar hello ${OTHER}/team/app:2`);
    expect((await download).suggestedFilename()).toBe("both.tar");
    await runLine(page, "docker rmi -f $(docker images -q)");
    expect(await runLine(page, "docker images -q")).toEqual([]);
    expect(await runLine(page, "docker load -q < both.tar")).toEqual([
      "Loaded image: hello:latest",
      `Loaded image: ${OTHER}/team/app:2`,
    ]);
    expect(await runLine(page, "docker load -q -i both.tar | wc -l")).toEqual(["2"]);

    expect(await runLine(page, "docker create --name c1 hello")).toHaveLength(1);
    const chosen = page.waitForEvent("filechooser");
    await enter(page, "docker cp -q new.txt c1:/etc/new.txt");
    await (await chosen).setFiles([{ name: "new.txt", mimeType: "text/plain", buffer: Buffer.from("new") }]);
    await promptIs(page, "$");
    expect(await runLine(page, "docker diff c1")).toEqual(["C /etc", "A /etc/new.txt"]);
    expect(await last(page, "docker commit -m 'with news' c1 hello:new")).toMatch(/^sha256:/);
    await inLibrary(page, "hello:new").waitFor();
    expect(await runLine(page, "docker history hello:new --format '{{.Comment}}' | head -1")).toEqual([
      "with news",
    ]);
    expect(await runLine(page, "docker export c1 | tar -t | grep new")).toEqual(["etc/new.txt"]);
    expect(await runLine(page, "docker rm c1")).toEqual(["c1"]);

    const rootfs = page.waitForEvent("filechooser");
    await enter(page, "docker import rootfs.tar imported:1");
    await (await rootfs).setFiles([await tarFile("rootfs.tar", [file("etc/motd", "ahoy")])]);
    await inLibrary(page, "imported:1").waitFor();
    await promptIs(page, "$");

    await runLine(page, `docker tag hello:new ${CLOSED}/bob/hello:new`);
    expect((await last(page, `docker push ${CLOSED}/bob/hello:new`))?.length).toBeGreaterThan(0);
    expect(closed.repository("bob/hello").tags.has("new")).toBe(false);
    await enter(page, `docker login -u bob ${CLOSED}`);
    await promptIs(page, "Password:");
    await page.keyboard.type("secret");
    await page.keyboard.press("Enter");
    await promptIs(page, "$");
    expect(await page.locator(".xterm-rows").textContent()).not.toContain("secret");
    expect(await last(page, `docker push ${CLOSED}/bob/hello:new`)).toMatch(
      /^new: digest: sha256:[0-9a-f]{64} size: \d+$/,
    );
    expect(closed.repository("bob/hello").tags.has("new")).toBe(true);
    expect(await runLine(page, `docker search ${CLOSED}/hello --format '{{.Name}}'`)).toEqual([
      `${CLOSED}/bob/hello`,
    ]);
    expect(await runLine(page, `docker logout ${CLOSED}`)).toEqual([
      `Removing login credentials for ${CLOSED}`,
    ]);
    expect((await last(page, "docker image prune -af"))?.startsWith("Total reclaimed space: ")).toBe(true);
    expect(wrong).toEqual([]);
  });
});
