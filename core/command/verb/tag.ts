import { isCoreError } from "../../error.ts";
import { tagImage } from "../../image/mod.ts";
import { parseReference } from "../../oci/mod.ts";
import { failed, refused, wordsOf } from "../failure.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker tag` */
export const TAG: VerbSpec = {
  use: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
  aliases: ["docker image tag", "docker tag"],
  flags: [],
  args: { min: 2, max: 2 },
  values: ["image", "repository"],
  flagsFirst: true,
  async run({ args: [source = "", target = ""], context }) {
    const now = context.now() / 1000;
    checkSource(source);
    try {
      await tagImage(context.store, { source, target }, { now });
    } catch (error) {
      if (!isCoreError(error)) throw error;
      const words = wordsOf(error);
      // What the command line finds out by itself has no prefix.
      const own = /^(?:Error parsing reference|refusing to create a tag with a digest)/.test(words);
      throw own ? failed(words, {}, error) : refused(words, {}, error);
    }
    return 0;
  },
};

/** Docker's command line looks at the source as well, before anything is looked up. */
function checkSource(source: string): void {
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(source)) return;
  try {
    parseReference(source);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    throw failed(
      `Error parsing reference: ${JSON.stringify(source)} is not a valid repository/tag: ${wordsOf(error)}`,
      {},
      error,
    );
  }
}
