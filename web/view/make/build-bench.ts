import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { PageFile } from "../../model/console.ts";
import { pagePath } from "../../model/console-path.ts";
import { type NamedField } from "../../model/make-settings.ts";
import type { BuildOutcome, BuildRequest, BuildTelling, NewFile } from "../../model/making.ts";
import { visibleName } from "../../model/name.ts";
import { newName } from "../../model/new-name.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { eachFile } from "../../platform/file-sizes.ts";
import type { Desk } from "../desk.ts";
import { showKept } from "../kept/show-kept.ts";
import type { ChosenFolder } from "./choose-folder.ts";

/** What a build takes files from. */
export type BuildFiles =
  | { readonly kind: "none" }
  | { readonly kind: "tar"; readonly tar: File }
  | {
      readonly kind: "files";
      readonly name: string;
      readonly files: readonly NewFile[];
      /** `undefined` while they are added up. */
      readonly bytes?: number | undefined;
    };

/** One step of a build as it is shown. */
export type ShownStep = Extract<BuildTelling, { readonly type: "step" }>;
type Warning = Extract<BuildTelling, { readonly type: "warning" }>;

/** How a build stands. */
export interface BuildRun {
  readonly phase: "idle" | "running" | "done" | "failed" | "stopped";
  readonly steps: readonly ShownStep[];
  readonly warnings: readonly Warning[];
  readonly pulling?: string | undefined;
  readonly trouble?: Trouble | undefined;
  readonly outcome?: BuildOutcome | undefined;
}

/** What a build is asked for beside its files and its Dockerfile. */
export interface BuildChoices {
  /** Parted by spaces. */
  readonly names: string;
  readonly target: string;
  readonly platform: string;
  readonly args: readonly NamedField[];
  readonly labels: readonly NamedField[];
  readonly noCache: boolean;
  readonly reproducible: boolean;
  readonly compression: "gzip" | "none";
}

/** A build that is prepared or under way; one per page. It goes on when its panel is closed. */
export interface BuildBench {
  readonly files: ReadonlySignal<BuildFiles>;
  /** Files read so far of a folder that is being read. */
  readonly reading: Signal<number | undefined>;
  /** Of the Dockerfile: its text and its name in the context. */
  readonly text: Signal<string>;
  readonly file: Signal<string>;
  readonly choices: Signal<BuildChoices>;
  readonly run: ReadonlySignal<BuildRun>;
  /** Takes a folder as the context, and its Dockerfile where there is one. */
  takeFolder(folder: ChosenFolder): Promise<void>;
  takeTar(tar: File): void;
  /** Takes a text as the Dockerfile. */
  takeDockerfile(file: File): Promise<void>;
  clear(): void;
  /** Takes another Dockerfile of the context. */
  chooseFile(path: string): Promise<void>;
  build(options?: { readonly skipRun?: boolean }): Promise<void>;
  stop(): void;
}

const IDLE: BuildRun = { phase: "idle", steps: [], warnings: [] };
const CHOICES: BuildChoices = {
  names: "",
  target: "",
  platform: "",
  args: [],
  labels: [],
  noCache: false,
  reproducible: false,
  compression: "gzip",
};

/** Whether a file is a Dockerfile by its name. */
export function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /^(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$|\.(?:Dockerfile|Containerfile)$/iu.test(name);
}

const benches = new WeakMap<Desk, BuildBench>();

/** The bench of the page. */
export function buildBench(desk: Desk): BuildBench {
  const there = benches.get(desk);
  if (there !== undefined) return there;
  const made = createBuildBench(desk);
  benches.set(desk, made);
  return made;
}

function createBuildBench(desk: Desk): BuildBench {
  const files = signal<BuildFiles>({ kind: "none" });
  const reading = signal<number | undefined>(undefined);
  const text = signal(desk.language.peek().words.make.build.begin);
  const file = signal("Dockerfile");
  const choices = signal(CHOICES);
  const run = signal<BuildRun>(IDLE);
  let end: AbortController | undefined;

  async function chooseFile(path: string): Promise<void> {
    const context = files.peek();
    const found = context.kind === "files" ? context.files.find((one) => one.path === path) : undefined;
    if (found === undefined) return;
    file.value = path;
    text.value = await found.content.text();
    run.value = IDLE;
  }

  /** Adds up a folder, and gives it to the console, in which the command below the panel can be run. */
  async function measure(
    context: Extract<BuildFiles, { readonly kind: "files" }>,
    found: ChosenFolder["files"],
  ): Promise<void> {
    let bytes = 0;
    const page: PageFile[] = [];
    await eachFile(found, ({ path, file: blob }) => {
      bytes += blob.size;
      const inside = pagePath(context.name === "" ? path : `${context.name}/${path}`);
      page.push({ path: inside, blob, mtime: blob.lastModified / 1000 });
    });
    if (files.peek() !== context) return;
    files.value = { ...context, bytes };
    desk.console.files.put(page);
  }

  function heard(telling: BuildTelling): void {
    const now = run.peek();
    if (telling.type === "warning") run.value = { ...now, warnings: [...now.warnings, telling] };
    else if (telling.type === "pulling") run.value = { ...now, pulling: telling.name };
    else {
      const steps = now.steps.filter(({ number }) => number !== telling.number);
      run.value = {
        ...now,
        pulling: undefined,
        steps: [...steps, telling].sort((a, b) => a.number - b.number),
      };
    }
  }

  function finished(outcome: BuildOutcome): void {
    const { words, format } = desk.language.peek();
    const say = words.make.build;
    const title = say.built(visibleName(outcome.tags[0] ?? outcome.id.slice(7, 19)));
    const about = say.builtWith(format, outcome.layers, outcome.warnings);
    if (desk.panel.peek()?.kind === "build") {
      desk.panel.value = undefined;
      desk.tell({ title, text: about });
      showKept(desk, outcome.id);
    } else {
      const show = () => showKept(desk, outcome.id);
      desk.tell({ title, text: about, action: { label: say.open, run: show } });
    }
  }

  return {
    files,
    reading,
    text,
    file,
    choices,
    run,
    chooseFile,
    async takeFolder({ name, files: found }) {
      run.value = IDLE;
      const context = {
        kind: "files",
        name,
        files: found.map(({ path, file: content }) => ({ path, content })),
      } as const;
      files.value = context;
      void measure(context, found);
      const [first] = dockerfilesOf(files.peek());
      if (first !== undefined) await chooseFile(first);
    },
    takeTar(tar) {
      run.value = IDLE;
      desk.console.files.take([tar]);
      files.value = { kind: "tar", tar };
      text.value = "";
      file.value = "Dockerfile";
    },
    async takeDockerfile(given) {
      run.value = IDLE;
      file.value = given.name;
      text.value = await given.text();
    },
    clear() {
      run.value = IDLE;
      files.value = { kind: "none" };
    },
    async build({ skipRun } = {}) {
      end?.abort();
      const own = new AbortController();
      end = own;
      run.value = { ...IDLE, phase: "running" };
      const listen = (telling: BuildTelling) => {
        if (!own.signal.aborted) heard(telling);
      };
      try {
        const request = { ...requestOf({ files, text, file, choices }), skipRun };
        const outcome = await desk.making.build(request, { signal: own.signal, listen });
        if (own.signal.aborted) return;
        run.value = { ...run.peek(), phase: "done", outcome };
        finished(outcome);
      } catch (error) {
        if (own.signal.aborted) return;
        const trouble = troubleOf(error);
        run.value = { ...run.peek(), phase: "failed", pulling: undefined, trouble };
        const { words } = desk.language.peek();
        if (desk.panel.peek()?.kind !== "build" && trouble !== undefined)
          desk.fail(words.make.build.failed, trouble);
        else desk.say(`${words.make.build.failed}. ${trouble?.message ?? ""}`);
      }
    },
    stop() {
      end?.abort();
      run.value = { ...run.peek(), phase: "stopped", pulling: undefined };
    },
  };
}

/** By their files: the panel asks at every drawing. */
const dockerfiles = new WeakMap<readonly NewFile[], readonly string[]>();

/** The Dockerfiles of a context, the one that is meant by default first. */
export function dockerfilesOf(context: BuildFiles): readonly string[] {
  if (context.kind !== "files") return [];
  const known = dockerfiles.get(context.files);
  if (known !== undefined) return known;
  const found = context.files.map(({ path }) => path).filter(isDockerfile);
  const rank = (path: string): number => (path === "Dockerfile" ? -1 : path.split("/").length);
  found.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  dockerfiles.set(context.files, found);
  return found;
}

/** The names of the field; `undefined` among them for what is none. */
export function namesOf(text: string): readonly (string | undefined)[] {
  return text
    .split(/[\s,]+/u)
    .filter((word) => word !== "")
    .map((word) => {
      const asked = newName(word);
      return "name" in asked ? asked.name : undefined;
    });
}

/** What to ask for. */
export function requestOf({
  files,
  text,
  file,
  choices,
}: Pick<BuildBench, "files" | "text" | "file" | "choices">): BuildRequest {
  const { names, target, platform, args, labels, noCache, reproducible, compression } = choices.peek();
  const context = files.peek();
  const pairs = (rows: readonly NamedField[]) =>
    rows.filter(({ name }) => name.trim() !== "").map(({ name, value }) => [name.trim(), value] as const);
  return {
    ...(context.kind === "tar" && text.peek().trim() === "" ? {} : { dockerfile: text.peek() }),
    file: file.peek(),
    context:
      context.kind === "tar"
        ? { tar: context.tar }
        : { files: context.kind === "files" ? context.files : [] },
    tags: namesOf(names).flatMap((name) => name ?? []),
    args: pairs(args),
    labels: pairs(labels),
    compression,
    ...(target !== "" && { target }),
    ...(platform.trim() !== "" && { platform: platform.trim() }),
    ...(noCache && { noCache }),
    ...(reproducible && { sourceDateEpoch: 0 }),
  };
}
