import { describe, expect, it } from "vitest";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { parseReference } from "../../../core/oci/mod.ts";
import {
  checkLogin,
  openRegistry,
  pullImage,
  type Repository,
  searchRepositories,
} from "../../../core/registry/mod.ts";
import { createMemoryStore } from "../../../core/store/mod.ts";
import { fakeClock } from "../../support/fake-registry.ts";
import { seeded } from "../../support/random.ts";

const BYTES = new TextEncoder().encode("layer");
const REF = { digest: sha256Digest(BYTES), size: BYTES.length };

const STATUSES = [
  200, 200, 201, 202, 204, 206, 301, 307, 308, 400, 401, 401, 403, 404, 405, 416, 429, 500, 503,
];
const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  [
    "location",
    [
      "",
      "/",
      "//",
      "http://[",
      "https://10.0.0.1/",
      "http://localhost/",
      "/v2/a/blobs/uploads/1?_state=%",
      "ftp://x/",
      "https://b.example/v2/a/manifests/1",
      "data:,x",
    ],
  ],
  [
    "link",
    [
      "",
      "<>; rel=next",
      '</v2/a/tags/list?x>; rel="next"',
      "<https://b.example/>; rel=next",
      "<:::>;rel=next",
      "x".repeat(5000),
    ],
  ],
  ["range", ["0-0", "0-4", "bytes=0-4", "9-1", "0-99999999999999999999", "x"]],
  ["content-range", ["bytes 0-4/5", "bytes 3-4/5", "bytes */5", "bytes 0-4/*", "x"]],
  ["content-length", ["0", "5", "99999999999999999999", "-1", "x"]],
  ["docker-content-digest", ["", "sha256:", REF.digest, "sha512:aa", "x"]],
  [
    "content-type",
    [
      "",
      "application/json",
      "text/html",
      "application/vnd.oci.image.index.v1+json",
      "application/vnd.oci.image.manifest.v1+json; charset=utf-8",
    ],
  ],
  [
    "www-authenticate",
    [
      "",
      "Basic",
      "Bearer",
      'Bearer realm="https://token.example/"',
      'Bearer realm="http://token.example/"',
      'Bearer realm="/v2/token",service',
      'Bearer realm="https://token.example/",error="invalid_token"',
      "Negotiate a==",
    ],
  ],
  ["retry-after", ["0", "1", "-5", "x", "99999999999", "Wed, 21 Oct 2099 07:28:00 GMT"]],
  ["oci-chunk-max-length", ["0", "1", "2", "99999999999999", "x"]],
  ["oci-chunk-min-length", ["0", "1", "99999999999999", "x"]],
  ["etag", ["", 'W/"x"', '"x"', "x"]],
];
const BODIES = [
  "",
  "{}",
  "[]",
  "null",
  "<html>",
  "layer",
  '{"token":"a b"}',
  '{"token":5}',
  '{"access_token":"x","expires_in":-1}',
  '{"errors":[null]}',
  '{"errors":[{"code":[],"message":{}}]}',
  '{"tags":[1]}',
  '{"tags":null}',
  '{"repositories":["a"]}',
  '{"results":[{"name":"x"}]}',
  '{"manifests":[{}]}',
  '{"schemaVersion":2,"config":{},"layers":[]}',
  `{"schemaVersion":2,"manifests":[{"digest":"${REF.digest}","size":5,"mediaType":"application/vnd.oci.image.index.v1+json"}]}`,
  `{"schemaVersion":2,"config":{"digest":"${REF.digest}","size":5},"layers":[{"digest":"${REF.digest}","size":5}]}`,
];

describe("a registry that answers anything", () => {
  const OPERATIONS: readonly (readonly [
    string,
    (repository: Repository, registry: ReturnType<typeof openRegistry>) => Promise<unknown>,
  ])[] = [
    ["resolve", (repository) => repository.resolve("1")],
    ["manifest", (repository) => repository.manifest("1")],
    ["manifest by digest", (repository) => repository.manifest(REF.digest)],
    ["stat", (repository) => repository.stat(REF)],
    ["blob", async (repository) => (await repository.blob(REF))?.arrayBuffer()],
    ["part of a blob", async (repository) => (await repository.blob(REF))?.slice(2, 4).arrayBuffer()],
    [
      "tags",
      async (repository) => {
        for await (const page of repository.tags()) expect(page).toBeInstanceOf(Array);
      },
    ],
    ["referrers", (repository) => repository.referrers(REF.digest)],
    [
      "catalog",
      async (_, registry) => {
        for await (const page of registry.catalog("a.example")) expect(page).toBeInstanceOf(Array);
      },
    ],
    ["mount", (repository) => repository.mount(REF.digest, "b")],
    [
      "upload",
      async (repository) => {
        const writer = await repository.openWriter(REF);
        await writer?.write(BYTES);
        await writer?.commit();
      },
    ],
    ["put", (repository) => repository.putManifest("1", { bytes: BYTES, mediaType: "x/y" })],
    ["delete", (repository) => repository.deleteManifest("1")],
    [
      "pull",
      (_, registry) =>
        pullImage(registry, createMemoryStore({ now: () => 1 }), {
          reference: parseReference("a.example/a:1"),
          newHasher: newSha256,
        }),
    ],
    ["search", (_, registry) => searchRepositories(registry, { term: "a.example/x", catalog: true })],
    [
      "login",
      (_, registry) =>
        checkLogin(registry, {
          registry: "a.example",
          credentials: { username: "alice", password: "s3cret" },
        }),
    ],
  ];

  it.each(OPERATIONS)(
    "makes %s fail with a reason or succeed, and never hang or tell secrets",
    async (name, operate) => {
      for (let seed = 0; seed < 150; seed++) {
        const random = seeded(seed * 1000 + name.length);
        const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
        let requests = 0;
        const registry = openRegistry({
          async fetch(request) {
            if (++requests > 300) throw new Error("it goes on for ever");
            const secret = request.headers.get("authorization") ?? "";
            if (secret.startsWith("Basic "))
              expect(["a.example", "token.example"]).toContain(new URL(request.url).host);
            expect(request.url).not.toContain("s3cret");
            if (random() < 0.1) throw new TypeError("connection reset");
            const status = pick(STATUSES);
            const headers = HEADERS.flatMap(([header, values]): [string, string][] =>
              random() < 0.4 ? [[header, pick(values)]] : [],
            );
            return new Response(status === 204 || request.method === "HEAD" ? null : pick(BODIES), {
              status,
              headers,
            });
          },
          clock: fakeClock(),
          credentials: () => ({ username: "alice", password: "s3cret" }),
        });
        try {
          await operate(registry.repository({ domain: "a.example", path: "a" }), registry);
        } catch (error) {
          if (!isCoreError(error)) throw error;
          expect(JSON.stringify(error.toJSON())).not.toContain("s3cret");
          expect(JSON.stringify(error.toJSON())).not.toContain("it goes on for ever");
        }
      }
    },
  );
});
