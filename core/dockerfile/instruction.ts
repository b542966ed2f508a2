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

/** What an instruction says, before any substitution. */
export type InstructionBody =
  | {
      readonly kind: "from";
      readonly image: string;
      readonly name: string | undefined;
      readonly platform: string | undefined;
    }
  | {
      readonly kind: "arg";
      readonly args: readonly { readonly name: string; readonly value: string | undefined }[];
    }
  | {
      readonly kind: "env" | "label";
      readonly pairs: readonly NamedValue[] /** `ENV name value`. */;
      readonly old: boolean;
    }
  | { readonly kind: "copy" | "add"; readonly copy: CopySpec }
  | { readonly kind: "cmd" | "entrypoint"; readonly command: CommandLine }
  | { readonly kind: "run"; readonly command: CommandLine; readonly heredocs: readonly Heredoc[] }
  | { readonly kind: "shell"; readonly words: readonly string[] }
  | { readonly kind: "expose" | "volume"; readonly values: readonly string[] }
  | { readonly kind: "maintainer" | "user" | "workdir" | "stopsignal"; readonly value: string }
  | { readonly kind: "healthcheck"; readonly health: HealthcheckSpec }
  | { readonly kind: "onbuild"; readonly trigger: string };

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
