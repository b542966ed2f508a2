import { changeset, containerChanges, type OpenContainer } from "../../core/container/mod.ts";
import { orderedLayer } from "../../core/image/mod.ts";
import { composeTar, encodeGoHeader } from "../../core/tar/mod.ts";
import { lookup, nodeEntry } from "../../core/tree/mod.ts";
import type { CommitPlan, DraftChange, DraftStanding, DraftStep } from "../model/drafts.ts";
import { nodeType } from "./rows.ts";

/** The lines of `docker diff`, with what the page shows beside them. */
export function draftChanges(container: OpenContainer): DraftChange[] {
  const { tree, base, upTo } = container;
  const changes = containerChanges(container);
  return changes.map(({ kind, path }, at) => {
    // A name that is no text cannot be looked up by what is shown of it.
    const node = lookup(tree, path) ?? 0;
    const entry = nodeEntry(tree, node, kind === "D" ? base : upTo);
    const type = nodeType(entry?.contentType ?? "dir");
    const above = kind === "C" && type === "dir" && changes[at + 1]?.path.startsWith(`${path}/`) === true;
    return { kind, path, node, type, size: type === "file" ? (entry?.size ?? 0) : 0, above };
  });
}

/** How an open container stands. */
export function standingOf(container: OpenContainer, revision: number): DraftStanding {
  const { record, base, tree } = container;
  const steps = record.drafts.map(stepOf);
  const counts = { A: 0, C: 0, D: 0 };
  let bytes = 0;
  for (const { kind, size } of draftChanges(container)) {
    counts[kind]++;
    if (kind !== "D") bytes += size;
  }
  const next = record.undone[0];
  return {
    revision,
    name: record.name,
    imageName: record.imageName,
    layers: tree.tables.length,
    since: base + 1,
    steps: steps.length,
    last: steps.at(-1),
    next: next && stepOf(next),
    added: counts.A,
    changed: counts.C,
    deleted: counts.D,
    bytes,
    gone: false,
  };
}

const stepOf = ({ verb, path, from, layer }: OpenContainer["record"]["drafts"][number]): DraftStep => ({
  verb,
  path,
  from,
  bytes: layer.size,
});

/** What a commit of an open container would make. */
export function commitPlan(container: OpenContainer): CommitPlan {
  const { config } = container;
  const members = orderedLayer(changeset(container));
  return {
    entries: members.length,
    bytes: members.length === 0 ? 0 : composeTar(members, { encode: encodeGoHeader }).size,
    settings: {
      cmd: config.cmd ?? [],
      entrypoint: config.entrypoint ?? [],
      env: config.env ?? [],
      user: config.user ?? "",
      workingDir: config.workingDir ?? "",
      ports: config.exposedPorts ?? [],
      volumes: config.volumes ?? [],
      labels: [...(config.labels ?? [])],
    },
  };
}
