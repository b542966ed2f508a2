import { type Bytes, sourceOf } from "../../../core/bytes/mod.ts";
import { sha256Digest } from "../../../core/digest/mod.ts";
import { composeTar, type TarMember } from "../../../core/tar/mod.ts";

/** A file that Playwright hands to a file chooser. */
export interface Picked {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const TIME = 1_780_000_000;

/** A file of an archive. */
export function file(path: string, content: string | Uint8Array<ArrayBuffer>, mode = 0o644): TarMember {
  const bytes: Bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { entry: { path, type: "file", size: bytes.length, mode, mtime: TIME }, content: sourceOf(bytes) };
}

/** A directory of an archive. */
export function dir(path: string): TarMember {
  return { entry: { path: `${path}/`, type: "dir", mode: 0o755, mtime: TIME } };
}

/** A symbolic link of an archive. */
export function symlink(path: string, link: string): TarMember {
  return { entry: { path, type: "symlink", link, mode: 0o777, mtime: TIME } };
}

async function tarOf(members: readonly TarMember[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts = composeTar(members).parts.map(async (part) => ("buffer" in part ? part : part.arrayBuffer()));
  return new Uint8Array(await new Blob(await Promise.all(parts)).arrayBuffer());
}

/** `members` as a tar of its own. */
export async function tarFile(name: string, members: readonly TarMember[]): Promise<Picked> {
  return { name, mimeType: "application/x-tar", buffer: Buffer.from(await tarOf(members)) };
}

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** The layers of the archives below: a little of everything a page has to show. */
export const LAYERS: readonly (readonly TarMember[])[] = [
  [
    dir("etc"),
    dir("srv"),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
    file("etc/old.conf", "old = true\n"),
    symlink("etc/motd", "../srv/motd"),
    symlink("etc/nowhere", "/not/there"),
    file("etc/<img src=x onerror=alert(1)>", "<script>alert(1)</script>\n"),
    file("etc/exe\u202etxt.sh", "#!/bin/sh\necho hello\n", 0o755),
    ...Array.from({ length: 400 }, (_, index) =>
      file(`srv/many/f${String(index).padStart(4, "0")}`, `${index}\n`),
    ),
  ],
  [
    file("srv/motd", "Welcome aboard.\n"),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000::/srv:/bin/sh\n"),
    file("srv/pixel.png", new Uint8Array(Buffer.from(PIXEL, "base64"))),
    file(
      "srv/binary",
      new Uint8Array(300_000).map((_, index) => (index * 7) & 255),
    ),
    file(
      "srv/evil.svg",
      '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="owned"</script></svg>',
    ),
  ],
  [file("etc/.wh.old.conf", ""), file("srv/app.js", "export const answer = 42; // the answer\n")],
];

const CREATED_BY = [
  "/bin/sh -c #(nop) ADD file:1234 in / ",
  "RUN /bin/sh -c install --everything # buildkit",
  "COPY app.js /srv/ # buildkit",
];

/** What to do to an archive so that it is another image, or broken. */
export interface Harm {
  /** Its author, and with it its ID. */
  readonly author?: string;
  /** Layers on top of {@link LAYERS}, of one file each. */
  readonly more?: readonly TarMember[];
  /** Layer whose bytes are changed. */
  readonly tamper?: number;
  /** Layer that is left out. */
  readonly omit?: number;
}

/** {@link LAYERS} as `docker save` writes them, before version 25. */
export async function imageFile(name: string, tag: string, harm: Harm = {}): Promise<Picked> {
  const layers = [...LAYERS, ...(harm.more ?? []).map((member) => [member])];
  const tars = await Promise.all(layers.map(tarOf));
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: "2026-05-01T10:00:00Z",
    author: harm.author ?? "Ada",
    config: { Env: ["PATH=/bin"], Cmd: ["sh"], Labels: { "<b>bold</b>": "x" } },
    rootfs: { type: "layers", diff_ids: tars.map((tar) => sha256Digest(tar)) },
    history: layers
      .map((_, index) => CREATED_BY[index] ?? "COPY more / # buildkit")
      .map((created_by) => ({ created: "2026-05-01T10:00:00Z", created_by })),
  });
  const configName = `${sha256Digest(new TextEncoder().encode(config)).slice(7)}.json`;
  const names = tars.map((_, index) => `layer${index}/layer.tar`);
  const stored = tars.map((tar, index) => {
    if (index !== harm.tamper) return tar;
    const changed = tar.slice();
    const at = changed.lastIndexOf(0x0a);
    changed[at] = 0x20;
    return changed;
  });
  return tarFile(name, [
    ...stored.flatMap((tar, index) => (index === harm.omit ? [] : [file(names[index], tar)])),
    file(configName, config),
    file("manifest.json", JSON.stringify([{ Config: configName, RepoTags: [tag], Layers: names }])),
  ]);
}
