import type { WantedFile } from "./console.ts";

/** Spellings of a verb's flag that names a file to be read. */
interface Reading {
  readonly flags: readonly string[];
  /** Flags that take a value which names nothing to be read. */
  readonly others: readonly string[];
  /** Which arguments are read; of those given. */
  readonly args: (args: readonly string[]) => readonly WantedFile[];
}

const file = (path: string): WantedFile => ({ path, kind: "file" });
const none = (): readonly WantedFile[] => [];

/** A place in a container: `web:/etc`; what begins with a slash or a dot is none. */
const isInContainer = (word: string): boolean => /^[^./][^:/]*:/u.test(word);

const READINGS: Readonly<Record<string, Reading>> = {
  load: { flags: ["-i", "--input"], others: ["--platform"], args: none },
  import: {
    flags: [],
    others: ["-c", "--change", "-m", "--message", "--platform"],
    args: ([first]) => (first === undefined || /^https?:/u.test(first) ? [] : [file(first)]),
  },
  cp: {
    flags: [],
    others: [],
    args: ([from]) => (from === undefined || isInContainer(from) ? [] : [file(from)]),
  },
  build: {
    flags: ["-f", "--file"],
    others: [
      "-t",
      "--tag",
      "--build-arg",
      "--target",
      "--platform",
      "--label",
      "--output",
      "-o",
      "--progress",
      "--iidfile",
    ],
    args: ([context]) =>
      context === undefined || /^(?:https?|git|ssh):|^git@|\.git(?:#|$)/u.test(context)
        ? []
        : [{ path: context, kind: "folder" }],
  },
};

/** Files that a docker command line is going to read: so that the page can ask for those it does not have before the command fails for want of them. */
export function filesRead(argv: readonly string[]): readonly WantedFile[] {
  const words = argv.filter(
    (word, index) => index > 0 || !/^(?:image|container|builder|buildx)$/u.test(word),
  );
  const reading = READINGS[words[0] ?? ""];
  if (reading === undefined) return [];
  const { flags, others } = reading;
  const args: string[] = [];
  const wanted: WantedFile[] = [];
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const [name, value] = splitFlag(word);
    if (flags.includes(name)) wanted.push(file(value ?? words[(index += 1)] ?? ""));
    else if (others.includes(name)) index += value === undefined ? 1 : 0;
    else if (!word.startsWith("-") || word === "-") args.push(word);
  }
  // A Dockerfile comes with the folder that it lies in.
  const all = [...reading.args(args), ...wanted];
  return all.filter(({ path }) => path !== "" && path !== "-" && !path.startsWith("/dev/"));
}

/** `--input=x` in its parts. `-ix` is not taken apart: the command itself says then that the file is missing. */
function splitFlag(word: string): readonly [string, string | undefined] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
