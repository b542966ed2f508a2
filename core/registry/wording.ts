import { type CoreError, isCoreError, type Json } from "../error.ts";
import { familiarName, formatFamiliar, type Reference } from "../oci/mod.ts";

/**
 * What Docker says when a pull fails, without `Error response from daemon: `; the message of what is no failure of a registry or an image.
 * @param dial what the host's network says of a connection that failed (`dial tcp 127.0.0.1:9: connect: connection refused`).
 */
export function pullFailure(
  error: unknown,
  reference: Reference,
  dial?: (cause: unknown, host: string) => string | undefined,
): string {
  if (!isCoreError(error)) return error instanceof Error ? error.message : String(error);
  const { code, detail } = error;
  const reason = firstReason(error);
  const asked = familiarName(reference);
  switch (code) {
    case "registry/unreachable":
      return unreachable(error, dial);
    case "registry/missing":
      if (says(detail, "NAME_UNKNOWN")) return `repository ${asked} not found: ${reason}`;
      return `manifest for ${formatFamiliar(reference)} not found: ${says(detail, "MANIFEST_UNKNOWN") ? reason : "manifest unknown: manifest unknown"}`;
    case "registry/denied":
      return `pull access denied for ${asked}, repository does not exist or may require 'docker login': ${reason}`;
    case "registry/unauthorized":
      if (detail["reason"] === "no basic auth credentials") return noCredentials(error, reference);
      return `pull access denied for ${asked}, repository does not exist or may require 'docker login': ${reason}`;
    case "oci/schema1":
      return `Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed. Suggest the author of ${formatFamiliar(reference)} to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2. More information at https://docs.docker.com/go/deprecated-image-specs/`;
    case "digest/mismatch":
      return mismatch(detail);
    default:
      return reason;
  }
}

/** What Docker says when a push fails. */
export function pushFailure(
  error: unknown,
  dial?: (cause: unknown, host: string) => string | undefined,
): string {
  if (!isCoreError(error)) return error instanceof Error ? error.message : String(error);
  return error.code === "registry/unreachable" ? unreachable(error, dial) : dockerReason(error);
}

/** What Docker prints of an error: its own words where the error has them. */
export function dockerReason(error: CoreError): string {
  const { reason } = error.detail;
  return typeof reason === "string" ? reason : error.message;
}

/** Of several errors a pull tells the first. */
function firstReason(error: CoreError): string {
  const { errors } = error.detail;
  const first: Json | undefined = Array.isArray(errors) && errors.length > 1 ? errors[0] : undefined;
  if (first === undefined || first === null || typeof first !== "object" || Array.isArray(first))
    return dockerReason(error);
  const [code = "", message = ""] = ["code", "message"].map((key) =>
    textOf(Object.entries(first).find(([name]) => name === key)?.[1]),
  );
  return `${code.toLowerCase().replaceAll("_", " ")}: ${message}`;
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function says(detail: CoreError["detail"], code: string): boolean {
  return JSON.stringify(detail["errors"] ?? "").includes(`"${code}"`);
}

function unreachable(error: CoreError, dial?: (cause: unknown, host: string) => string | undefined): string {
  const { base, host } = error.detail;
  const said = dial?.(error.cause, typeof host === "string" ? host : "") ?? causeText(error);
  return typeof base === "string" ? `Get ${JSON.stringify(base)}: ${said}` : said;
}

function causeText(error: CoreError): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function noCredentials({ detail }: CoreError, { path, tag, digest }: Reference): string {
  const { base } = detail;
  const url = `${typeof base === "string" ? base : ""}${path}/manifests/${digest ?? tag ?? "latest"}`;
  return `Head ${JSON.stringify(url)}: no basic auth credentials`;
}

function mismatch(detail: CoreError["detail"]): string {
  const { what, expected, layer } = detail;
  const digest = textOf(expected ?? layer);
  if (what === "diffID") return "layers from manifest don't match image configuration";
  if (what === "manifest") return `manifest verification failed for digest ${digest}`;
  if (what === "config") return `image config verification failed for digest ${digest}`;
  return `filesystem layer verification failed for digest ${digest}`;
}
