import { isCoreError } from "../error.ts";
import { expandWord } from "./expand.ts";

/** A document that stands in the Dockerfile itself, below the instruction that takes it. */
export interface Heredoc {
  readonly name: string;
  /** File descriptor it is given to, of RUN; 0 when not said. */
  readonly fd: number;
  /** Whether variables in it are substituted: no part of the name was quoted. */
  readonly expand: boolean;
  /** `<<-`: tabs at the front of its lines are dropped. */
  readonly chomp: boolean;
  /** As it stands in the file, line ends and tabs included. */
  readonly content: string;
}

const HEREDOC = /^(\d*)<<(-?)\s*([^<]*)$/;
const none = (): undefined => undefined;

/** What `word` opens, without content; `undefined` when it is no heredoc. */
export function parseHeredoc(word: string): Heredoc | undefined {
  const match = HEREDOC.exec(word);
  const rest = match?.[3] ?? "";
  if (match === null || rest === "") return undefined;
  const [plain, other] = words(rest, false);
  const [raw, another] = words(rest, true);
  if (plain === undefined || raw === undefined || other !== undefined || another !== undefined)
    return undefined;
  return {
    name: plain,
    fd: Number(match[1]!.slice(0, 9)),
    expand: plain === raw,
    chomp: match[2] === "-",
    content: "",
  };
}

/** The heredocs that the words of `line` open, in their order. */
export function heredocsOf(line: string): Heredoc[] {
  if (!line.includes("<<")) return [];
  return words(line, true).flatMap((word) => parseHeredoc(word) ?? []);
}

/** The content, with leading tabs of its lines dropped where `<<-` says so. */
export const heredocContent = ({ chomp, content }: Heredoc): string =>
  chomp ? content.replace(/^\t+/gm, "") : content;

/** The shell words of a line; a quote that is left open opens no heredoc. */
function words(text: string, raw: boolean): readonly string[] {
  try {
    return expandWord(text, none, { rawQuotes: raw, rawEscapes: raw, keepUnset: true }).words;
  } catch (error) {
    if (isCoreError(error)) return [];
    throw error;
  }
}
