import { CoreError } from "../error.ts";
import { pushFailure } from "../registry/mod.ts";
import type { CommandContext } from "./context.ts";
import { refused } from "./failure.ts";

/** What Docker's engine says of a registry that refused or could not be reached. */
export function registryRefusal(error: unknown, { dial, signal }: CommandContext): unknown {
  if (signal?.aborted === true || !(error instanceof CoreError) || error.code.startsWith("command/"))
    return error;
  return refused(pushFailure(error, dial), {}, error);
}
