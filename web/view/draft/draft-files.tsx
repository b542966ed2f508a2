import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { canMove, folderOf, outermost } from "../../model/draft-paths.ts";
import { rowAt } from "../../model/row-pages.ts";
import { droppedFiles } from "../../platform/dropped.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { FileStatus } from "../files/file-status.tsx";
import { FileTree } from "../files/file-tree.tsx";
import { narrow } from "../part/media.ts";
import { Splitter } from "../part/splitter.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { ChangesPane } from "./changes-pane.tsx";
import { type DraftActions, movedTo } from "./draft-actions.ts";
import { FormPlace } from "./draft-form.tsx";
import { DRAG_TYPE, draftKeys } from "./draft-keys.ts";
import type { DraftPlace } from "./draft-place.ts";
import { DraftPreview } from "./draft-preview.tsx";
import type { DraftProps } from "./draft-props.ts";
import { DraftToolbar } from "./draft-toolbar.tsx";

/** What the files of a draft work with. */
type DraftFilesProps = DraftProps & { readonly place: DraftPlace; readonly actions: DraftActions };

/** Changes, files and preview side by side; one at a time where it is narrow. */
export function DraftFiles(props: DraftFilesProps) {
  const { draft, place, actions } = props;
  const desk = useDesk();
  const { words } = useLanguage();
  useShown(props);
  useGoal(props);
  const changes = <ChangesPane draft={draft} place={place} worker={actions.worker} />;
  const files = <DraftTree {...props} />;
  const preview = <DraftPreview place={place} worker={actions.worker} />;
  if (narrow.value) {
    if (desk.pane.value === "preview") return preview;
    return place.part.value === "changes" ? changes : files;
  }
  return (
    <Splitter
      panes={[
        { id: "changes", min: "140px", start: "22%", content: changes },
        {
          id: "files",
          min: "280px",
          start: "46%",
          handle: `${words.drafts.pane.title} | ${words.files.title}`,
          content: files,
        },
        {
          id: "preview",
          min: "220px",
          start: "32%",
          handle: `${words.files.title} | ${words.preview.title}`,
          content: preview,
        },
      ]}
    />
  );
}

/** Shows what is under the cursor; after a change only when it is another than before, so that nothing loses its place. */
function useShown({ draft, place }: DraftFilesProps): void {
  useSignalEffect(() => {
    const node = place.list.selected.value;
    const standing = draft.standing.value;
    const { reading } = place;
    const layer = (standing?.layers ?? 1) - 1;
    const follow = async () => {
      const before = reading.facts.peek();
      if (node === undefined) {
        reading.clear();
        return;
      }
      if (before?.node === node) {
        const now = await draft.handle.node(0, node, layer);
        const same = now.row.layer === before.row.layer && now.row.removed === before.row.removed;
        if (same) return;
      }
      reading.show(node, layer);
    };
    const timer = setTimeout(() => void follow().catch(() => {}), 60);
    return () => clearTimeout(timer);
  });
}

/** Puts the cursor on the path of the address once, and keeps the address in step with it. */
function useGoal({ archive, draft, place }: DraftFilesProps): void {
  const desk = useDesk();
  const { list, reading } = place;
  useEffect(() => {
    const path = desk.route.peek()?.path;
    if (path !== undefined && path !== reading.facts.peek()?.path) place.goal.value ??= { path };
  }, [desk, place, reading]);
  useSignalEffect(() => {
    const wish = place.goal.value;
    const layers = draft.standing.value?.layers;
    if (wish === undefined || layers === undefined || list.state.value === undefined) return;
    place.goal.value = undefined;
    const follow = async () => {
      const node = "node" in wish ? wish.node : await draft.handle.find(0, wish.path, layers - 1);
      if (node !== undefined) await list.reveal(node);
    };
    void follow().catch(() => {});
  });
  useSignalEffect(() => {
    const path = reading.facts.value?.path;
    const route = desk.route.peek();
    if (route?.archive !== archive.key || path === undefined || path === route.path) return;
    desk.go({ ...route, path }, { replace: true });
  });
}

/** The files with what changes them: tools above, drops onto folders, several selected. */
function DraftTree({ archive, draft, place, actions }: DraftFilesProps) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const box = useRef<HTMLElement>(null);
  const { list } = place;
  const keys = useMemo(() => draftKeys(place, actions), [place, actions]);
  const marked = place.marked.value;
  const editing = useMemo(() => ({ ...keys, marked }), [keys, marked]);
  const trouble = list.trouble.value;

  /** The folder that something dropped here goes into. */
  const folderAt = async (target: Element | undefined): Promise<string> => {
    const index = target?.closest<HTMLElement>("[role=row][data-index]")?.dataset["index"];
    const row = index === undefined ? undefined : rowAt(list.rows.peek(), Number(index));
    if (row === undefined) return "/";
    const { path } = await draft.handle.node(0, row.node, (draft.standing.peek()?.layers ?? 1) - 1);
    return row.type === "dir" && !row.removed ? path : folderOf(path);
  };

  useEffect(() => {
    desk.drafts.receive(({ target, entries }) => {
      if (target === undefined || box.current?.contains(target) !== true) return false;
      const take = async () => {
        const [folder, files] = await Promise.all([folderAt(target), droppedFiles(entries)]);
        await actions.upload(folder, files);
      };
      void take();
      return true;
    });
    return () => desk.drafts.receive(undefined);
  }, [desk, actions, draft]);

  const moveTo = async (target: Element | undefined, dragged: number): Promise<void> => {
    const folder = await folderAt(target);
    const targets = await actions.worker.targets();
    const chosen = targets.some(({ node }) => node === dragged)
      ? targets
      : [await draft.handle.node(0, dragged, (draft.standing.peek()?.layers ?? 1) - 1)];
    const paths = outermost(chosen.map(({ path }) => path)).filter((path) => canMove(path, folder));
    await actions.worker.edit(
      paths.map((path) => ({ kind: "move", path, to: movedTo(path, folder) })),
      {
        done: words.drafts.did.moved(format, paths.length, folder),
        failed: words.drafts.failedTo.moved,
        reveal: paths[0] === undefined ? undefined : movedTo(paths[0], folder),
      },
    );
  };

  return (
    <section
      ref={box}
      class="file-pane draft-tree"
      aria-label={words.files.title}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes(DRAG_TYPE) === true) event.preventDefault();
      }}
      onDrop={(event) => {
        const dragged = event.dataTransfer?.getData(DRAG_TYPE) ?? "";
        if (dragged === "") return;
        event.preventDefault();
        void moveTo(event.target instanceof Element ? event.target : undefined, Number(dragged));
      }}
    >
      <DraftToolbar place={place} actions={actions} />
      <FormPlace place={place} actions={actions} />
      {trouble !== undefined && <TroubleNote trouble={trouble} advice={false} />}
      <FileTree image={0} place={place} archive={archive} editing={editing} />
      <FilePaneStatus archive={archive} place={place} draft={draft} />
    </section>
  );
}

function FilePaneStatus({ archive, draft, place }: DraftProps & { readonly place: DraftPlace }) {
  const { words, format } = useLanguage();
  const image = archive.state.value.archive?.images[0];
  const standing = draft.standing.value;
  if (image === undefined) return null;
  return (
    <div class="draft-status">
      <FileStatus archive={archive} image={image} list={place.list} />
      {standing !== undefined && (
        <span class="draft-pending" role="status" title={words.drafts.kept}>
          {standing.steps === 0
            ? words.drafts.none
            : words.drafts.pending(
                format,
                standing.steps,
                standing.added,
                standing.changed,
                standing.deleted,
              )}
          {standing.bytes > 0 && ` · ${format.bytes(standing.bytes)}`}
        </span>
      )}
    </div>
  );
}
