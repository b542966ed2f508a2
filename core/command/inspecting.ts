import { type CoreError, isCoreError } from "../error.ts";
import { resolveImage } from "../image/mod.ts";
import { encodeText, imageDocument as typedImage } from "../template/mod.ts";
import { containerDocument } from "./container-document.ts";
import type { CommandContext } from "./context.ts";
import { documentTemplate, rendered } from "./document.ts";
import { failed, refused, wordsOf } from "./failure.ts";
import type { FoundDocument } from "./found-document.ts";
import { partsOf } from "./image-parts.ts";
import { type InspectDocument, inspectImage } from "./inspect.ts";
import { formatJson } from "./json.ts";
import { platformFlag } from "./platform.ts";
import { checkPlatform } from "./platform-check.ts";
import type { Call } from "./spec.ts";

/** Finds what a word means. @throws CoreError `command/failed` with Docker's words. */
export type FindDocument = (name: string) => Promise<FoundDocument>;

const TYPES = [
  "config",
  "container",
  "image",
  "network",
  "node",
  "plugin",
  "secret",
  "service",
  "task",
  "volume",
];

/** `docker inspect`: a container, else an image, of each name. */
export async function inspectAny(call: Call): Promise<number> {
  const { flags, context } = call;
  const type = flags.text("type");
  const known = TYPES.map((one) => JSON.stringify(one)).join(", ");
  if (type === "") throw failed(`type is empty: must be one of ${known}`);
  if (type !== undefined && !TYPES.includes(type))
    throw failed(`unknown type: ${JSON.stringify(type)}: must be one of ${known}`);
  const find = finderOf(type, { context, size: flags.on("size") });
  return inspect(call, async (name) => {
    if (name === "" && type === undefined) throw failed("invalid container name or ID: value is empty");
    const { document, isContainer } = await find(name);
    if (flags.on("size") && !isContainer) await context.stderr.write("WARNING: --size ignored for image\n");
    return document;
  });
}

interface Found {
  readonly document: FoundDocument;
  readonly isContainer: boolean;
}

function finderOf(
  type: string | undefined,
  { context, size }: { readonly context: CommandContext; readonly size: boolean },
): (name: string) => Promise<Found> {
  const container = async (name: string): Promise<Found> => ({
    document: await containerDocument(name, context, size),
    isContainer: true,
  });
  const image = async (name: string): Promise<Found> => ({
    document: await imageDocument(name, context),
    isContainer: false,
  });
  switch (type) {
    case "image":
      return image;
    case "container":
      return container;
    case "volume":
      return async (name) => {
        throw refused(`get ${name}: no such volume`);
      };
    case undefined:
      return async (name) => {
        for (const find of [container, image]) {
          try {
            return await find(name);
          } catch (error) {
            if (!isCoreError(error)) throw error;
          }
        }
        throw failed(`Error: No such object: ${name}`);
      };
    default:
      return async (name) => {
        throw refused(`${type} ${name} not found`);
      };
  }
}

/** `docker image inspect` */
export async function inspectImages(call: Call): Promise<number> {
  const platform = platformFlag(call.flags.text("platform"), "");
  return inspect(call, (name) => {
    if (name === "") throw failed("Error: No such image: ");
    return imageDocument(name, call.context, platform);
  });
}

async function imageDocument(
  name: string,
  context: CommandContext,
  platform?: ReturnType<typeof platformFlag>,
): Promise<FoundDocument> {
  const { store, layers } = context;
  try {
    const table = await store.table.snapshot();
    const { image } = resolveImage(table, name);
    const parts = await partsOf(store, table, image, context);
    checkPlatform(parts, name, platform);
    let size = 0;
    for (const diffID of parts.config?.diffIDs ?? []) size += (await layers.sizeOf(diffID)) ?? 0;
    const raw = inspectImage(parts, { size, repoDigests: parts.digests, lastTaggedAt: image.lastTaggedAt });
    return { raw, typed: () => typedImage(raw) };
  } catch (error) {
    if (!isCoreError(error) || error.code.startsWith("command/")) throw error;
    throw refused(wordsOf(error), {}, error);
  }
}

/** Prints what `find` gives for the arguments, as documents or through a template; what is not there is said afterwards. */
export async function inspect({ args, flags, context }: Call, find: FindDocument): Promise<number> {
  const format = flags.text("format") ?? "";
  const template = format === "" || format === "json" ? undefined : documentTemplate(format);
  const documents: InspectDocument[] = [];
  const errors: CoreError[] = [];
  let printed = "";
  for (const name of args) {
    try {
      const document = await find(name);
      if (template === undefined) documents.push(document.raw);
      else printed += `${rendered(template, { typed: document.typed(), raw: document.raw })}\n`;
    } catch (error) {
      if (!isCoreError(error)) throw error;
      errors.push(error);
    }
  }
  if (template !== undefined) await context.stdout.write(encodeText(printed === "" ? "\n" : printed));
  else await context.stdout.write(`${formatJson(documents, format === "json" ? "" : "    ")}\n`);
  if (errors.length === 0) return 0;
  await context.stderr.write(errors.map((error) => `${wordsOf(error)}\n`).join(""));
  return 1;
}
