import { describe, expect, it } from "vitest";
import { copyIn, createContainer, openContainer, removeContainers } from "../../../core/container/mod.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import type { DraftEdit, DraftStanding } from "../../../web/model/drafts.ts";
import type { ArchiveEvent, ViewSpec } from "../../../web/model/engine.ts";
import type { BrowserStore } from "../../../web/store/mod.ts";
import { DraftHold } from "../../../web/worker/draft-hold.ts";
import { Hold } from "../../../web/worker/hold.ts";
import { nodeView } from "../../../web/worker/node-view.ts";
import { Views } from "../../../web/worker/views.ts";
import { containerWorld, entry, putImage } from "../../support/containers.ts";

const never = new AbortController().signal;
const work = { signal: never, tell: () => {} };
const file = (path: string, text: string): DraftEdit => ({ kind: "file", path, content: new Blob([text]) });

/** A store that tells its news when asked to, with one image and one container of it. */
async function opened() {
  const world = containerWorld();
  const watchers = new Set<(news: { readonly kind: "table" }) => void>();
  const own: Partial<BrowserStore> = {
    table: {
      snapshot: () => world.store.table.snapshot(),
      async change(changes, conditions) {
        const done = await world.store.table.change(changes, conditions);
        for (const watcher of watchers) watcher({ kind: "table" });
        return done;
      },
    },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is asked of it is there
    scans: { byBlob: async () => undefined, byDiff: async () => undefined, put: async () => {} } as never,
    watch(listener) {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is asked of it is there
  const store = new Proxy(world.store, {
    get(target, key) {
      if (Object.hasOwn(own, key)) return Reflect.get(own, key);
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? member.bind(target) : member;
    },
  }) as BrowserStore;
  await putImage(
    world,
    [
      [entry("etc/", "dir"), entry("etc/a", { content: "one" }), entry("etc/b", { content: "two" })],
      [entry("srv/", "dir"), entry("srv/x", { content: "ex" })],
    ],
    { name: "app:1" },
  );
  const context = { ...world, store };
  const record = await createContainer(context, { image: "app:1", name: "web-fix", random: world.random });
  const events: ArchiveEvent[] = [];
  const told: DraftStanding[] = [];
  const hold = new Hold({
    crew: { run: () => Promise.reject(new Error("nothing is to be read")), hurry() {} },
    newHasher: newSha256,
    tell: (event) => void events.push(event),
  });
  const draft = await DraftHold.open(
    record.id,
    {
      store,
      hold,
      now: () => 1_700_000_000,
      tell: (event) => void events.push(event),
      told: (s) => void told.push(s),
    },
    never,
  );
  const views = new Views();
  const spec: ViewSpec = {
    image: 0,
    upTo: Number.MAX_SAFE_INTEGER,
    since: told[0].since,
    scope: "merged",
    sort: "name",
    descending: false,
    filter: "",
    changedOnly: false,
    showRemoved: true,
  };
  /** The files as the page lists them, every directory unfolded. */
  const listed = async (patch: Partial<ViewSpec> = {}): Promise<string> => {
    const { tree } = hold.look(0);
    const view = await views.open(tree, { ...spec, ...patch });
    const { rows } = await views.fold(view.view, 0, { expanded: true, deep: true });
    const text = views
      .rows(view.view, 0, rows)
      .map((row) => `${row.mark}${row.removed ? "-" : ""}${row.name}`);
    views.close(view.view);
    return text.join(" ");
  };
  return { context, record, draft, hold, events, told, listed };
}

describe("an open draft", () => {
  it("shows the image's files before anything is changed, and reads none of its layers again", async () => {
    const { events, told, listed } = await opened();
    expect(events.map(({ type }) => type)).toEqual(["opened", "tree"]);
    expect(told).toMatchObject([{ revision: 0, layers: 3, since: 3, steps: 0, added: 0, bytes: 0 }]);
    expect(await listed()).toBe("etc a b srv x");
  });

  it("lays each change over the files, marked against the image", async () => {
    const { draft, listed } = await opened();
    await draft.edit([file("/etc/new", "12345")], work);
    await draft.edit([file("/etc/new", "123")], work);
    await draft.edit([file("/etc/a", "changed")], work);
    const standing = await draft.edit([{ kind: "remove", path: "/srv/x" }], work);
    expect(standing).toMatchObject({ steps: 4, added: 1, changed: 3, deleted: 1, bytes: 10, revision: 4 });
    expect(await listed()).toBe("Metc Ca b Anew Msrv D-x");
    expect(await draft.changes(9)).toMatchObject([
      { kind: "C", path: "/etc", above: true },
      { kind: "C", path: "/etc/a", type: "file", size: 7, above: false },
      { kind: "A", path: "/etc/new", size: 3 },
      { kind: "C", path: "/srv", above: true },
      { kind: "D", path: "/srv/x", size: 2 },
    ]);
  });

  it("takes changes back and makes them again, and nodes keep their numbers", async () => {
    const { draft, hold, listed } = await opened();
    await draft.edit([file("/etc/new", "1")], work);
    await draft.edit([file("/etc/more", "2")], work);
    const { tree } = hold.look(0);
    const nodes = tree.nodeCount;
    expect(await draft.undo(never)).toMatchObject({ steps: 1, next: { verb: "put", path: "/etc/more" } });
    expect(await listed()).toBe("Metc a b Anew srv x");
    expect(await draft.redo(never)).toMatchObject({ steps: 2, last: { path: "/etc/more" }, next: undefined });
    expect(await listed()).toBe("Metc a b Amore Anew srv x");
    await draft.undo(never);
    await draft.undo(never);
    expect(await listed()).toBe("etc a b srv x");
    expect(await draft.undo(never)).toMatchObject({ steps: 0, last: undefined });
    await draft.edit([file("/srv/y", "3")], work);
    expect(await listed()).toBe("etc a b Msrv x Ay");
    expect(tree.nodeCount).toBe(nodes + 1);
    expect(hold.look(0).tree).toBe(tree);
  });

  it("takes over what is done elsewhere, and makes its own change on top", async () => {
    const { draft, context, listed, told } = await opened();
    await draft.edit([file("/etc/mine", "1")], work);
    const other = await openContainer(context, "web-fix", { runtime: false });
    await copyIn(context, other, {
      source: { kind: "path", name: "theirs", members: [entry(".", { content: "2" })] },
      to: "/etc",
    });
    await draft.edit([file("/etc/more", "3")], work);
    expect(await listed()).toBe("Metc a b Amine Amore Atheirs srv x");
    expect(told.at(-1)).toMatchObject({ steps: 3, added: 3 });
  });

  it("says when it was removed, and changes nothing then", async () => {
    const { draft, context, told } = await opened();
    await removeContainers(context, ["web-fix"]);
    await expect(draft.edit([file("/etc/mine", "1")], work)).rejects.toThrow("No such container: web-fix");
    expect(told.at(-1)).toMatchObject({ gone: true });
  });

  it("makes one change of all, with the same files", async () => {
    const { draft, listed } = await opened();
    await draft.edit([file("/etc/a", "changed")], work);
    await draft.edit([file("/etc/a", "again")], work);
    expect(await draft.compact(work)).toMatchObject({ steps: 1, last: { verb: "squash" }, bytes: 5 });
    expect(await listed({ scope: "layer" })).toBe("etc Ca");
  });

  it("plans a commit and makes it", async () => {
    const { draft, context } = await opened();
    await draft.edit([file("/etc/a", "changed")], work);
    const plan = await draft.plan();
    expect(plan).toMatchObject({ entries: 2, settings: { cmd: ["sh"], user: "" } });
    const id = await draft.commit(
      { names: ["app:2"], message: "why", author: "me", changes: ['CMD ["bash"]'] },
      work,
    );
    const { images, names } = await context.store.table.snapshot();
    expect([...images.keys()].map(String)).toContain(id);
    expect([...names.keys()]).toEqual(["docker.io/library/app:1", "docker.io/library/app:2"]);
  });

  it("tells how far a large file is", async () => {
    const { draft } = await opened();
    const told: number[] = [];
    const content = new Blob([new Uint8Array(3_000_000)]);
    await draft.edit([{ kind: "file", path: "/big", content }], {
      signal: never,
      tell: ({ done, total }) => void told.push(done / total),
    });
    expect(told.every((part) => part > 0 && part <= 1)).toBe(true);
  });

  it("keeps nothing of a change that is refused", async () => {
    const { draft, listed } = await opened();
    const wrong: readonly DraftEdit[] = [file("/etc/fine", "1"), { kind: "remove", path: "/nowhere" }];
    await expect(draft.edit(wrong, work)).rejects.toThrow("Cannot use /nowhere: it is not there");
    expect(await listed()).toBe("etc a b srv x");
  });

  it("tells of a path what it is against the image", async () => {
    const { draft, hold } = await opened();
    await draft.edit([file("/etc/a", "changed")], work);
    await draft.edit([{ kind: "owner", path: "/srv/x", uid: 1, gid: 1 }], work);
    const image = hold.look(0);
    const { changes } = { changes: await draft.changes(9) };
    const node = changes.find(({ path }) => path === "/etc/a")!.node;
    expect(nodeView(image, node, 99).row).toMatchObject({ mark: "C", size: 7 });
  });
});
