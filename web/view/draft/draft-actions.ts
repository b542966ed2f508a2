import { folderOf, joined, nameIn, outermost } from "../../model/draft-paths.ts";
import type { Desk } from "../desk.ts";
import type { DraftForm, DraftPlace } from "./draft-place.ts";
import type { DraftWorker } from "./draft-work.ts";
import { chooseUploads, type Upload, uploadEdits } from "./upload.ts";

/** What the tools, the keys and the form of a draft do. */
export interface DraftActions {
  readonly worker: DraftWorker;
  /** Opens the form for something new beside the cursor, or in the folder under it. */
  make(kind: "file" | "directory" | "symlink"): Promise<void>;
  rename(): Promise<void>;
  move(): Promise<void>;
  attributes(): Promise<void>;
  remove(): Promise<void>;
  choose(folder: boolean): Promise<void>;
  upload(folder: string, uploads: readonly Upload[]): Promise<void>;
  /** The folder that new things go into. */
  folder(): Promise<string>;
}

/** The actions on a draft. */
export function draftActions(desk: Desk, place: DraftPlace, worker: DraftWorker): DraftActions {
  const open = (form: DraftForm): void => {
    place.form.value = form;
  };
  const paths = async (): Promise<readonly string[]> =>
    outermost((await worker.targets()).map(({ path }) => path));

  async function folder(): Promise<string> {
    const [first] = await worker.targets();
    if (first === undefined) return "/";
    return first.row.type === "dir" ? first.path : folderOf(first.path);
  }

  async function upload(to: string, uploads: readonly Upload[]): Promise<void> {
    const { words, format } = desk.language.peek();
    if (uploads.length === 0) {
      desk.say(words.drafts.did.nothing);
      return;
    }
    const [first] = uploads;
    const top = first === undefined ? undefined : joined(to, first.path.split("/", 1)[0] ?? "");
    await worker.edit(uploadEdits(to, uploads), {
      done: words.drafts.did.uploaded(format, uploads.length, to),
      failed: words.drafts.failedTo.uploaded,
      reveal: top,
    });
  }

  return {
    worker,
    folder,
    upload,
    async make(kind) {
      open({ kind, folder: await folder() });
    },
    async rename() {
      const [first, ...rest] = await worker.targets();
      if (first !== undefined && rest.length === 0) open({ kind: "rename", path: first.path });
    },
    async move() {
      const moved = await paths();
      if (moved.length > 0) open({ kind: "move", paths: moved });
    },
    async attributes() {
      const targets = await worker.targets();
      if (targets.length > 0) open({ kind: "attributes", targets });
    },
    async remove() {
      const { words, format } = desk.language.peek();
      const gone = await paths();
      await worker.edit(
        gone.map((path) => ({ kind: "remove", path })),
        {
          done: words.drafts.did.removed(format, gone.length),
          failed: words.drafts.failedTo.removed,
        },
      );
    },
    async choose(whole) {
      chooseUploads(whole, (uploads) => void folder().then((to) => upload(to, uploads)));
    },
  };
}

/** Where a path goes when it is moved into a folder. */
export const movedTo = (path: string, folder: string): string => joined(folder, nameIn(path));
