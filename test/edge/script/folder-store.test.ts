import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openFolderStore } from "../../../edge/script/folder-store.ts";
import { storeContract } from "../../contract/store.ts";
import { imageRecord, name, setImage, setName } from "../../contract/store-case.ts";
import { nativeHasher } from "../../support/native-hash.ts";

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "breakbulk-store-"));
  folders.push(folder);
  return folder;
}
const options = { now: () => 1000, newHasher: nativeHasher };

describe("the store in a folder", () => {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it.each(storeContract)("$title", async ({ run }) => {
    const folder = newFolder();
    const [here, there] = [openFolderStore(folder, options), openFolderStore(folder, options)];
    try {
      await run({ here, there });
    } finally {
      here.close();
      there.close();
    }
    expect(readdirSync(join(folder, "breakbulk", "locks"))).toEqual([]);
  });

  it.skipIf(!existsSync("/proc/self/stat"))(
    "takes the claim of a process whose number another one has by now for broken off",
    async () => {
      const folder = newFolder();
      const store = openFolderStore(folder, options);
      await store.lease(imageRecord(1).target.digest);
      expect((await store.leases()).map(({ live }) => live)).toEqual([true]);
      const leases = join(folder, "breakbulk", "leases");
      for (const file of readdirSync(leases)) {
        const path = join(leases, file);
        writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), start: "1" }));
      }
      expect((await store.leases()).map(({ live }) => live)).toEqual([false]);
    },
  );

  it("is an OCI layout that other tools read", async () => {
    const folder = newFolder();
    const store = openFolderStore(folder, options);
    const [named, dangling] = [imageRecord(1), imageRecord(2)];
    const record = name("docker.io/library/a:1", named);
    await store.table.change([setImage(named), setImage(dangling), setName(record)]);
    expect(readdirSync(folder).sort()).toEqual(["blobs", "breakbulk", "index.json", "oci-layout"]);
    expect(JSON.parse(readFileSync(join(folder, "index.json"), "utf8"))).toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [
        {
          ...named.target,
          annotations: {
            "io.containerd.image.name": "docker.io/library/a:1",
            "org.opencontainers.image.ref.name": "1",
          },
        },
        dangling.target,
      ],
    });
  });
});
