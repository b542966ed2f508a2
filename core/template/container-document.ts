import { inferred, type PlainDocument, typed } from "./decode.ts";
import { HEALTHCHECK, kept, LABELS, NAMES, optional, structType } from "./image-document.ts";
import { BOOL, type GoField, INT, pointerType, STRING, STRINGS } from "./type.ts";
import type { GoValue } from "./value.ts";

const CONFIG = structType("container.Config", [
  kept("Hostname", STRING),
  kept("Domainname", STRING),
  kept("User", STRING),
  kept("AttachStdin", BOOL),
  kept("AttachStdout", BOOL),
  kept("AttachStderr", BOOL),
  optional("ExposedPorts", { ...NAMES, name: "nat.PortSet" }),
  kept("Tty", BOOL),
  kept("OpenStdin", BOOL),
  kept("StdinOnce", BOOL),
  kept("Env", STRINGS),
  kept("Cmd", STRINGS),
  optional("Healthcheck", pointerType(HEALTHCHECK)),
  optional("ArgsEscaped", BOOL),
  kept("Image", STRING),
  kept("Volumes", NAMES),
  kept("WorkingDir", STRING),
  kept("Entrypoint", STRINGS),
  optional("NetworkDisabled", BOOL),
  optional("MacAddress", STRING),
  kept("OnBuild", STRINGS),
  kept("Labels", LABELS),
  optional("StopSignal", STRING),
  optional("StopTimeout", pointerType(INT)),
  optional("Shell", STRINGS),
]);

/** Of what stands here the client's fields have other names than its keys. */
const RENAMED: Readonly<Record<string, string>> = { Id: "ID" };

/**
 * The document of `docker container inspect` as the type that Docker's client decodes it into (28.5). Only `Config` is spelled out; the
 * rest has the fields, and the order, of the document.
 */
export function containerDocument(document: ReadonlyMap<string, PlainDocument>): GoValue {
  const members = [...document].flatMap(([key, member]) => {
    if (member === undefined) return [];
    const value =
      key === "Config" ? typed(pointerType(CONFIG), member) : inferred(`container.${key}`, member);
    return [{ field: { name: RENAMED[key] ?? key, type: value.type, key } satisfies GoField, value }];
  });
  return {
    kind: "struct",
    type: structType(
      "container.InspectResponse",
      members.map(({ field }) => field),
    ),
    content: members.map(({ value }) => value),
  };
}
