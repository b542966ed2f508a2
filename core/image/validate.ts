import { CoreError } from "../error.ts";
import { mapHistory, parseTimestamp } from "../oci/mod.ts";
import type { ImageParts } from "./parts.ts";

/** Most malformed variables that are told one by one: a config can hold a million. */
const MOST_VARIABLES = 100;

/**
 * What about an image breaks the specification although it can be looked at: things that engines refuse or trip over. Digests of layers
 * are compared elsewhere, when the layers are read.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */
export function validateImage(image: ImageParts): CoreError[] {
  const { config, layers } = image;
  if (config === undefined) return [];
  const flaws: CoreError[] = [];
  const flaw = (key: string, found: string, expected: string): void => {
    flaws.push(
      new CoreError("oci/document", `The config has ${key} ${found}, expected ${expected}`, {
        key,
        found,
        expected,
      }),
    );
  };
  if (!config.platform.os) flaw("os", "nothing", "an operating system");
  if (!config.platform.architecture) flaw("architecture", "nothing", "an architecture");
  if (config.rootfsType !== "layers") flaw("rootfs.type", JSON.stringify(config.rootfsType), '"layers"');
  if (config.diffIDs.length !== layers.length) {
    flaw(
      "rootfs.diff_ids",
      `of ${config.diffIDs.length} layers`,
      `${layers.length}, as many as the image has`,
    );
  }
  const { byLayer, surplus } = mapHistory(config.history, layers.length);
  const untold = byLayer.filter((entry) => entry === undefined).length;
  if (surplus > 0)
    flaw("history", `of ${layers.length + surplus} layers`, `${layers.length}, as many as the image has`);
  else if (config.history.length > 0 && untold > 0) {
    flaw("history", `of ${layers.length - untold} layers`, `${layers.length}, as many as the image has`);
  }
  if (config.created && parseTimestamp(config.created) === undefined) {
    flaw("created", JSON.stringify(config.created.slice(0, 100)), "a time as in RFC 3339");
  }
  let malformed = 0;
  for (const variable of config.container?.env ?? []) {
    if (variable.includes("=")) continue;
    flaw("Env", JSON.stringify(variable.slice(0, 100)), "name=value");
    if (++malformed === MOST_VARIABLES) break;
  }
  return flaws;
}
