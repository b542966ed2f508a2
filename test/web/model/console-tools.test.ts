import { describe, expect, it } from "vitest";
import { TOOL_NAMES } from "../../../web/model/console.ts";
import { type Chunks, ToolError } from "../../../web/model/console-tool.ts";
import { TOOLS } from "../../../web/model/console-tools.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import { cat, END, member } from "../../support/tar.ts";

const encoder = new TextEncoder();
const FILES: Readonly<Record<string, string>> = { one: "1\n", two: "2\n2\n" };

interface Ran {
  readonly out: string;
  readonly code: number;
}

/** What a tool prints, fed with `input` in chunks of whatever size. */
async function run(
  name: string,
  args: readonly string[],
  input: string | Uint8Array,
  sizes: () => number = () => Number.POSITIVE_INFINITY,
): Promise<Ran> {
  const bytes = typeof input === "string" ? encoder.encode(input) : input;
  const feed = async function* (some: Uint8Array): Chunks {
    yield* chunked(some, sizes);
  };
  const decoder = new TextDecoder();
  let out = "";
  const code = await TOOLS[name]?.({
    args,
    input: feed(bytes),
    open: async (file) => feed(encoder.encode(FILES[file] ?? "")),
    print: async (chunk) => {
      out += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    },
    warn: async () => {},
    signal: new AbortController().signal,
  });
  return { out, code };
}

const NUMBERS = Array.from({ length: 30 }, (_, index) => `${index + 1}\n`).join("");
const TABLE =
  "REPOSITORY   TAG   SIZE\napp          1     5MB\nweb          2     70kB\napp          2     1.2GB\n";

const VECTORS: readonly (readonly [string, readonly string[], string, string])[] = [
  ["cat", [], "a\nb", "a\nb"],
  ["cat", ["one", "-", "two"], "x\n", "1\nx\n2\n2\n"],
  ["cat", ["-n"], "a\nb\n", "     1\ta\n     2\tb\n"],
  ["head", ["-n", "2"], NUMBERS, "1\n2\n"],
  ["head", ["-3"], NUMBERS, "1\n2\n3\n"],
  ["head", ["-n0"], NUMBERS, ""],
  ["head", [], NUMBERS, NUMBERS.slice(0, 21)],
  ["head", ["-c", "3"], "镜像", "镜"],
  ["tail", ["-n", "2"], NUMBERS, "29\n30\n"],
  ["tail", ["-1"], "a\nb", "b\n"],
  ["tail", ["-n", "+29"], NUMBERS, "29\n30\n"],
  ["tail", ["-n+2"], TABLE, TABLE.slice(TABLE.indexOf("\n") + 1)],
  ["tail", ["-c", "3"], "abcdef", "def"],
  ["tail", ["-n", "100"], "a\n", "a\n"],
  ["grep", ["app"], TABLE, "app          1     5MB\napp          2     1.2GB\n"],
  ["grep", ["-v", "app"], TABLE, "REPOSITORY   TAG   SIZE\nweb          2     70kB\n"],
  ["grep", ["-ic", "APP"], TABLE, "2\n"],
  ["grep", ["-n", "web"], TABLE, "3:web          2     70kB\n"],
  ["grep", ["-o", "[0-9.]*GB"], TABLE, "1.2GB\n"],
  ["grep", ["-E", "^(app|web) +2"], TABLE, "web          2     70kB\napp          2     1.2GB\n"],
  ["grep", ["^\\(app\\|web\\) *2"], TABLE, "web          2     70kB\napp          2     1.2GB\n"],
  ["grep", ["a+b"], "a+b\naab\n", "a+b\n"],
  ["grep", ["-F", "a.b"], "a.b\naxb\n", "a.b\n"],
  ["grep", ["-w", "ap"], "ap p\napp\n", "ap p\n"],
  ["grep", ["-x", "app"], "app\napp 1\n", "app\n"],
  ["grep", ["-e", "1.2", "-e", "70"], TABLE, "web          2     70kB\napp          2     1.2GB\n"],
  ["grep", ["-m1", "app"], TABLE, "app          1     5MB\n"],
  ["grep", ["[[:digit:]]kB"], TABLE, "web          2     70kB\n"],
  ["wc", ["-l"], NUMBERS, "30\n"],
  ["wc", [], "one two\nthree\n", "      2       3      14\n"],
  ["wc", ["-c"], "镜像", "6\n"],
  ["wc", ["-m"], "镜像", "2\n"],
  ["wc", ["-l", "one", "two"], "", " 1 one\n 2 two\n 3 total\n"],
  ["sort", [], "b\na\nC\n", "C\na\nb\n"],
  ["sort", ["-f"], "b\na\nC\n", "a\nb\nC\n"],
  ["sort", ["-rn"], "9\n10\n-1\n", "10\n9\n-1\n"],
  ["sort", ["-u"], "b\na\nb\n", "a\nb\n"],
  ["sort", ["-k3", "-h"], "a x 5MB\nb x 70kB\nc x 1.2GB\n", "b x 70kB\na x 5MB\nc x 1.2GB\n"],
  ["sort", ["-t:", "-k2,2nr"], "a:1\nb:10\nc:9\n", "b:10\nc:9\na:1\n"],
  ["uniq", [], "a\na\nb\na\n", "a\nb\na\n"],
  ["uniq", ["-c"], "a\na\nb\n", "      2 a\n      1 b\n"],
  ["uniq", ["-d"], "a\na\nb\n", "a\n"],
  ["uniq", ["-u"], "a\na\nb\n", "b\n"],
  ["cut", ["-d:", "-f2"], "a:b:c\nplain\n", "b\nplain\n"],
  ["cut", ["-d:", "-f1,3-", "-s"], "a:b:c:d\nplain\n", "a:c:d\n"],
  ["cut", ["-c8-19"], "sha256:0123456789abcdef\n", "0123456789ab\n"],
  ["awk", ["{print $3}"], TABLE, "SIZE\n5MB\n70kB\n1.2GB\n"],
  ["awk", ['NR>1 {print $1":"$2}'], TABLE, "app:1\nweb:2\napp:2\n"],
  ["awk", ["/web/ {print $1, $NF}"], TABLE, "web 70kB\n"],
  ["awk", ["-F:", "{ print $2 }"], "a:b\n", "b\n"],
  ["echo", ["a", "b"], "", "a b\n"],
  ["echo", ["-n", "a"], "", "a"],
  ["jq", ["."], '{"b":1,"a":[]}', '{\n  "b": 1,\n  "a": []\n}\n'],
  ["jq", [".[0].Id"], '[{"Id":"sha256:1"}]', '"sha256:1"\n'],
  ["jq", ["-r", ".[] | .Name"], '[{"Name":"a"},{"Name":"b"}]', "a\nb\n"],
  ["jq", ["-r", ".Repository"], '{"Repository":"a"}\n{"Repository":"b"}\n', "a\nb\n"],
  ["jq", ["-c", ".a.b, .c"], '{"a":{"b":{"x":1}},"c":null}', '{"x":1}\nnull\n'],
  ["jq", ['."a b"["c"]'], '{"a b":{"c":2}}', "2\n"],
  ["jq", [".[-1], .[1:]"], "[1,2,3]", "3\n[\n  2,\n  3\n]\n"],
  ["jq", [".[].a?"], '[1,{"a":2}]', "2\n"],
  ["jq", ["keys"], '{"b":1,"a":2}', '[\n  "a",\n  "b"\n]\n'],
  ["jq", ["length"], "[1,2]", "2\n"],
  ["jq", ["-r", ".[] | select(.n > 1) | .s"], '[{"n":1,"s":"a"},{"n":2,"s":"b"}]', "b\n"],
  ["jq", ["-r", '.[] | select(.s == "a|b,c") | .n'], '[{"n":1,"s":"a|b,c"}]', "1\n"],
  ["jq", ["-cs", "."], '1 2 "x"', '[1,2,"x"]\n'],
];

describe("a tool of the console", () => {
  it.each(VECTORS)("%s %j", async (name, args, input, out) => {
    for (const { next } of CHUNKINGS) expect((await run(name, args, input, next())).out).toBe(out);
  });

  it("is among the names that are completed", () => {
    expect(Object.keys(TOOLS)).toEqual([...TOOL_NAMES]);
  });

  it("sha256sum and tar look into bytes", async () => {
    const archive = cat(
      member({ name: "etc/", type: "5", mode: 0o755, uname: "root", gname: "root" }),
      member({ name: "etc/motd", uid: 7, gid: 8 }, "Ahoy\n"),
      member({ name: "etc/ln\x1b", type: "2", link: "motd", mode: 0o777 }),
      END,
    );
    for (const { next } of CHUNKINGS) {
      expect((await run("tar", ["-tv"], archive, next())).out).toBe(
        [
          "drwxr-xr-x root/root         0 1970-01-01 00:00 etc/",
          "-rw-r--r-- 7/8               5 1970-01-01 00:00 etc/motd",
          "lrwxrwxrwx 0/0               0 1970-01-01 00:00 etc/ln\\033 -> motd",
          "",
        ].join("\n"),
      );
    }
    expect((await run("tar", ["tf", "-"], archive)).out).toBe("etc/\netc/motd\netc/ln\\033 -> motd\n");
    await expect(run("tar", ["-t"], archive.subarray(0, 700))).rejects.toBeInstanceOf(ToolError);
    await expect(run("tar", ["-x"], archive)).rejects.toBeInstanceOf(ToolError);
    expect((await run("sha256sum", [], "abc")).out).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n",
    );
  });

  it("gives 1 when grep finds nothing, and says nothing when it is to be quiet", async () => {
    expect(await run("grep", ["nope"], TABLE)).toEqual({ out: "", code: 1 });
    expect(await run("grep", ["-q", "app"], TABLE)).toEqual({ out: "", code: 0 });
  });

  it("packs and unpacks", async () => {
    const pack = async (name: string, args: readonly string[], bytes: Uint8Array): Promise<Uint8Array> => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      await TOOLS[name]?.({
        args,
        input: (async function* () {
          yield new Uint8Array(bytes);
        })(),
        open: async () => (async function* () {})(),
        print: async (chunk) => void parts.push(typeof chunk === "string" ? new Uint8Array() : chunk.slice()),
        warn: async () => {},
        signal: new AbortController().signal,
      });
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    };
    const bytes = encoder.encode(TABLE.repeat(5000));
    const packed = await pack("gzip", ["-9"], bytes);
    expect(packed.length).toBeLessThan(bytes.length / 20);
    expect(await pack("gunzip", [], packed)).toEqual(bytes);
    expect(await pack("gzip", ["-dc"], packed)).toEqual(bytes);
  });

  it.each([
    ["head", ["-n", "x"]],
    ["head", ["-z"]],
    ["grep", []],
    ["grep", ["-E", "("]],
    ["sort", ["-k0"]],
    ["cut", []],
    ["cut", ["-fx"]],
    ["awk", ['BEGIN {system("x")}']],
    ["jq", ["map(.a)"]],
    ["jq", [".a["]],
    ["jq", [".a | "]],
    ["wc", ["--nope"]],
  ])("says what it does not understand: %s %j", async (name, args) => {
    await expect(run(name, args, "x\n")).rejects.toBeInstanceOf(ToolError);
  });

  it.each(['{"a":', '"open', "}", "[1,]", "{} ]", '{"a" 1}'])(
    "jq refuses what is no JSON: %j",
    async (text) => {
      await expect(run("jq", ["."], text)).rejects.toBeInstanceOf(ToolError);
    },
  );

  it("jq bears what nests deeply", async () => {
    const deep = `${"[".repeat(3000)}${"]".repeat(3000)}`;
    expect((await run("jq", [".[0][0] | length"], deep)).out).toBe("1\n");
    await expect(run("jq", ["."], "[".repeat(200_000))).rejects.toBeInstanceOf(ToolError);
  });

  it("head stops reading once it has enough", async () => {
    let read = 0;
    let ended = false;
    const endless = async function* (): Chunks {
      try {
        for (;;) {
          read += 1;
          yield encoder.encode("line\n");
        }
      } finally {
        ended = true;
      }
    };
    await TOOLS["head"]?.({
      args: ["-n", "3"],
      input: endless(),
      open: async () => endless(),
      print: async () => {},
      warn: async () => {},
      signal: new AbortController().signal,
    });
    expect([read, ended]).toEqual([3, true]);
  });
});
