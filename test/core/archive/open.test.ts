import { gzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Archive,
  legacyConfig,
  type OpenArchiveOptions,
  openArchive,
  verifyLayer,
} from "../../../core/archive/mod.ts";
import { type Bytes, type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { formatPlatform, MEDIA_TYPES, parseImageConfig } from "../../../core/oci/mod.ts";
import { scanLayer } from "../../../core/tree/mod.ts";
import { blobOf, type Content, tarOf } from "../../support/archives.ts";
import { cat, END, member, pax, record } from "../../support/tar.ts";

type Members = readonly (readonly [string, Content])[];

const open = (bytes: Uint8Array, options: Partial<OpenArchiveOptions> = {}): Promise<Archive> =>
  openArchive(sourceOf(bytes), { newHasher: newSha256, ...options });
const openTar = async (members: Members, options: Partial<OpenArchiveOptions> = {}): Promise<Archive> =>
  open(await tarOf(members), options);
const messagesOf = (archive: Archive): string[] =>
  [...archive.problems, ...archive.images.flatMap((image) => image.problems)].map(
    (problem) => problem.message,
  );

async function refusal(members: Members, options: Partial<OpenArchiveOptions> = {}): Promise<string> {
  try {
    await openTar(members, options);
  } catch (error) {
    if (isCoreError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("it was opened");
}

let base: Bytes;
let top: Bytes;
let baseDiff: string;
let topDiff: string;
beforeAll(async () => {
  base = await tarOf([
    ["etc/", { dir: true }],
    ["etc/a", "one"],
  ]);
  top = await tarOf([
    ["etc/b", "two"],
    ["etc/.wh.a", ""],
  ]);
  baseDiff = sha256Digest(base);
  topDiff = sha256Digest(top);
});

const configOf = (diffs: readonly string[], more: object = {}): object => ({
  os: "linux",
  architecture: "amd64",
  rootfs: { type: "layers", diff_ids: diffs },
  history: diffs.map((_, index) => ({ created_by: `step ${index}` })),
  ...more,
});

/** An archive as engines from 1.10 to 24 write it: two images, the layer they share behind a symlink. */
const legacySave = (): Members => [
  ["one/", { dir: true }],
  ["one/VERSION", "1.0"],
  ["one/layer.tar", base],
  ["two/layer.tar", top],
  ["three/layer.tar", { symlink: "../one/layer.tar" }],
  ["a.json", { json: configOf([baseDiff, topDiff]) }],
  ["b.json", { json: configOf([baseDiff]) }],
  [
    "manifest.json",
    {
      json: [
        { Config: "a.json", RepoTags: ["app:1", "app:2"], Layers: ["one/layer.tar", "two/layer.tar"] },
        { Config: "b.json", RepoTags: null, Layers: ["three/layer.tar"], Parent: `sha256:${"c".repeat(64)}` },
      ],
    },
  ],
  ["repositories", { json: { app: { 1: "two" } } }],
];

/** A layout with an index of two platforms and an attestation, an artifact beside it. */
function layout(): { members: Members; index: object } {
  const image = (architecture: string) => {
    const config = blobOf({ json: configOf([baseDiff], { architecture }) }, MEDIA_TYPES.ociConfig);
    const layer = blobOf(gzipSync(base, { mtime: 0 }), `${MEDIA_TYPES.ociLayer}+gzip`);
    const manifest = blobOf(
      { json: { schemaVersion: 2, config: config.descriptor, layers: [layer.descriptor] } },
      MEDIA_TYPES.ociManifest,
    );
    return {
      blobs: [config.member, layer.member, manifest.member],
      manifest: { ...manifest.descriptor, platform: { os: "linux", architecture } },
    };
  };
  const amd64 = image("amd64");
  const arm64 = image("arm64");
  const statement = blobOf({ json: { _type: "in-toto" } }, "application/vnd.in-toto+json");
  const unknown = blobOf(
    { json: configOf([], { os: "unknown", architecture: "unknown" }) },
    MEDIA_TYPES.ociConfig,
  );
  const attestation = blobOf(
    { json: { config: unknown.descriptor, layers: [statement.descriptor] } },
    MEDIA_TYPES.ociManifest,
  );
  const children = [
    amd64.manifest,
    arm64.manifest,
    {
      ...attestation.descriptor,
      platform: { os: "unknown", architecture: "unknown" },
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": amd64.manifest.digest,
      },
    },
  ];
  const inner = blobOf(
    { json: { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: children } },
    MEDIA_TYPES.ociIndex,
  );
  const empty = blobOf({ json: {} }, MEDIA_TYPES.ociEmpty);
  const artifact = blobOf(
    {
      json: { artifactType: "application/x", config: empty.descriptor, layers: [], subject: amd64.manifest },
    },
    MEDIA_TYPES.ociManifest,
  );
  const index = {
    schemaVersion: 2,
    manifests: [
      {
        ...inner.descriptor,
        annotations: {
          "io.containerd.image.name": "docker.io/library/multi:1",
          "org.opencontainers.image.ref.name": "1",
        },
      },
      artifact.descriptor,
      amd64.manifest,
    ],
  };
  return {
    index,
    members: [
      ["oci-layout", '{"imageLayoutVersion":"1.0.0"}'],
      ["index.json", { json: index }],
      ...new Map([
        ...amd64.blobs,
        ...arm64.blobs,
        statement.member,
        unknown.member,
        attestation.member,
        inner.member,
        empty.member,
        artifact.member,
      ]),
    ],
  };
}

describe("openArchive of a docker save", () => {
  it("lists images, tags, platforms, layers and history", async () => {
    const archive = await openTar(legacySave());
    expect(archive).toMatchObject({ kind: "docker-save", compression: "none", manifests: [], problems: [] });
    const [app, other] = archive.images;
    expect(app).toMatchObject({
      tags: ["app:1", "app:2"],
      platform: { os: "linux", architecture: "amd64" },
      format: "docker",
      problems: [],
      layers: [
        {
          index: 0,
          diffID: baseDiff,
          path: "one/layer.tar",
          size: base.length,
          history: { createdBy: "step 0" },
        },
        {
          index: 1,
          diffID: topDiff,
          path: "two/layer.tar",
          size: top.length,
          history: { createdBy: "step 1" },
        },
      ],
    });
    expect(app?.id).toBe(sha256Digest(app.configBytes!));
    expect(other).toMatchObject({
      tags: [],
      parent: `sha256:${"c".repeat(64)}`,
      layers: [{ path: "one/layer.tar" }],
    });
    expect(new Uint8Array(await other.layers[0].source!.arrayBuffer())).toEqual(base);
  });

  it("reads keys in lower case, paths with dots and slashes, and directories behind links", async () => {
    const archive = await openTar([
      ["./store/", { dir: true }],
      ["./store/layer.tar", base],
      ["link", { symlink: "./store" }],
      ["hard.tar", { link: "./store/layer.tar" }],
      ["./c.json", { json: configOf([baseDiff, baseDiff]) }],
      [
        "./manifest.json",
        { json: [{ config: "/c.json", repoTags: ["a:1"], layers: ["link/../link//layer.tar", "hard.tar"] }] },
      ],
    ]);
    expect(messagesOf(archive)).toEqual([]);
    expect(archive.images[0]?.layers.map((layer) => layer.path)).toEqual([
      "store/layer.tar",
      "store/layer.tar",
    ]);
  });

  it("notes what is missing or wrong of one image and keeps the others", async () => {
    const archive = await openTar([
      ["one/layer.tar", base],
      ["a.json", { json: configOf([baseDiff]) }],
      ["bad.json", "nul"],
      [
        "manifest.json",
        {
          json: [
            { Config: "a.json", RepoTags: ["ok:1"], Layers: ["one/layer.tar"] },
            { Config: "nosuch.json", RepoTags: ["x:1"], Layers: ["one/layer.tar"] },
            { Config: "a.json", RepoTags: ["Bad:1"], Layers: ["nosuch/layer.tar"] },
            { Config: "a.json", Layers: [] },
            { Config: "bad.json", Layers: ["one/layer.tar"] },
            null,
            { Config: 7 },
          ],
        },
      ],
    ]);
    expect(archive.problems.map((problem) => problem.message)).toEqual([
      "Cannot read manifest.json [5]: found null, expected an object",
      "Cannot read manifest.json [6] Config: found the number 7, expected a string",
    ]);
    expect(archive.images.map((image) => image.problems.map((problem) => problem.message))).toEqual([
      [],
      ["Cannot find the config of the image: the archive has no nosuch.json"],
      [
        'Cannot parse reference "Bad:1": invalid reference format: repository name (library/Bad) must be lowercase',
        "Cannot find layer 0: the archive has no nosuch/layer.tar",
      ],
      ["invalid manifest, layers length mismatch: expected 0, got 1"],
      ['Cannot parse bad.json at character 0: found "n", expected a value'],
    ]);
    expect(archive.images[1]).toMatchObject({
      id: undefined,
      config: undefined,
      layers: [{ size: base.length }],
    });
    expect(archive.images[2]?.layers[0]).toMatchObject({ source: undefined, path: "nosuch/layer.tar" });
    expect(archive.images[4]?.configBytes).toEqual(new TextEncoder().encode("nul"));
  });

  it("lets the last of two members with one name count and notes it", async () => {
    const archive = await openTar([["one/layer.tar", top], ...legacySave()]);
    expect(archive.problems).toEqual([
      {
        code: "archive/duplicate",
        message: "The archive has one/layer.tar more than once; the last one counts",
        detail: { path: "one/layer.tar" },
      },
    ]);
    expect(archive.images[0]?.layers[0]?.size).toBe(base.length);
  });

  it("keeps the images of an archive that is cut short", async () => {
    const whole = await tarOf([
      ["a.json", { json: configOf([baseDiff, topDiff]) }],
      ["manifest.json", { json: [{ Config: "a.json", Layers: ["one", "two"] }] }],
      ["one", base],
      ["two", top],
    ]);
    const archive = await open(whole.subarray(0, whole.length - 1024 - top.length + 100));
    expect(archive.problems.map((problem) => problem.code)).toEqual(["tar/truncated"]);
    expect(archive.images[0]?.layers.map((layer) => layer.source?.size)).toEqual([base.length, undefined]);
    expect(archive.images[0]?.problems.map((problem) => problem.code)).toEqual(["tar/truncated"]);
  });

  it("says so when the list is empty", async () => {
    expect(messagesOf(await openTar([["manifest.json", "[]"]]))).toEqual(["The archive lists no image"]);
  });
});

describe("openArchive of an OCI layout", () => {
  it("lists the images of all platforms once, and every manifest depth first", async () => {
    const archive = await openTar(layout().members);
    expect(messagesOf(archive)).toEqual([]);
    expect(archive.kind).toBe("oci-layout");
    expect(
      archive.images.map((image) => [image.tags, formatPlatform(image.platform ?? {}), image.format]),
    ).toEqual([
      [["docker.io/library/multi:1", "1"], "linux/amd64", "oci"],
      [["docker.io/library/multi:1", "1"], "linux/arm64", "oci"],
    ]);
    expect(
      archive.manifests.map((node) => [
        node.depth,
        node.platform && formatPlatform(node.platform),
        node.attestation,
        node.artifactType,
        node.manifests,
      ]),
    ).toEqual([
      [0, undefined, undefined, undefined, 3],
      [1, "linux/amd64", undefined, undefined, undefined],
      [1, "linux/arm64", undefined, undefined, undefined],
      [1, "unknown/unknown", "attestation-manifest", undefined, undefined],
      [0, undefined, undefined, "application/x", undefined],
      [0, "linux/amd64", undefined, undefined, undefined],
    ]);
    expect(archive.manifests.map((node) => node.image && archive.images.indexOf(node.image))).toEqual([
      undefined,
      0,
      1,
      undefined,
      undefined,
      0,
    ]);
    expect(archive.manifests[4]?.subject).toBe(archive.manifests[1]?.digest);
    const image = archive.images[0];
    expect(image.manifest?.digest).toBe(sha256Digest(image.manifest!.bytes));
    const layer = image.layers[0];
    expect(verifyLayer(layer, await scanLayer(layer.source!, { newHasher: newSha256 }))).toEqual({
      state: "verified",
      problems: [],
    });
  });

  it("takes the images from manifest.json when there is one, and the other platforms' to their manifests", async () => {
    const { members } = layout();
    const config = members.find(([, content]) =>
      new TextDecoder()
        .decode(content instanceof Uint8Array ? content : undefined)
        .includes('"amd64","rootfs"'),
    )![0];
    const layer = members.find(([, content]) => content instanceof Uint8Array && content[0] === 0x1f)![0];
    const archive = await openTar([
      ...members,
      ["manifest.json", { json: [{ Config: config, RepoTags: ["multi:1"], Layers: [layer] }] }],
    ]);
    expect(archive.kind).toBe("docker-save");
    expect(
      archive.images.map((image) => [image.tags, image.manifest?.digest, image.layers[0]?.digest]),
    ).toEqual([[["multi:1"], archive.manifests[1]?.digest, layer.replace("blobs/sha256/", "sha256:")]]);
    expect(archive.manifests[1]?.image).toBe(archive.images[0]);
    expect(archive.manifests[2]?.image).toMatchObject({ platform: { architecture: "arm64" } });
  });

  it("lists what is missing, mismatched or unreadable, and takes content out of descriptors", async () => {
    const config = blobOf({ json: configOf([]) }, MEDIA_TYPES.ociConfig);
    const manifest = blobOf(
      {
        json: {
          config: config.descriptor,
          layers: [
            {
              mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar",
              digest: baseDiff,
              size: 9,
              urls: ["https://elsewhere.test/x"],
            },
          ],
        },
      },
      MEDIA_TYPES.ociManifest,
    );
    const data = btoa(new TextDecoder().decode(manifest.bytes));
    const wrong = `sha256:${"d".repeat(64)}`;
    const archive = await openTar([
      [
        "index.json",
        {
          json: {
            manifests: [
              { ...manifest.descriptor, data },
              { mediaType: "", digest: wrong, size: 2 },
              { mediaType: "x", digest: `sha256:${"e".repeat(64)}`, size: 2 },
              { digest: "nonsense", size: 1 },
            ],
          },
        },
      ],
      [`blobs/sha256/${"d".repeat(64)}`, "[]"],
    ]);
    expect(
      archive.manifests.map(({ missing, digestMismatch, unparsable }) => [
        missing,
        digestMismatch,
        unparsable,
      ]),
    ).toEqual([
      [false, false, false],
      [false, true, true],
      [true, false, false],
    ]);
    expect(archive.images).toHaveLength(1);
    expect(messagesOf(archive).map((message) => message.replace(/[0-9a-f]{64}/g, "…"))).toEqual([
      'Cannot read index.json manifests[3] digest: found the string "nonsense", expected a digest',
      "Manifest blobs/sha256/… has digest sha256:…, expected sha256:…",
      "Cannot read blobs/sha256/…: found an array, expected an object",
      "Cannot find x sha256:…: the archive has no blobs/sha256/…",
      "The archive has index.json but no oci-layout",
      "Cannot find the config of the image: the archive has no blobs/sha256/…",
      "Cannot find layer 0: the archive has no blobs/sha256/…; it is to be had at https://elsewhere.test/x",
    ]);
  });

  it("does not follow an index into itself, nor deeper or wider than its limits", async () => {
    const self = `sha256:${"f".repeat(64)}`;
    const cyclic = { manifests: [{ mediaType: MEDIA_TYPES.ociIndex, digest: self, size: 1 }] };
    const loop = await openTar([
      ["index.json", { json: cyclic }],
      [`blobs/sha256/${"f".repeat(64)}`, { json: cyclic }],
    ]);
    expect(loop.manifests).toHaveLength(2);
    expect(messagesOf(loop)).toContain(
      `Index ${self} is not entered: it stands inside itself, or 1 indexes deep`,
    );

    let child = blobOf({ json: { manifests: [] } }, MEDIA_TYPES.ociIndex);
    const blobs = [child.member];
    for (let depth = 0; depth < 20; depth++) {
      child = blobOf({ json: { manifests: [child.descriptor, child.descriptor] } }, MEDIA_TYPES.ociIndex);
      blobs.push(child.member);
    }
    const bomb: Members = [["index.json", { json: { manifests: [child.descriptor] } }], ...blobs];
    const wide = await openTar(bomb, { limits: { manifests: 500 } });
    expect(wide.manifests).toHaveLength(500);
    expect(messagesOf(wide)).toContain("index.json leads to more than 500 manifests; the rest is left out");
    expect(Math.max(...wide.manifests.map((node) => node.depth))).toBeLessThanOrEqual(17);
  });
});

describe("openArchive of older and other layouts", () => {
  it("opens archives of before 1.10 by their parents and repositories", async () => {
    const step = (parent: string | undefined, cmd: string): Content => ({
      json: {
        id: "x",
        parent,
        created: "2013-06-13T14:03:50Z",
        os: "linux",
        architecture: "amd64",
        container_config: { Cmd: ["/bin/sh", "-c", cmd] },
        config: { Env: ["A=1"] },
      },
    });
    const members: Members = [
      ["aa/json", step(undefined, "first")],
      ["aa/VERSION", "1.0"],
      ["aa/layer.tar", base],
      ["bb/json", step("aa", "second")],
      ["bb/layer.tar", top],
    ];
    const archive = await openTar([
      ...members,
      ["repositories", { json: { "x/y": { latest: "bb", old: "bb" } } }],
    ]);
    expect(messagesOf(archive)).toEqual([]);
    expect(archive).toMatchObject({
      kind: "docker-v1",
      images: [
        {
          format: "legacy",
          id: undefined,
          tags: ["x/y:latest", "x/y:old"],
          platform: { os: "linux", architecture: "amd64" },
          config: {
            container: { env: ["A=1"] },
            history: [{ createdBy: "/bin/sh -c first" }, { createdBy: "/bin/sh -c second" }],
          },
          layers: [
            { path: "aa/layer.tar", history: { createdBy: "/bin/sh -c first" } },
            { path: "bb/layer.tar" },
          ],
        },
      ],
    });
    const diffIDs = [sha256Digest(base), sha256Digest(top)];
    const bytes = legacyConfig(archive.images[0], diffIDs);
    expect(parseImageConfig(bytes ?? new Uint8Array(0), { document: "made" })).toEqual({
      ...archive.images[0]?.config,
      diffIDs,
    });
    expect(new TextDecoder().decode(bytes)).toMatch(
      /^\{"architecture":"amd64","config":\{"Env":\["A=1"\]\},"container_config":/,
    );
    expect((await openTar(members)).images).toMatchObject([
      { tags: [], layers: [{ path: "aa/layer.tar" }, { path: "bb/layer.tar" }] },
    ]);
    const cyclic = await openTar([
      ["aa/json", step("bb", "a")],
      ["bb/json", step("aa", "b")],
      ["aa/layer.tar", base],
      ["repositories", { json: { c: { 1: "aa", 2: "gone" } } }],
    ]);
    expect(messagesOf(cyclic)).toEqual([
      "Cannot follow the parents of aa: aa is met again, or too far down",
      "Cannot find layer 0: the archive has no bb/layer.tar",
      "Cannot follow the parents of gone: gone is not in the archive",
    ]);
  });

  it("opens skopeo's dir layout", async () => {
    const config = blobOf({ json: configOf([baseDiff]) }, MEDIA_TYPES.dockerConfig);
    const layer = blobOf(gzipSync(base), `${MEDIA_TYPES.dockerLayer}.gzip`);
    const hex = (digest: string): string => digest.slice(7);
    const archive = await openTar([
      ["version", "Directory Transport Version: 1.1\n"],
      [
        "manifest.json",
        {
          json: {
            schemaVersion: 2,
            mediaType: MEDIA_TYPES.dockerManifest,
            config: config.descriptor,
            layers: [layer.descriptor],
          },
        },
      ],
      [hex(config.descriptor.digest), config.member[1]],
      [hex(layer.descriptor.digest), layer.member[1]],
    ]);
    expect(messagesOf(archive)).toEqual([]);
    expect(archive).toMatchObject({
      kind: "skopeo-dir",
      images: [
        { id: config.descriptor.digest, format: "docker", layers: [{ digest: layer.descriptor.digest }] },
      ],
    });
  });

  it("recognises a root file system and a single layer, and shows them as one layer", async () => {
    const rootfs = await openTar([
      ["bin/", { dir: true }],
      ["etc/passwd", "x"],
      ["usr/bin/manifest.json", "{}"],
      ["manifest.json", '{"name":"an app"}'],
      ["index.json", "{}"],
      ["etc/json", "{}"],
    ]);
    expect(rootfs).toMatchObject({
      kind: "rootfs",
      images: [{ id: undefined, layers: [{ index: 0, size: rootfs.size }] }],
    });
    expect(
      (
        await openTar([
          ["etc/.wh.passwd", ""],
          ["usr/x", ""],
        ])
      ).kind,
    ).toBe("layer");
    expect((await openTar([["app/main.js", ""]])).kind).toBe("layer");
  });

  it.each<readonly [string, Members, string]>([
    [
      "an empty tar",
      [],
      "archive/unrecognized: Cannot open archive: unrecognized image format; found a tar with 0 entries, expected manifest.json, index.json or repositories in it",
    ],
    [
      "a layout without its index",
      [
        ["blobs/sha256/aa", "x"],
        ["oci-layout", "{}"],
      ],
      "archive/unrecognized: Cannot open archive: unrecognized image format; found a tar with 2 entries, the first blobs/sha256/aa, oci-layout, expected manifest.json, index.json or repositories in it",
    ],
    [
      "a broken manifest.json",
      [["manifest.json", '[{"Config":']],
      "oci/json: Cannot parse manifest.json at character 11: found the end, expected a value",
    ],
    [
      "a broken index.json",
      [
        ["index.json", "{"],
        ["blobs/sha256/aa", "x"],
      ],
      "oci/json: Cannot parse index.json at character 1: found the end, expected a key",
    ],
    [
      "a link out of the archive",
      [["manifest.json", { symlink: "../../etc/passwd" }]],
      "archive/path: Cannot follow manifest.json: it leads out of the archive",
    ],
    [
      "a link to itself",
      [["manifest.json", { symlink: "manifest.json" }]],
      "archive/path: Cannot follow manifest.json: more than 40 links",
    ],
  ])("refuses %s and says what was found", async (_, members, message) => {
    expect(await refusal(members)).toBe(message);
  });

  it("refuses what is no tar and what it does not decompress, by name", async () => {
    await expect(open(new TextEncoder().encode("hello ".repeat(200)))).rejects.toMatchObject({
      code: "archive/unrecognized",
      message:
        "Cannot open archive: unrecognized image format; found bytes that are no tar, expected a tar archive",
    });
    await expect(open(gzipSync(new TextEncoder().encode("hello ".repeat(200))))).rejects.toMatchObject({
      code: "archive/unrecognized",
    });
    await expect(open(Uint8Array.of(0x50, 0x4b, 3, 4, ...new Uint8Array(600)))).rejects.toMatchObject({
      code: "compression/unsupported",
      detail: { found: "zip" },
    });
  });

  it("says why the first entry of a tar cannot be read", async () => {
    const bytes = cat(pax(record("mtime", "999xxx")), member({ name: "a" }), END);
    await expect(open(bytes)).rejects.toMatchObject({
      code: "archive/unrecognized",
      message:
        "Cannot open archive: unrecognized image format; found a tar that breaks at its first entry, expected a tar archive",
      cause: { code: "tar/pax", message: expect.stringContaining("999xxx") },
    });
  });

  it("keeps paths and links inside the archive", async () => {
    const archive = await openTar([
      ["c.json", { json: configOf([baseDiff, baseDiff, baseDiff]) }],
      ["out", { symlink: "/../../etc/shadow" }],
      ["loop", { symlink: "loop" }],
      ["../up.tar", base],
      ["manifest.json", { json: [{ Config: "c.json", Layers: ["../up.tar", "out", "loop/x"] }] }],
    ]);
    expect(messagesOf(archive)).toEqual([
      "Cannot follow ../up.tar: it leads out of the archive",
      "Cannot follow out: it leads out of the archive",
      "Cannot follow loop/x: more than 40 links",
    ]);
  });
});

describe("openArchive of a compressed archive", () => {
  it("finds in one pass what it finds in the plain one, and scans the layers on the way", async () => {
    for (const members of [legacySave(), layout().members]) {
      const bytes = await tarOf(members);
      const plain = await open(bytes);
      const passed: string[] = [];
      const done: number[] = [];
      const packed = gzipSync(bytes);
      const archive = await open(packed, {
        onLayerScan: (path) => passed.push(path),
        onProgress: (progress) => progress.stage === "reading" && done.push(progress.done),
      });
      expect(archive).toMatchObject({
        kind: plain.kind,
        compression: "gzip",
        size: packed.length,
        contentSize: bytes.length,
      });
      expect(archive.members).toEqual(plain.members);
      expect(done.at(-1)).toBe(packed.length);
      expect(passed.length).toBeGreaterThan(0);
      for (const [index, image] of archive.images.entries()) {
        const other = plain.images[index];
        const facts = { source: undefined, scan: undefined };
        expect({ ...image, layers: image.layers.map((layer) => ({ ...layer, ...facts })) }).toEqual({
          ...other,
          layers: other.layers.map((layer) => ({ ...layer, ...facts })),
        });
        for (const layer of image.layers) {
          const { index: _, ...alone } = await scanLayer(layer.source!, { newHasher: newSha256 });
          expect(layer.scan).toMatchObject(alone);
        }
      }
    }
  });

  it("reads a root file system as the layer that it is, in the one pass, and none of its files as layers", async () => {
    const passed: string[] = [];
    const packed = gzipSync(
      await tarOf([
        ["./", { dir: true }],
        ["./etc/x.json", "{}"],
        ["usr/lib/x.tar", base],
        ["var/x.gz", gzipSync(base)],
      ]),
    );
    const archive = await open(packed, { onLayerScan: (path) => passed.push(path) });
    expect(archive).toMatchObject({ kind: "rootfs", compression: "gzip", members: { count: 4 } });
    expect(archive.images[0]?.layers[0]?.scan).toEqual(
      await scanLayer(sourceOf(packed), { newHasher: newSha256 }),
    );
    expect(passed).toEqual([]);
    const cut = await open(packed.subarray(0, packed.length - 9));
    expect(cut).toMatchObject({
      kind: "rootfs",
      members: { count: 4 },
      problems: [{ code: "compression/truncated" }],
    });
  });

  it("finds the images of an archive that begins like a root file system", async () => {
    const bytes = await tarOf([["tmp/", { dir: true }], ...legacySave()]);
    const archive = await open(gzipSync(bytes));
    expect(archive).toMatchObject({ kind: "docker-save", contentSize: bytes.length, problems: [] });
    expect(archive.images.map((image) => image.id)).toEqual(
      (await open(bytes)).images.map((image) => image.id),
    );
  });

  it("fails when the compressed bytes are cut short", async () => {
    const packed = gzipSync(await tarOf(legacySave()));
    await expect(open(packed.subarray(0, packed.length - 20))).rejects.toMatchObject({
      code: "compression/truncated",
    });
  });

  it("keeps the limit of decompressed bytes", async () => {
    const packed = gzipSync(await tarOf([["bomb", new Uint8Array(5_000_000)]]));
    await expect(open(packed, { limits: { content: 1_000_000 } })).rejects.toMatchObject({
      code: "bytes/limit",
    });
  });
});

describe("openArchive and its costs", () => {
  it("reads headers and documents of a plain archive, not its layers", async () => {
    const layer = await tarOf([["big", new Uint8Array(3_000_000)]]);
    const bytes = await tarOf([
      ["l.tar", layer],
      ["c.json", { json: configOf([sha256Digest(layer)]) }],
      ["manifest.json", { json: [{ Config: "c.json", Layers: ["l.tar"] }] }],
    ]);
    let read = 0;
    const counted = (source: Source): Source => ({
      size: source.size,
      slice: (from, to) => counted(source.slice(from, to)),
      stream: () => ((read += source.size), source.stream()),
      arrayBuffer: () => ((read += source.size), source.arrayBuffer()),
    });
    const archive = await openArchive(counted(sourceOf(bytes)), { newHasher: newSha256 });
    expect(archive.images[0]?.layers[0]?.size).toBe(layer.length);
    expect(read).toBeLessThan(600_000);
  });

  it("refuses documents, and archives of more members, than its limits allow", async () => {
    expect(await refusal([["manifest.json", " ".repeat(2000)]], { limits: { document: 1000 } })).toBe(
      "bytes/limit: Cannot read manifest.json: it has 2000 bytes, expected at most 1000",
    );
    expect(await refusal(legacySave(), { limits: { members: 3 } })).toBe(
      "bytes/limit: Cannot read archive: it has more than 3 members",
    );
    const tight = await openTar(legacySave(), { limits: { documents: 600 } });
    expect(messagesOf(tight).some((message) => message.endsWith("more than 600 bytes together"))).toBe(true);
    const few = await openTar(legacySave(), { limits: { images: 1, layers: 1 } });
    expect(few.images.map((image) => image.layers.length)).toEqual([1]);
    expect(messagesOf(few)).toEqual([
      "manifest.json lists 2 images, expected at most 1; the rest is left out",
      "The image has 2 layers, expected at most 1; the rest is left out",
    ]);
  });

  it("notes only so many problems, and stays quick, with ten thousand missing layers and names twice over", async () => {
    const Layers = Array.from({ length: 10_000 }, (_, index) => `gone/${index}`);
    const sources = Object.fromEntries(Layers.map((name) => [name, {}]));
    const members: Members = [
      ["c.json", { json: configOf([]) }],
      [
        "manifest.json",
        { json: Array.from({ length: 20 }, () => ({ Config: "c.json", Layers, LayerSources: sources })) },
      ],
      ...Array.from({ length: 500 }, (_, index): [string, Content] => [`twice/${index >> 1}`, "x"]),
    ];
    const archive = await openTar(members);
    expect(archive.images).toHaveLength(20);
    expect(archive.images[0]?.layers).toHaveLength(500);
    expect(archive.images[0]?.problems).toHaveLength(100);
    expect(archive.problems).toHaveLength(20);
  });

  it("stops when it is told to, with the reason given", async () => {
    const reason = new Error("enough");
    await expect(openTar(legacySave(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const opening = openTar(legacySave(), {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(opening).rejects.toBe(reason);
  });
});
