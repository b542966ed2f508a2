import { type RunConfig, readStoredImage, resolveImage, runConfigJson } from "../image/mod.ts";
import { formatJson } from "../oci/mod.ts";
import { type ContainerRecord, type DraftRecord, editTable, type TableSnapshot } from "../store/mod.ts";
import type { ContainerContext } from "./context.ts";
import { freeName, inventID, inventName, type RandomBytes } from "./name.ts";
import { runSettings } from "./run-settings.ts";
import { cleanWorkingDirectory, workingDirectoryDrafts } from "./working-directory.ts";

/** What {@link createContainer} takes. */
export interface CreateOptions {
  /** The image, by name or ID. */
  readonly image: string;
  /** Default: one is invented. */
  readonly name?: string | undefined;
  /** What differs from the image. Labels and lists that are absent come from the image. */
  readonly settings?: RunConfig | undefined;
  /** Nothing need say what to start: the container is made for its files. Default: as engines, which refuse that. */
  readonly idle?: boolean | undefined;
  readonly random: RandomBytes;
}

/**
 * Makes a container of an image: nothing but a record, which keeps the image from now on. A working directory that the settings name is its first
 * change where the image has none of that name; for this alone the image's layers are read.
 * @throws CoreError `image/missing`, `container/command`, `container/name`, `container/path` in the engine's words; what reading the image
 * throws.
 */
export async function createContainer(
  context: ContainerContext,
  options: CreateOptions,
): Promise<ContainerRecord> {
  const { store, newHasher, signal } = context;
  const { image: text, settings = {}, random } = options;
  const table = await store.table.snapshot();
  const { image, target } = resolveImage(table, text);
  const { config } = await readStoredImage(store, { id: image.id, target }, { newHasher, signal });
  const path = settings.workingDir ? cleanWorkingDirectory(settings.workingDir) : undefined;
  const own: RunConfig = {
    attachStdout: true,
    attachStderr: true,
    ...settings,
    workingDir: path,
    image: text,
  };
  const merged = runSettings(own, config.container ?? {}, { idle: options.idle });
  const created = context.now();
  const lease = await store.lease(target.digest);
  let drafts: readonly DraftRecord[] = [];
  try {
    const make = (now: TableSnapshot): ContainerRecord => {
      const id = inventID(random);
      return {
        id,
        name: options.name ? freeName(now, options.name) : inventName(now, random),
        image: image.id,
        target,
        imageName: text,
        created,
        config: formatJson(runConfigJson({ ...merged, hostname: settings.hostname || id.slice(0, 12) })),
        drafts,
        undone: [],
      };
    };
    if (path !== undefined) drafts = await workingDirectoryDrafts(context, make(table), { path, lease });
    const { record } = await editTable(store.table, (now) => {
      const made = make(now);
      // The image may have gone since: nothing would keep what the container is made of.
      resolveImage(now, image.id);
      return { changes: [{ kind: "container", id: made.id, record: made }], record: made };
    });
    return record;
  } finally {
    await lease.release();
  }
}
