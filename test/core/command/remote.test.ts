import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type Digest, sha256Digest } from "../../../core/digest/mod.ts";
import { MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { tarOf } from "../../support/archives.ts";
import { idOf } from "../../support/docker-archives.ts";
import { type FakeQuirks, FakeRegistry } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";
import { type Bench, imageOf, loaded, newBench } from "./bench.ts";

const DAEMON = "Error response from daemon: ";
const failed = (stderr: string, stdout = "") => ({ stdout, stderr: `${stderr}\n`, exit: 1 });
const done = (stdout = "", stderr = "") => ({ stdout, stderr, exit: 0 });
const R = "r.example";

interface Remote {
  readonly bench: Bench;
  readonly fake: FakeRegistry;
  readonly id: Digest;
  readonly digest: Digest;
  readonly layer: string;
}

/** A registry with `app:1`, `app:2` and `app:many`, the last for two platforms. */
async function remote(quirks: FakeQuirks = {}): Promise<Remote> {
  const fake = new FakeRegistry(quirks, R);
  const set = new BlobSet();
  const tar = await tarOf([["file", "content"]]);
  const layer = set.put(new Uint8Array(gzipSync(tar, { mtime: 0 })), `${MEDIA_TYPES.ociLayer}+gzip`);
  const made = (architecture: string) => {
    const rootfs = { type: "layers", diff_ids: [sha256Digest(tar)] };
    const config = set.json({ os: "linux", architecture, rootfs }, MEDIA_TYPES.ociConfig);
    const manifest = set.json(
      { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: [layer] },
      MEDIA_TYPES.ociManifest,
    );
    return { config, manifest: { ...manifest, platform: { os: "linux", architecture } } };
  };
  const [amd64, arm64] = [made("amd64"), made("arm64")];
  const index = set.json(
    {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: [amd64.manifest, arm64.manifest],
    },
    MEDIA_TYPES.ociIndex,
  );
  fake.add("app", set, index, "many");
  fake.add("app", set, amd64.manifest, "1", "2");
  return {
    bench: newBench({ fake }),
    fake,
    id: amd64.config.digest,
    digest: amd64.manifest.digest,
    layer: layer.digest.slice(7, 19),
  };
}

describe("docker pull", () => {
  it("tells of a layer, and the next time that all is here", async () => {
    const { bench, id, digest, layer } = await remote();
    expect(await bench(`pull ${R}/app:1`)).toEqual(
      done(
        `1: Pulling from app\n${layer}: Pulling fs layer\n${layer}: Verifying Checksum\n${layer}: Download complete\n${layer}: Pull complete\nDigest: ${digest}\nStatus: Downloaded newer image for ${R}/app:1\n${R}/app:1\n`,
      ),
    );
    const again = `1: Pulling from app\nDigest: ${digest}\nStatus: Image is up to date for ${R}/app:1\n${R}/app:1\n`;
    expect(await bench(`pull ${R}/app:1`)).toEqual(done(again));
    expect(await bench(`pull --disable-content-trust=false ${R}/app:1`)).toEqual(done(again));
    expect(await bench(`pull -q ${R}/app:1`)).toEqual(done(`${R}/app:1\n`));
    expect(await bench(`images -q --no-trunc --digests ${R}/app`)).toEqual(done(`${id}\n`));
    const { stdout } = await bench(["images", "--digests", "--format", "{{.Tag}} {{.Digest}}"]);
    expect(stdout).toBe(`1 ${digest}\n`);
  });

  it("keeps no tag of what is asked for by digest", async () => {
    const { bench, digest } = await remote();
    const { stdout } = await bench(`pull ${R}/app@${digest}`);
    expect(stdout.split("\n")[0]).toBe(`${R}/app@${digest}: Pulling from app`);
    expect(stdout.split("\n").slice(-3)).toEqual([
      `Status: Downloaded newer image for ${R}/app@${digest}`,
      `${R}/app@${digest}`,
      "",
    ]);
    const both = await bench(`pull ${R}/app:1@${digest}`);
    expect(both.stdout.split("\n").slice(-3)).toEqual([
      `Status: Image is up to date for ${R}/app@${digest}`,
      `${R}/app:1@${digest}`,
      "",
    ]);
    const { stdout: listed } = await bench(["images", "--format", "{{.Repository}}:{{.Tag}}"]);
    expect(listed).toBe(`${R}/app:<none>\n`);
  });

  it("takes all tags", async () => {
    const { bench } = await remote();
    const { stdout } = await bench(`pull -a ${R}/app`);
    const lines = stdout.split("\n");
    expect(lines.filter((line) => line.includes("Pulling from"))).toEqual([
      "many: Pulling from app",
      "1: Pulling from app",
      "2: Pulling from app",
    ]);
    expect(lines.slice(-3)).toEqual([`Status: Downloaded newer image for ${R}/app`, `${R}/app`, ""]);
    expect(await bench(`pull -a ${R}/app:1`)).toEqual(failed("tag can't be used with --all-tags/-a"));
  });

  it("takes the platform that is asked for", async () => {
    const { bench } = await remote();
    await bench(`pull -q --platform linux/arm64 ${R}/app:many`);
    expect(await bench(`inspect -f {{.Architecture}} ${R}/app:many`)).toEqual(done("arm64\n"));
    expect(await bench(`pull --platform linux/s390x ${R}/app:many`)).toEqual(
      failed(`no matching manifest for linux/s390x in the manifest list entries`, "many: Pulling from app\n"),
    );
    expect(await bench(`pull --platform foo ${R}/app`)).toMatchObject({
      stderr: expect.stringContaining('"foo": unknown operating system or architecture: invalid argument'),
      exit: 1,
    });
  });

  it.each([
    ["Bad", "invalid reference format: repository name (library/Bad) must be lowercase"],
    ["scratch", `${DAEMON}'scratch' is a reserved name`],
    [`${R}/app:nosuch`, `${DAEMON}manifest for ${R}/app:nosuch not found: manifest unknown: `],
  ])("refuses %s", async (name, message) => {
    const { bench } = await remote();
    const { stderr, exit } = await bench(`pull ${name}`);
    expect(stderr.startsWith(message)).toBe(true);
    expect(exit).toBe(1);
  });
});

describe("docker push", () => {
  it("tells of layers by their diff IDs, of the tag, and what is there already", async () => {
    const { bench, fake } = await remote({ auth: "none" });
    const image = await imageOf("pushed", [`${R}/new:1`, `${R}/new:2`]);
    await loaded(bench, [image]);
    const layer = image.layers[0]?.diffID.slice(7, 19);
    const first = await bench(`push ${R}/new:1`);
    const digest = fake.repository("new").tags.get("1");
    expect(first).toEqual(
      done(
        expect.stringMatching(
          new RegExp(
            `^The push refers to repository \\[${R}/new\\]\n${layer}: Preparing\n${layer}: Pushed\n1: digest: ${digest} size: \\d+\n$`,
          ),
        ),
      ),
    );
    expect((await bench(`push ${R}/new:2`)).stdout).toContain(
      `\n${layer}: Layer already exists\n2: digest: `,
    );
    expect(await bench(`push -q ${R}/new:1`)).toEqual(done(`${R}/new:1\n`));
    const all = await bench(`push -a ${R}/new`);
    expect(all.stdout.split("\n").filter((line) => line.includes("digest:"))).toHaveLength(2);
    const { stdout } = await bench(["image", "inspect", "-f", "{{json .RepoDigests}}", `${R}/new:1`]);
    expect(JSON.parse(stdout)).toEqual([`${R}/new@${digest}`]);
  });

  it("tells what is not there after where it would have gone", async () => {
    const { bench } = await remote();
    const where = `The push refers to repository [${R}/new]\n`;
    expect(await bench(`push ${R}/new:1`)).toEqual(
      failed(`An image does not exist locally with the tag: ${R}/new`, where),
    );
    await loaded(bench, [await imageOf("1", [`${R}/new:1`])]);
    expect(await bench(`push ${R}/new:x`)).toEqual(failed(`tag does not exist: ${R}/new:x`, where));
    expect(await bench(`push -a ${R}/new:1`)).toEqual(failed("tag can't be used with --all-tags/-a"));
    expect(await bench(`push ${R}/new@sha256:${"a".repeat(64)}`)).toMatchObject({
      stderr: expect.stringContaining("cannot push a digest reference"),
      exit: 1,
    });
  });
});

describe("docker search", () => {
  const results = [
    {
      name: "nginx",
      description: "Official build of Nginx, a very long\ndescription indeed",
      star_count: 20_000,
      is_official: true,
    },
    { name: "bitnami/nginx", description: "Bitnami container image", star_count: 199, is_official: false },
  ];
  const hub = () => {
    const asked: string[] = [];
    const fake = new FakeRegistry({
      before: ({ url }) => {
        asked.push(url);
        return Response.json({ num_results: results.length, query: "", results });
      },
    });
    return { bench: newBench({ fake }), asked };
  };

  it("prints a table, or JSON", async () => {
    const { bench } = hub();
    expect(await bench("search nginx")).toEqual(
      done(
        `NAME            DESCRIPTION                                     STARS     OFFICIAL
nginx           Official build of Nginx, a very long descrip…   20000     [OK]
bitnami/nginx   Bitnami container image                         199       \n`,
      ),
    );
    expect(await bench("search -f stars=3 -f is-official=false --format json nginx")).toEqual(
      done(
        '{"Description":"Bitnami container image","IsOfficial":"false","Name":"bitnami/nginx","StarCount":"199"}\n',
      ),
    );
    expect((await bench("search -s 200 --format {{.Name}} nginx")).stdout).toBe("nginx\n");
  });

  it("says what is deprecated, and finds nothing by it", async () => {
    const { bench } = hub();
    expect(await bench("search -f is-automated=true nginx")).toEqual(
      done(
        "NAME      DESCRIPTION   STARS     OFFICIAL\n",
        'WARNING: the "is-automated" filter is deprecated, and searching for "is-automated=true" will not yield any results in future.\n',
      ),
    );
  });

  it.each([
    ["--limit 101 x", "limit 101 is outside the range of [1, 100]"],
    ["-f stars=abc x", `invalid filter 'stars=abc'`],
    ["-f foo=1 x", "invalid filter 'foo'"],
    ["http://x", "invalid repository name: repository name (http://x) should not have a scheme"],
  ])("refuses %s", async (line, message) => {
    const { bench, asked } = hub();
    const { stderr, exit } = await bench(`search ${line}`);
    expect(stderr).toContain(message);
    expect(exit).toBe(1);
    expect(asked).toEqual([]);
  });
});

describe("docker login", () => {
  const users = { "bob:s3cret": ["pull", "push"] };
  const CONFLICT = "conflicting options: cannot specify both --password and --password-stdin";

  it.each([
    ["--password-stdin", "the --password-stdin option requires --username to be set"],
    ["-u bob -p x --password-stdin", CONFLICT],
    ["-u bob", "Error: Cannot perform an interactive login from a non TTY device"],
  ])("refuses %s", async (flags, message) => {
    const { bench } = await remote();
    expect(await bench(`login ${flags} ${R}`)).toMatchObject({
      stderr: expect.stringContaining(message),
      exit: 1,
    });
  });

  it.each([
    [["-u", ""], "username is empty"],
    [["-u", "bob", "-p", ""], "password is empty"],
  ])("refuses %j", async (flags, message) => {
    const { bench } = await remote();
    expect(await bench(["login", ...flags, R])).toMatchObject({
      stderr: expect.stringContaining(message),
      exit: 1,
    });
  });

  it("keeps what the registry takes, uses it, and forgets it", async () => {
    const { bench } = await remote({ auth: "basic", users });
    expect(await bench(`login -u bob --password-stdin ${R}`, "wrong\n")).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining(
        `${DAEMON}login attempt to https://${R}/v2/ failed with status: 401 Unauthorized\n`,
      ),
      exit: 1,
    });
    expect(await bench(`pull ${R}/app:1`)).toMatchObject({
      stderr: expect.stringContaining("no basic auth credentials"),
      exit: 1,
    });
    const first = await bench(`login -u bob -p s3cret https://${R}/v2/`);
    expect(first.stdout).toBe("Login Succeeded\n");
    expect(first.stderr).toBe(
      "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n\nWARNING! Your credentials are stored unencrypted in '/root/.docker/config.json'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n",
    );
    expect(await bench(`login ${R}`)).toEqual(
      done(
        "Login Succeeded\n",
        "Authenticating with existing credentials... [Username: bob]\n\n Info -> To login with a different account, run 'docker logout' followed by 'docker login'\n\n\n",
      ),
    );
    expect(await bench(`pull -q ${R}/app:1`)).toEqual(done(`${R}/app:1\n`));
    expect(await bench(`logout ${R}`)).toEqual(done(`Removing login credentials for ${R}\n`));
    expect(await bench(`logout ${R}`)).toMatchObject({
      stdout: `Removing login credentials for ${R}\n`,
      exit: 0,
    });
    expect(await bench(`pull ${R}/app:2`)).toMatchObject({ exit: 1 });
  });

  it("strips one line end of a password", async () => {
    const { bench } = await remote({ auth: "basic", users });
    for (const word of ["s3cret", "s3cret\n", "s3cret\r\n"])
      expect((await bench(`login -u bob --password-stdin ${R}`, word)).exit).toBe(0);
    for (const word of ["s3cret\n\n", "s3cret "])
      expect((await bench(`login -u bob --password-stdin ${R}`, word)).exit).toBe(1);
  });

  it("of nobody is ended all the same", async () => {
    expect((await newBench()("logout")).stdout).toBe(
      "Removing login credentials for https://index.docker.io/v1/\n",
    );
  });
});

describe("docker manifest inspect", () => {
  it("prints what the registry has", async () => {
    const { bench, id } = await remote();
    const { stdout, exit } = await bench(`manifest inspect ${R}/app:1`);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 2, config: { digest: id } });
  });
});

it("keeps images that came another way", async () => {
  const { bench } = await remote();
  const image = await imageOf("own", ["own:1"]);
  await loaded(bench, [image]);
  await bench(`pull -q ${R}/app:1`);
  expect((await bench("images -q --no-trunc own")).stdout).toBe(`${idOf(image)}\n`);
});
