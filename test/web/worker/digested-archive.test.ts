import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { openArchive } from "../../../core/archive/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import type { Crew } from "../../../web/worker/crew.ts";
import { digestedArchive } from "../../../web/worker/digested-archive.ts";
import { JOBS } from "../../../web/worker/jobs.ts";
import { dockerArchive, layerOf } from "../../support/docker-archives.ts";

/** Does each job at once; tells their names. */
function crewOf(jobs: string[]): Crew {
  return {
    run(job) {
      jobs.push(job.name);
      return JOBS[job.name](job.source, { newHasher: newSha256 });
    },
    hurry() {},
  };
}

async function digested(bytes: Uint8Array<ArrayBuffer>) {
  const jobs: string[] = [];
  const before = await openArchive(new Blob([bytes]), { newHasher: newSha256 });
  const after = await digestedArchive(before, {
    crew: crewOf(jobs),
    signal: new AbortController().signal,
    priority: () => 9,
    onProgress: () => {},
  });
  return { before, after, jobs };
}

describe("an archive that does not say the digests of its layers", () => {
  it("has each compressed layer hashed once, as stored, and no plain one", async () => {
    const plain = await layerOf("a", "plain");
    const packed = await layerOf("b", "packed");
    const stored = gzipSync(packed.plain);
    const layers = [plain, { ...packed, stored }];
    const { after, jobs } = await digested(
      await dockerArchive([
        { layers, tags: ["one:1"] },
        { layers, tags: ["two:1"], config: { author: "another" } },
      ]),
    );
    expect(jobs).toEqual(["hash"]);
    expect(after.images.map((image) => image.layers.map(({ digest }) => digest))).toEqual([
      [undefined, sha256Digest(stored)],
      [undefined, sha256Digest(stored)],
    ]);
  });

  it("is itself when there is nothing to find out", async () => {
    const { before, after, jobs } = await digested(await dockerArchive([{ layers: [], tags: ["empty:1"] }]));
    expect(after).toBe(before);
    expect(jobs).toEqual([]);
  });

  it("takes what the pass over a compressed archive has found", async () => {
    const packed = await layerOf("b", "packed");
    const stored = gzipSync(packed.plain);
    const archive = gzipSync(await dockerArchive([{ layers: [{ ...packed, stored }], tags: ["one:1"] }]));
    const { after, jobs } = await digested(new Uint8Array(archive));
    expect(jobs).toEqual([]);
    expect(after.images[0]?.layers[0]?.digest).toBe(sha256Digest(stored));
  });
});
