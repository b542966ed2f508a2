import { type RunConfig, readStoredImage, resolveImage, runConfigJson } from "../image/mod.ts";
import { formatJson } from "../oci/mod.ts";
import { type ContainerRecord, editTable } from "../store/mod.ts";
import type { ContainerContext } from "./context.ts";
import { freeName, inventID, inventName, type RandomBytes } from "./name.ts";
import { runSettings } from "./run-settings.ts";

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
 * Makes a container of an image: nothing but a record, which keeps the image from now on.
 * @throws CoreError `image/missing`, `container/command`, `container/name` in the engine's words; what reading the image throws.
 */
export async function createContainer(
  context: ContainerContext,
  options: CreateOptions,
): Promise<ContainerRecord> {
  const { store, newHasher, signal } = context;
  const { image: text, settings = {}, random } = options;
  const table = await store.table.snapshot();
  const { image, name } = resolveImage(table, text);
  const target = name?.target ?? image.target;
  const { config } = await readStoredImage(store, { id: image.id, target }, { newHasher, signal });
  const own: RunConfig = { attachStdout: true, attachStderr: true, ...settings, image: text };
  const merged = runSettings(own, config.container ?? {}, { idle: options.idle });
  const created = context.now();
  const { record } = await editTable(store.table, (now) => {
    const id = inventID(random);
    const made: ContainerRecord = {
      id,
      name: options.name ? freeName(now, options.name) : inventName(now, random),
      image: image.id,
      target,
      imageName: text,
      created,
      config: formatJson(runConfigJson({ ...merged, hostname: settings.hostname || id.slice(0, 12) })),
      drafts: [],
      undone: [],
    };
    // The image may have gone since: nothing would keep what the container is made of.
    resolveImage(now, image.id);
    return { changes: [{ kind: "container", id, record: made }], record: made };
  });
  return record;
}
