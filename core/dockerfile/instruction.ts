import type { LineRange } from "./error.ts";
import type { Heredoc } from "./heredoc.ts";

/** A name and its value, as written. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** A command line in one of its two forms. */
export interface CommandLine {
  /** A JSON array; else one text for the shell. */
  readonly json: boolean;
  readonly words: readonly string[];
}

/** How the health of a container is tested, as HEALTHCHECK says it. Times are in nanoseconds. */
export interface HealthcheckSpec {
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

/** A file that stands in the Dockerfile. */
export interface InlineFile {
  readonly name: string;
  readonly content: string;
  /** Whether variables in it are substituted. */
  readonly expand: boolean;
}

/** What COPY and ADD say. */
export interface CopySpec {
  readonly sources: readonly string[];
  readonly inline: readonly InlineFile[];
  readonly dest: string;
  readonly from: string | undefined;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly exclude: readonly string[];
  readonly checksum: string | undefined;
  readonly keepGitDir: boolean;
  /** Whether archives are unpacked; `undefined` leaves it to the kind of source. */
  readonly unpack: boolean | undefined;
}

/** What instructions of the kinds `K` say: one member of a union for each. */
type Says<K extends string, T> = K extends string ? { readonly kind: K } & T : never;

/** What an instruction says, before any substitution. */
export type InstructionBody =
  | Says<
      "from",
      {
        readonly image: string;
        /** In lower case. */
        readonly name: string | undefined;
        readonly platform: string | undefined;
        /** The name as written. */
        readonly writtenName: string | undefined;
      }
    >
  | Says<"arg", { readonly args: readonly { readonly name: string; readonly value: string | undefined }[] }>
  | Says<
      "env" | "label",
      { readonly pairs: readonly NamedValue[] /** `ENV name value`. */; readonly old: boolean }
    >
  | Says<"copy" | "add", { readonly copy: CopySpec }>
  | Says<"cmd" | "entrypoint", { readonly command: CommandLine }>
  | Says<"run", { readonly command: CommandLine; readonly heredocs: readonly Heredoc[] }>
  | Says<"shell", { readonly words: readonly string[] }>
  | Says<"expose" | "volume", { readonly values: readonly string[] }>
  | Says<"maintainer" | "user" | "workdir" | "stopsignal", { readonly value: string }>
  | Says<"healthcheck", { readonly health: HealthcheckSpec }>
  | Says<"onbuild", { readonly trigger: string }>;

/** An instruction of one kind. */
export type BodyOf<K extends InstructionBody["kind"]> = Extract<InstructionBody, { readonly kind: K }>;

/** One instruction, understood. */
export type Instruction = InstructionBody & {
  /** In upper case. */
  readonly keyword: string;
  readonly lines: LineRange;
  /** The whole instruction on one line. */
  readonly original: string;
};

/** One stage: FROM and what follows it. */
export interface Stage {
  readonly from: Instruction & { readonly kind: "from" };
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile, understood. */
export interface Stages {
  /** The ARGs before the first FROM. */
  readonly globals: readonly (Instruction & { readonly kind: "arg" })[];
  readonly stages: readonly Stage[];
}
