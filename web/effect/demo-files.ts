import { sourceOf } from "../../core/bytes/mod.ts";
import type { HeaderFields, TarMember } from "../../core/tar/mod.ts";
import { shipPicture } from "./demo-picture.ts";

/** One layer of the demo image, and the instruction that its history names. */
export interface DemoLayer {
  readonly createdBy: string;
  readonly members: readonly TarMember[];
  readonly gzip?: boolean;
}

/** 2026-01-01T00:00:00Z, when the demo's world begins; each layer is a minute later. */
export const DEMO_EPOCH = 1_767_225_600;

type Fields = Omit<HeaderFields, "path" | "type" | "size">;

/** The layers from the base up. Each shows something that images do and that the page should make plain. */
export function demoLayers(): readonly DemoLayer[] {
  return [base(0), cargo(1), changes(2), opaque(3), chmod(4)];
}

function base(minute: number): DemoLayer {
  const { dir, file, link } = membersAt(minute);
  return {
    createdBy: "ADD rootfs.tar.xz / # buildkit",
    members: [
      dir("bin", { mode: 0o755 }),
      dir("etc"),
      file("etc/group", "root:x:0:\nstaff:x:50:captain\n"),
      file("etc/hostname", "hold\n"),
      file("etc/legacy.conf", "# Removed two layers up: its bytes stay in this layer.\nmode = old\n"),
      file("etc/motd", "Welcome aboard.\n"),
      file("etc/os-release", OS_RELEASE),
      file("etc/passwd", PASSWD),
      file("etc/shadow", "root:*:20454:0:99999:7:::\ncaptain:!:20454:0:99999:7:::\n", {
        mode: 0o640,
        gid: 42,
        gname: "shadow",
      }),
      dir("home"),
      dir("home/captain", { mode: 0o700, uid: 1000, gid: 50, uname: "captain", gname: "staff" }),
      dir("opt"),
      dir("opt/cargo"),
      file("opt/cargo/bananas.txt", "12 crates\n"),
      file("opt/cargo/coffee.txt", "40 sacks\n"),
      dir("opt/cargo/spices"),
      file("opt/cargo/spices/pepper.txt", "3 barrels\n"),
      dir("tmp", { mode: 0o1777 }),
      dir("usr"),
      dir("usr/bin"),
      file("usr/bin/greet", GREET, { mode: 0o644 }),
      link("usr/bin/hello", "greet"),
      dir("usr/share"),
      dir("var"),
      dir("var/log"),
      file("var/log/build.log", "step 1: keel laid\nstep 2: hull closed\n".repeat(400)),
    ],
  };
}

function cargo(minute: number): DemoLayer {
  const { dir, file, hard, link } = membersAt(minute);
  return {
    createdBy: "COPY share /usr/share/demo # buildkit",
    gzip: true,
    members: [
      dir("usr"),
      dir("usr/share"),
      dir("usr/share/demo"),
      file("usr/share/demo/bill-of-lading.json", `${JSON.stringify(LADING, undefined, 2)}\n`),
      file("usr/share/demo/README.md", README),
      hard("usr/share/demo/READ-ME-TOO.md", "usr/share/demo/README.md"),
      file("usr/share/demo/ship.png", shipPicture()),
      link("usr/share/demo/to-motd", "/etc/motd"),
      link("usr/share/demo/to-nowhere", "../../../not/there"),
      link("usr/share/demo/to-itself", "to-itself"),
      file("usr/share/demo/unicode-名前-é.txt", "Names are bytes; these are UTF-8.\n船 ⚓ 🚢\n"),
      file(
        "usr/share/demo/bytes.bin",
        Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + (i >> 5)) & 0xff),
      ),
    ],
  };
}

function changes(minute: number): DemoLayer {
  const { dir, file } = membersAt(minute);
  return {
    createdBy: "RUN /bin/sh -c rm /etc/legacy.conf && motd > /etc/motd # buildkit",
    members: [
      dir("etc"),
      file("etc/.wh.legacy.conf", ""),
      file("etc/motd", "Welcome aboard. The hold is open: take out what you need.\n"),
      dir("var"),
      dir("var/log"),
      file("var/log/.wh.build.log", ""),
    ],
  };
}

function opaque(minute: number): DemoLayer {
  const { dir, file } = membersAt(minute);
  return {
    createdBy: "RUN /bin/sh -c rm -rf /opt/cargo && mkdir /opt/cargo && load-cargo # buildkit",
    members: [
      dir("opt"),
      dir("opt/cargo"),
      file("opt/cargo/.wh..wh..opq", ""),
      file("opt/cargo/coffee.txt", "38 sacks, two went to the crew\n"),
      file("opt/cargo/tea.txt", "25 chests\n"),
    ],
  };
}

function chmod(minute: number): DemoLayer {
  const { dir, file } = membersAt(0);
  return {
    createdBy: "RUN /bin/sh -c chmod 0755 /usr/bin/greet # buildkit",
    members: [membersAt(minute).dir("usr"), dir("usr/bin"), file("usr/bin/greet", GREET, { mode: 0o755 })],
  };
}

function membersAt(minute: number) {
  const mtime = DEMO_EPOCH + 60 * minute;
  const owner = { uname: "root", gname: "root" };
  return {
    dir: (path: string, fields: Fields = {}): TarMember => ({
      entry: { ...owner, mtime, ...fields, path: `${path}/`, type: "dir" },
    }),
    file: (path: string, content: string | Uint8Array, fields: Fields = {}): TarMember => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      return {
        entry: { ...owner, mtime, ...fields, path, type: "file", size: bytes.length },
        content: sourceOf(bytes),
      };
    },
    link: (path: string, target: string): TarMember => ({
      entry: { ...owner, mtime, path, type: "symlink", mode: 0o777, link: target },
    }),
    hard: (path: string, target: string): TarMember => ({
      entry: { ...owner, mtime, path, type: "link", link: target },
    }),
  };
}

const OS_RELEASE = `NAME="Breakbulk demo"
ID=breakbulk-demo
VERSION_ID=1
PRETTY_NAME="Breakbulk demo image 1"
`;

const PASSWD = `root:x:0:0:root:/root:/bin/sh
captain:x:1000:50:The captain:/home/captain:/usr/bin/greet
`;

const GREET = `#!/bin/sh
# The image's entry point: says what is in the hold.
set -eu
echo "\${GREETING:-Ahoy}, $(id -un)."
for cargo in /opt/cargo/*; do
  printf '%s: %s\\n' "$(basename "$cargo" .txt)" "$(cat "$cargo")"
done
`;

const README = `# A demo image

This image was made in your browser. Nothing was downloaded and nothing leaves it.

Things to look at:

* **Layers**: five of them, and the instructions that made them. The second one is gzip-compressed.
* **/etc/legacy.conf** was removed by layer 2: a *whiteout*. Its bytes still travel with layer 0.
* **/etc/motd** was overwritten by layer 2: both versions can be opened.
* **/opt/cargo** was emptied and filled again by layer 3: an *opaque directory*.
* **/usr/bin/greet** was only made executable by layer 4, and yet all of it was stored again.
* **to-motd** leads to another file, **to-nowhere** and **to-itself** lead nowhere.
* **READ-ME-TOO.md** is a *hard link*: the same file under a second name.
* **ship.png** is a picture, **bytes.bin** is nothing that can be read as text.
`;

const LADING = {
  ship: "MV Breakbulk",
  voyage: 7,
  from: { port: "NLRTM", departed: "2026-01-01" },
  to: { port: "SGSIN", arrived: null },
  cargo: [
    { mark: "A", goods: "coffee", packages: 38, unit: "sack", kg: 2280 },
    { mark: "B", goods: "tea", packages: 25, unit: "chest", kg: 1250.5 },
  ],
  dangerous: false,
};
