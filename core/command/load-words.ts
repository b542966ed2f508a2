import type { Archive } from "../archive/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { entryAt } from "../tar/mod.ts";
import { failed, wordsOf } from "./failure.ts";
import { jsonFlaw } from "./json-flaw.ts";

/** Where Docker's engine would have unpacked an archive; its messages name it. */
const UNPACKED = "/var/lib/docker/tmp/docker-import-0";

const notThere = (path: string): string => `open ${UNPACKED}/${path}: no such file or directory`;

/** What `docker load` says when loading fails; `archive` as far as it was opened. */
export function loadWords(error: unknown, archive: Archive | undefined): unknown {
  if (!isCoreError(error) || error.code.startsWith("command/")) return error;
  return failed(told(error, archive), {}, error);
}

function told(error: CoreError, archive: Archive | undefined): string {
  const { detail } = error;
  switch (error.code) {
    case "archive/unrecognized":
      if (detail["flaw"] !== undefined)
        return isCoreError(error.cause, "tar/header") ? "archive/tar: invalid tar header" : "unexpected EOF";
      return notThere(legacyPath(archive, detail["names"]));
    case "archive/missing":
      return typeof detail["path"] === "string" ? notThere(detail["path"]) : error.message;
    case "tar/truncated":
    case "compression/truncated":
      return "unexpected EOF";
    case "tar/header":
      return "archive/tar: invalid tar header";
    case "oci/json":
      return jsonWords(error, archive);
    default:
      return wordsOf(error);
  }
}

/** Where Docker looks for an image in an archive without manifest.json: in its first directory, else in the list of names. */
function legacyPath(archive: Archive | undefined, names: unknown): string {
  const paths =
    archive === undefined ? (Array.isArray(names) ? names.map(String) : []) : memberPaths(archive);
  const folders = paths.map((path) => path.replace(/^\.?\/+/, "")).filter((path) => path.includes("/"));
  const [first] = folders.map((path) => path.slice(0, path.indexOf("/"))).sort();
  return first === undefined ? "repositories" : `${first}/json`;
}

function memberPaths({ members }: Archive): string[] {
  return Array.from({ length: members.count }, (_, row) => {
    const { path, type } = entryAt(members, row);
    return type === "dir" && !path.endsWith("/") ? `${path}/` : path;
  });
}

/** What Go says of a document that is not JSON: of manifest.json as of a stream, of configs as of a text. */
function jsonWords({ detail, message }: CoreError, archive: Archive | undefined): string {
  if (detail["found"] === "the end")
    return detail["document"] === "manifest.json" ? "unexpected EOF" : "unexpected end of JSON input";
  const problem = ({ document }: { readonly document?: unknown }): boolean => document === detail["document"];
  const image = archive?.images.find(({ problems }) => problems.some((one) => problem(one.detail)));
  const bytes = image?.configBytes;
  return (bytes === undefined ? undefined : jsonFlaw(new TextDecoder().decode(bytes))) ?? message;
}
