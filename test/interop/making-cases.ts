import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { editImage, type ImageEdit, platformImages, storeIndex } from "../../core/edit/mod.ts";
import { type LayerCompressor, resolveImage } from "../../core/image/mod.ts";
import type { LocalStore } from "../../core/store/mod.ts";
import { composeTar, compositionSource } from "../../core/tar/mod.ts";
import { entry, link } from "../support/containers.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { type ScriptPlace, scriptText } from "./script-host.ts";

/** An image that was made, and what it does where there is a kernel. */
export interface Made {
  readonly name: string;
  /** What it prints when it is run with these words, or without any. */
  readonly runs?: { readonly words?: readonly string[]; readonly prints: string } | undefined;
}

/** A text that a strip takes from every byte. */
export const SECRET = "correct-horse-battery-staple";

const BASE = "tiny/busybox:1";
const SH = ["/bin/busybox", "sh", "-c"];

interface BuildCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly args?: readonly string[];
  readonly runs?: Made["runs"];
}

/** Contexts to build: files by path (a `->` at the start: a symbolic link), and how the image runs. */
const builds = (): readonly BuildCase[] => [
  {
    name: "build/stages:1",
    files: {
      Dockerfile: `FROM scratch AS one
COPY tree /tree
FROM ${BASE}
ARG WHAT=none
COPY --from=one --chown=12:13 --chmod=750 /tree /app/tree
COPY <<EOF /app/here
here is \${WHAT}
EOF
ENV GREETING="hello there" WHAT=$WHAT
USER 12:13
WORKDIR /app/work
LABEL a.b="c d"
EXPOSE 80/tcp
VOLUME /data
CMD ["/bin/busybox", "sh", "-c", "/bin/busybox id -u; /bin/busybox id -g; /bin/busybox pwd; echo $GREETING; /bin/busybox cat /app/here /app/tree/sub/b; /bin/busybox readlink /app/tree/to-b"]
`,
      "tree/a": "a\n",
      "tree/sub/b": "b\n",
      "tree/to-b": "->sub/b",
    },
    args: ["--build-arg", "WHAT=built"],
    runs: { prints: "12\n13\n/app/work\nhello there\nhere is built\nb\nsub/b\n" },
  },
  {
    name: "build/archives:1",
    files: {
      Dockerfile: `FROM ${BASE}
ADD plain.tar packed.tar.gz packed.tar.zst /opt/
ADD --chown=5 plain.tar /five/
COPY --link plain.tar /kept/
COPY --chmod=4755 tool /usr/bin/tool
CMD ["/bin/busybox", "sh", "-c", "/bin/busybox cat /opt/in-plain /opt/in-gz /five/in-plain /opt/hard; /bin/busybox stat -c '%a %u %h' /usr/bin/tool /opt/hard /five/in-plain"]
`,
      "plain.tar": archive("in-plain"),
      "packed.tar.gz": gzipSync(archive("in-gz")),
      "packed.tar.zst": execFileSync("zstd", ["-qc"], { input: archive("in-zst") }),
      tool: "#!/bin/busybox sh\n",
    },
    runs: { prints: "in-plain\nin-gz\nin-plain\nin-zst\n4755 0 1\n644 0 2\n644 5 2\n" },
  },
  {
    name: "build/trigger:1",
    files: {
      Dockerfile: `FROM ${BASE}
ONBUILD COPY given /given
ONBUILD ENV SEEN=yes
CMD ["/bin/busybox", "sh", "-c", "echo $SEEN; /bin/busybox cat /given"]
`,
    },
    runs: { words: [...SH, "echo parent"], prints: "parent\n" },
  },
  {
    name: "build/child:1",
    files: { Dockerfile: "FROM build/trigger:1\n", given: "given\n" },
    runs: { prints: "yes\ngiven\n" },
  },
  {
    name: "build/scratch:1",
    files: {
      Dockerfile: `FROM scratch
COPY --from=${BASE} /bin/busybox /busybox
COPY --chown=1:2 . /all/
ENTRYPOINT ["/busybox", "echo", "entered"]
CMD ["by default"]
`,
      ".dockerignore": "left*\n!left-not\n",
      left: "x",
      "left-not": "y",
      "deep/er/file": "z",
    },
    runs: { words: ["by", "hand"], prints: "entered by hand\n" },
  },
  ...["amd64", "arm64"].map((architecture) => ({
    name: `build/${architecture}:1`,
    files: {
      Dockerfile: "FROM scratch\nARG TARGETARCH\nCOPY for-$TARGETARCH /which\n",
      "for-amd64": "amd",
      "for-arm64": "arm",
    },
    args: ["--platform", `linux/${architecture}`],
  })),
];

/** A plain tar of a file, a hard link to it and a directory. */
function archive(name: string): Buffer {
  const folder = join(process.env["TMPDIR"] ?? "/tmp", `breakbulk-archive-${process.pid}-${name}`);
  put(folder, { [name]: `${name}\n`, "d/e": "e" });
  try {
    execFileSync("ln", ["-f", join(folder, name), join(folder, "hard")]);
    const owner = ["--owner=0", "--group=0", "--mtime=@1600000000", "--mode=u=rwX,go=rX"];
    return execFileSync("tar", ["-c", "-C", folder, ...owner, name, "hard", "d"]);
  } finally {
    execFileSync("rm", ["-r", folder]);
  }
}

function put(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    if (typeof content === "string" && content.startsWith("->")) symlinkSync(content.slice(2), at);
    else writeFileSync(at, content);
  }
}

/** Builds every case, in order. */
export async function makeBuilds(place: ScriptPlace): Promise<Made[]> {
  const made: Made[] = [];
  for (const { name, files, args = [], runs } of builds()) {
    const context = join(place.folder, name.replace(/\W/g, "-"));
    put(context, files);
    await scriptText(place, ["build", "-q", "-t", name, ...args, context]);
    made.push({ name, runs });
  }
  return made;
}

/** Commits and imports. */
export async function makeContainers(place: ScriptPlace): Promise<Made[]> {
  const { folder } = place;
  put(join(folder, "copied"), { f: "copied\n", "d/one": "1\n", "d/two": "2\n", "d/link": "->one" });
  writeFileSync(join(folder, "in.tar"), archive("streamed"));
  const docker = (...args: string[]): Promise<string> => scriptText(place, args);
  await docker(
    "create",
    "--name",
    "made",
    "-e",
    "FROM=create",
    "-w",
    "/made/here",
    BASE,
    "/bin/busybox",
    "env",
  );
  await docker("cp", "copied/f", "made:/etc/f");
  await docker("cp", "copied/d", "made:/srv");
  await scriptText(place, ["cp", "-", "made:/srv"], join(folder, "in.tar"));
  const commit = ["-a", "Ada <a@b>", "-m", "by hand", "-c", 'ENV MORE="of it"', "-c", "USER 3:4"];
  const line =
    "/bin/busybox id -u; /bin/busybox pwd; echo $FROM $MORE; /bin/busybox cat /etc/f /srv/two /srv/link /srv/streamed";
  await docker("commit", ...commit, "-c", `CMD ${JSON.stringify([...SH, line])}`, "made", "made/commit:1");
  await docker("export", "-o", "out.tar", "made");
  const flat = join(folder, "out.tar");
  execFileSync("sh", ["-c", `gzip -kf ${flat}; zstd -qkf ${flat}; xz -0kf ${flat}; bzip2 -1kf ${flat}`]);
  const made: Made[] = [
    { name: "made/commit:1", runs: { prints: "3\n/made/here\ncreate of it\ncopied\n2\n1\nstreamed\n" } },
  ];
  for (const ending of ["", ".gz", ".zst", ".xz", ".bz2"]) {
    const name = `made/import${ending.replace(".", "-")}:1`;
    const changes = ["-c", 'CMD ["/bin/busybox", "cat", "/srv/one"]', "-c", "ENV A=b", "-m", "in"];
    await docker("import", ...changes, `out.tar${ending}`, name);
    made.push({ name, runs: { prints: "1\n" } });
  }
  return made;
}

const GZIP: LayerCompressor = {
  format: "gzip",
  compress: (plain) => plain.pipeThrough(new CompressionStream("gzip")),
};

/** Every edit of an image of several layers with a secret, and indexes of several platforms. */
export async function makeEdits(place: ScriptPlace, store: LocalStore): Promise<Made[]> {
  const context = join(place.folder, "edited");
  put(context, {
    Dockerfile: `FROM ${BASE}
COPY a /srv/a
COPY secret /root/.token
COPY --chown=9:9 b /srv/b
COPY <<EOF /srv/a
second
EOF
WORKDIR /srv
CMD ["/bin/busybox", "sh", "-c", "/bin/busybox cat /srv/a /srv/b/c; echo $NEW; /bin/busybox test -e /root/.token && echo leaked"]
`,
    a: "first\n",
    secret: `token=${SECRET}\n`,
    "b/c": "c\n",
  });
  await scriptText(place, ["build", "-q", "-t", "edit/base:1", context]);
  put(join(place.folder, "newer"), { Dockerfile: `FROM ${BASE}\nCOPY f /etc/newer\n`, f: "newer\n" });
  await scriptText(place, ["build", "-q", "-t", "edit/newer:1", join(place.folder, "newer")]);
  const resolved = async (name: string) => resolveImage(await store.table.snapshot(), name);
  const tar = compositionSource(
    composeTar([
      entry("opt", "dir"),
      entry("opt/added", { content: "added\n" }, { mode: 0o640, uid: 3 }),
      link("opt/again", "opt/added", { mode: 0o640, uid: 3 }),
    ]),
  );
  const all = "second\nc\n\nleaked\n";
  const edits: readonly (readonly [
    name: string,
    edits: readonly ImageEdit[],
    prints: string | undefined,
    compressor?: LayerCompressor,
  ])[] = [
    [
      "settings",
      [
        {
          kind: "settings",
          change: {
            env: { set: new Map([["NEW", "fresh"]]) },
            labels: { set: new Map([["x", "y"]]) },
            user: "0",
            ports: { add: ["53/udp"] },
            volumes: { add: ["/v"] },
            stopSignal: "SIGINT",
            author: "Ada",
          },
        },
      ],
      "second\nc\nfresh\nleaked\n",
    ],
    ["annotations", [{ kind: "annotations", change: { set: new Map([["org.x", "1"]]) } }], all],
    ["append", [{ kind: "append", tar, line: { createdBy: "append" } }], all],
    ["append-gzip", [{ kind: "append", tar }], all, GZIP],
    ["remove-layer", [{ kind: "remove-layer", layer: 4 }], "first\nc\n\nleaked\n"],
    ["roll-back", [{ kind: "roll-back", layer: 3 }], "first\nc\n\nleaked\n"],
    ["strip", [{ kind: "strip", paths: ["/root/.token"] }], "second\nc\n\n"],
    ["strip-gzip", [{ kind: "strip", paths: ["**/.token"] }], "second\nc\n\n", GZIP],
    ["squash", [{ kind: "squash", range: { from: 1, to: 3 } }], all],
    ["flatten", [{ kind: "squash" }], all],
    ["flatten-gzip", [{ kind: "squash" }], all, GZIP],
    ["rebase", [{ kind: "rebase", from: await resolved(BASE), to: await resolved("edit/newer:1") }], all],
    ["gzip", [{ kind: "recompress" }], all, GZIP],
    ["none", [{ kind: "recompress" }], all],
    ["docker", [{ kind: "recompress" }, { kind: "media-types", family: "docker" }], all, GZIP],
    ["oci", [{ kind: "media-types", family: "oci" }], all],
  ];
  const made: Made[] = [];
  for (const [short, list, prints, compressor] of edits) {
    const name = `edit/${short}:1`;
    const work = { newHasher: nativeHasher, now: Date.now() / 1000, compressor };
    const edited = await editImage(store, await resolved("edit/base:1"), { edits: list, ...work });
    await edited.keep([name]);
    // What ends with a test that finds nothing ends with its code; what is printed is what counts.
    made.push({ name, runs: prints === undefined ? undefined : { prints } });
  }
  return [...made, ...(await makeIndexes(store))];
}

async function makeIndexes(store: LocalStore): Promise<Made[]> {
  const { names } = await store.table.snapshot();
  const options = { newHasher: nativeHasher, now: Date.now() / 1000 };
  const rootOf = (name: string) => {
    const record = names.get(`docker.io/${name}`);
    if (record === undefined) throw new Error(`${name} is not there`);
    return record.target;
  };
  const several = await platformImages(store, [rootOf("build/amd64:1"), rootOf("build/arm64:1")], options);
  const busy = await platformImages(store, [rootOf("edit/gzip:1")], options);
  const arm = several.images.filter(({ platform }) => platform.architecture === "arm64");
  await storeIndex(store, { images: [...busy.images, ...arm], names: ["index/merged:1"] }, options);
  await storeIndex(store, { images: several.images, names: ["index/made:1"] }, options);
  await storeIndex(store, { images: arm, names: ["index/filtered:1"] }, options);
  const prints = "second\nc\n\nleaked\n";
  return [
    { name: "index/merged:1", runs: { prints } },
    { name: "index/made:1" },
    { name: "index/filtered:1" },
  ];
}
