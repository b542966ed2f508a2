import { CoreError, isCoreError } from "../error.ts";
import { failed, wordsOf } from "./failure.ts";

/** Where Docker's engine would have unpacked an archive; shown in its messages. */
const UNPACKED = "/var/lib/docker/tmp/docker-import-0";

/** What `docker load` says when loading fails. */
export function loadWords(error: unknown): unknown {
  if (!(error instanceof CoreError) || error.code.startsWith("command/")) return error;
  return failed(told(error), {}, error);
}

function told(error: CoreError): string {
  return isCoreError(error, "archive/missing") ? missing(error) : wordsOf(error);
}

function missing({ detail, message }: CoreError): string {
  const { path } = detail;
  return typeof path === "string" ? `open ${UNPACKED}/${path}: no such file or directory` : message;
}
