import { type Digest, isDigest, sha256Digest } from "../../core/digest/mod.ts";
import { type Fields, fieldsOf, parseJson } from "../../core/oci/mod.ts";
import { BlobSet } from "./images.ts";
import { seeded } from "./random.ts";

/** How a {@link FakeRegistry} differs from one that does everything right. All may be changed while it runs. */
export interface FakeQuirks {
  auth?: "none" | "basic" | "bearer";
  /** `user:password` → actions on every repository; "" is for nobody. */
  users?: Record<string, readonly string[]>;
  /** Put into the challenge; the fake's own token service is at `https://token.example/token`. */
  realm?: string;
  service?: string;
  /** The challenge in full. */
  challenge?: string;
  /** Members of the token service's answer, over the right ones; `undefined` leaves one out. */
  token?: Record<string, unknown>;
  /** The token service takes no POST. */
  noTokenPost?: boolean;
  /** Seconds that tokens are really taken for. */
  tokenLife?: number;
  noHead?: boolean;
  noDigestHeader?: boolean;
  noContentLength?: boolean;
  /** Type of manifests, whatever they are. */
  manifestType?: string;
  /** Range requests are answered with the whole. */
  noRanges?: boolean;
  /** Blobs are sent on to storage, which refuses whoever brings an Authorization; `relative` to the same host. */
  storage?: "elsewhere" | "relative";
  /** Storage refuses HEAD. */
  signedForGet?: boolean;
  /** Everything under /v2/ is sent on to another registry. */
  vanity?: string;
  /** Entries of a page. */
  page?: number;
  link?: "relative" | "absolute" | "bare" | "other-host" | "circle";
  /** Most and fewest bytes of a chunk, told in headers; larger ones get 413. */
  mostChunk?: number;
  leastChunk?: number;
  chunkStatus?: 201 | 202;
  absoluteUploads?: boolean;
  noMount?: boolean;
  noReferrers?: boolean;
  noCatalog?: boolean;
  /** Answers before anything else looks at the request. */
  before?: (request: Request) => Response | undefined | Promise<Response | undefined>;
  /** Cuts a blob's body off after that many bytes of it. */
  cut?: (request: Request) => number | undefined;
  /** Waited for before every chunk of a blob's body. */
  wait?: () => Promise<void>;
  /** Bytes of one chunk of a body. Default: 16 KiB. */
  chunk?: number;
}

/** One request as it came. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
  readonly status: number;
}

/** What is no digest is that of nothing that is there. */
function digestOf(text: string): Digest {
  return isDigest(text) ? text : `sha256:${"0".repeat(64)}`;
}

function fieldsIn(bytes: Uint8Array): Fields {
  return fieldsOf(parseJson(bytes, { document: "a manifest" }).value, "a manifest");
}

/** A small registry in memory behind a `fetch`: host-free, seeded, with the quirks of real ones as switches. */
export class FakeRegistry {
  readonly quirks: FakeQuirks;
  /** By repository. */
  readonly repositories = new Map<
    string,
    { readonly blobs: BlobSet; readonly types: Map<Digest, string>; readonly tags: Map<string, Digest> }
  >();
  readonly seen: SeenRequest[] = [];
  /** Bytes of blobs that were handed out. */
  sent = 0;
  /** Seconds since the epoch. */
  now = 1_700_000_000;
  readonly #host: string;
  readonly #uploads = new Map<
    string,
    { readonly name: string; bytes: Uint8Array<ArrayBuffer>[]; size: number }
  >();
  readonly #tokens = new Map<
    string,
    { readonly scopes: readonly string[]; readonly user: string; readonly until: number }
  >();
  readonly #random = seeded(11);

  constructor(quirks: FakeQuirks = {}, host = "registry.example") {
    this.quirks = quirks;
    this.#host = host;
  }

  /** Adds an image's blobs and manifests under a tag; gives the root's digest. */
  add(
    name: string,
    set: BlobSet,
    root: { readonly digest: Digest; readonly mediaType: string },
    ...tags: string[]
  ): Digest {
    const repository = this.repository(name);
    for (const [digest, bytes] of set) {
      repository.blobs.set(digest, bytes);
      const type = typeOf(bytes);
      if (type !== undefined) repository.types.set(digest, type);
    }
    repository.types.set(root.digest, root.mediaType);
    for (const tag of tags) repository.tags.set(tag, root.digest);
    return root.digest;
  }

  repository(name: string): {
    readonly blobs: BlobSet;
    readonly types: Map<Digest, string>;
    readonly tags: Map<string, Digest>;
  } {
    const known = this.repositories.get(name) ?? { blobs: new BlobSet(), types: new Map(), tags: new Map() };
    this.repositories.set(name, known);
    return known;
  }

  /** Requests so far, as `METHOD path`. */
  get asked(): string[] {
    return this.seen.map(({ method, url }) => `${method} ${new URL(url).pathname.replace(/^\/v2/, "")}`);
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    request.signal.throwIfAborted();
    const response = (await this.quirks.before?.(request)) ?? (await this.#answer(request));
    this.seen.push({
      method: request.method,
      url: request.url,
      authorization: request.headers.get("authorization") ?? undefined,
      range: request.headers.get("range") ?? undefined,
      status: response.status,
    });
    return request.method === "HEAD" ? new Response(null, response) : response;
  };

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.host === "token.example" || (url.pathname === "/token" && url.host === this.#host))
      return this.#token(request, url);
    if (url.host === "storage.example" || url.pathname.startsWith("/storage/"))
      return this.#stored(request, url);
    if (url.host !== this.#host) throw new TypeError(`no such host: ${url.host}`);
    if (url.pathname.startsWith("/v1/")) return Response.json({ results: [] });
    if (!url.pathname.startsWith("/v2/")) return text(404, "<html>not found</html>", "text/html");
    const { vanity } = this.quirks;
    if (vanity !== undefined) return redirect(307, vanity + url.pathname + url.search);
    const refused = this.#refused(request, url);
    if (refused !== undefined) return refused;
    if (url.pathname === "/v2/") return Response.json({});
    if (url.pathname === "/v2/_catalog") return this.#catalog(url);
    const [, name = "", kind = "", rest = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/(.+)$/.exec(url.pathname) ?? [];
    if (kind === "manifests") return this.#manifest(request, name, rest);
    if (kind === "tags") return this.#tags(name, url);
    if (kind === "referrers") return this.#referrers(name, rest);
    if (kind !== "blobs") return error(404, "NAME_UNKNOWN", "no such route");
    return rest.startsWith("uploads") || rest === "uploads/"
      ? this.#upload(request, name, url)
      : this.#blob(request, name, rest, url);
  }

  #refused(request: Request, url: URL): Response | undefined {
    const { auth = "none", users = { "": ["pull", "push", "delete", "*"] } } = this.quirks;
    if (auth === "none") return undefined;
    const header = request.headers.get("authorization") ?? "";
    if (auth === "basic") {
      const known = header.startsWith("Basic ") && atob(header.slice(6)) in users;
      return known ? undefined : this.#challenge(this.quirks.challenge ?? 'Basic realm="fake"');
    }
    const token = this.#tokens.get(header.replace(/^Bearer /, ""));
    const { realm = "https://token.example/token", service = "fake" } = this.quirks;
    const name = /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\//.exec(url.pathname)?.[1];
    const actions =
      request.method === "GET" || request.method === "HEAD"
        ? ["pull"]
        : request.method === "DELETE" && !url.pathname.includes("/uploads/")
          ? ["delete"]
          : ["push"];
    const wanted =
      url.pathname === "/v2/_catalog"
        ? ["registry:catalog:*"]
        : name === undefined
          ? []
          : actions.map((action) => `repository:${name}:${action}`);
    const challenge = `Bearer realm="${realm}",service="${service}",scope="repository:user/image:pull"`;
    if (token === undefined || token.until <= this.now)
      return this.#challenge(
        this.quirks.challenge ?? (header === "" ? challenge : `${challenge},error="invalid_token"`),
      );
    if (wanted.every((scope) => token.scopes.includes(scope))) return undefined;
    return this.#challenge(`${challenge},error="insufficient_scope"`);
  }

  #challenge(challenge: string): Response {
    return error(401, "UNAUTHORIZED", "authentication required", { "www-authenticate": challenge });
  }

  async #token(request: Request, url: URL): Promise<Response> {
    const { users = { "": ["pull", "push", "delete", "*"] } } = this.quirks;
    let who = "";
    let params = url.searchParams;
    if (request.method === "POST") {
      if (this.quirks.noTokenPost === true) return text(405, "no");
      params = new URLSearchParams(await request.text());
      who = atob(params.get("refresh_token") ?? "");
    }
    const header = request.headers.get("authorization") ?? "";
    if (header !== "") who = atob(header.replace(/^Basic /, ""));
    const rights = users[who];
    if (rights === undefined) return error(401, "UNAUTHORIZED", "incorrect username or password");
    const scopes = params
      .getAll("scope")
      .flatMap((scope) => scope.split(" "))
      .flatMap((scope) => {
        const at = scope.lastIndexOf(":");
        return scope
          .slice(at + 1)
          .split(",")
          .filter((action) => rights.includes(action))
          .map((action) => `${scope.slice(0, at)}:${action}`);
      });
    const token = `t${this.#tokens.size}`;
    this.#tokens.set(token, { scopes, user: who, until: this.now + (this.quirks.tokenLife ?? 300) });
    const refresh = params.get("offline_token") === "true" ? { refresh_token: btoa(who) } : {};
    return Response.json({ token, access_token: token, expires_in: 300, ...refresh, ...this.quirks.token });
  }

  async #manifest(request: Request, name: string, reference: string): Promise<Response> {
    const repository = this.repositories.get(name);
    if (request.method === "PUT") {
      const bytes = new Uint8Array(await request.arrayBuffer());
      const digest = sha256Digest(bytes);
      if (reference.includes(":") && reference !== digest)
        return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
      const missing = this.#missing(name, bytes);
      if (missing !== undefined)
        return error(404, "MANIFEST_BLOB_UNKNOWN", `blob unknown to registry: ${missing}`);
      this.repository(name).blobs.set(digest, bytes);
      this.repository(name).types.set(digest, request.headers.get("content-type") ?? "");
      if (!reference.includes(":")) this.repository(name).tags.set(reference, digest);
      return new Response(null, {
        status: 201,
        headers: { location: `/v2/${name}/manifests/${digest}`, "docker-content-digest": digest },
      });
    }
    const digest = reference.includes(":") ? digestOf(reference) : repository?.tags.get(reference);
    const bytes = digest === undefined ? undefined : repository?.blobs.get(digest);
    if (repository === undefined) return error(404, "NAME_UNKNOWN", "repository name not known to registry");
    if (digest === undefined || bytes === undefined || !repository.types.has(digest))
      return error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    if (request.method === "DELETE") {
      for (const [tag, target] of repository.tags)
        if (tag === reference || (target === digest && reference === digest)) repository.tags.delete(tag);
      if (reference === digest) repository.types.delete(digest);
      return new Response(null, { status: 202 });
    }
    if (request.method === "HEAD" && this.quirks.noHead === true) return text(405, "");
    const headers = new Headers({
      "content-type": this.quirks.manifestType ?? repository.types.get(digest)!,
    });
    if (this.quirks.noDigestHeader !== true) headers.set("docker-content-digest", digest);
    if (this.quirks.noContentLength !== true) headers.set("content-length", String(bytes.length));
    return new Response(bytes, { headers });
  }

  #missing(name: string, bytes: Uint8Array): string | undefined {
    const has = (digest: string): boolean => this.repository(name).blobs.has(digestOf(digest));
    const fields = fieldsIn(bytes);
    const layers = (fields.objects("layers") ?? []).filter((layer) => layer.strings("urls") === undefined);
    const needs = [fields.object("config"), ...layers, ...(fields.objects("manifests") ?? [])];
    return needs.flatMap((need) => need?.string("digest") ?? []).find((digest) => !has(digest));
  }

  #blob(request: Request, name: string, digest: string, url: URL): Response {
    const repository = this.repositories.get(name);
    const bytes = repository?.blobs.get(digestOf(digest));
    if (bytes === undefined) return error(404, "BLOB_UNKNOWN", "blob unknown to registry");
    if (request.method === "DELETE") {
      repository?.blobs.delete(digestOf(digest));
      return new Response(null, { status: 202 });
    }
    if (this.quirks.storage === "elsewhere")
      return redirect(307, `https://storage.example/${name}/${digest}?signature=secret`);
    if (this.quirks.storage === "relative")
      return redirect(302, `/storage/${name}/${digest}?signature=secret`);
    return this.#bytes(request, bytes, digest, url);
  }

  #stored(request: Request, url: URL): Response {
    if (url.host === "storage.example" && request.headers.has("authorization"))
      return text(400, "missing x-amz-content-sha256", "application/xml");
    if (this.quirks.signedForGet === true && request.method !== "GET")
      return text(403, "SignatureDoesNotMatch");
    const [, name = "", digest = ""] = /^(?:\/storage)?\/(.+)\/([^/]+)$/.exec(url.pathname) ?? [];
    const bytes = this.repositories.get(name)?.blobs.get(digestOf(digest));
    return bytes === undefined ? text(404, "NoSuchKey") : this.#bytes(request, bytes, digest, url);
  }

  #bytes(request: Request, bytes: Uint8Array<ArrayBuffer>, digest: string, _url: URL): Response {
    const tag = `"${digest}"`;
    const headers = new Headers({
      "content-type": "application/octet-stream",
      etag: tag,
      "docker-content-digest": digest,
    });
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
    const ifRange = request.headers.get("if-range");
    let [from, to, status] = [0, bytes.length, 200];
    if (range !== null && this.quirks.noRanges !== true && (ifRange === null || ifRange === tag)) {
      from = Number(range[1]);
      to = range[2] === "" ? bytes.length : Math.min(Number(range[2]) + 1, bytes.length);
      if (from >= bytes.length || to <= from) return text(416, "");
      headers.set("content-range", `bytes ${from}-${to - 1}/${bytes.length}`);
      status = 206;
    }
    if (this.quirks.noRanges !== true) headers.set("accept-ranges", "bytes");
    if (this.quirks.noContentLength !== true) headers.set("content-length", String(to - from));
    return new Response(this.#body(bytes.subarray(from, to), request), { status, headers });
  }

  #body(bytes: Uint8Array<ArrayBuffer>, request: Request): ReadableStream<Uint8Array<ArrayBuffer>> {
    const most = request.method === "HEAD" ? undefined : this.quirks.cut?.(request);
    const size = this.quirks.chunk ?? 16_384;
    let at = 0;
    return new ReadableStream(
      {
        pull: async (controller) => {
          await this.quirks.wait?.();
          if (request.signal.aborted) return controller.error(request.signal.reason);
          if (most !== undefined && at >= most) return controller.error(new TypeError("connection reset"));
          if (at >= bytes.length) return controller.close();
          const chunk = bytes.slice(
            at,
            Math.min(at + size, bytes.length, at + (most === undefined ? size : most - at)),
          );
          at += chunk.length;
          this.sent += chunk.length;
          controller.enqueue(chunk);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #upload(request: Request, name: string, url: URL): Promise<Response> {
    const id = /\/uploads\/([^/]+)$/.exec(url.pathname)?.[1];
    if (request.method === "POST") {
      const from = this.repositories.get(url.searchParams.get("from") ?? "");
      const digest = digestOf(url.searchParams.get("mount") ?? "");
      const bytes = from?.blobs.get(digest);
      if (bytes !== undefined && this.quirks.noMount !== true) {
        this.repository(name).blobs.set(digest, bytes);
        return new Response(null, { status: 201, headers: { location: `/v2/${name}/blobs/${digest}` } });
      }
      const fresh = `u${Math.floor(this.#random() * 1e9)}`;
      this.#uploads.set(fresh, { name, bytes: [], size: 0 });
      return this.#session(name, fresh, 202);
    }
    const upload = id === undefined ? undefined : this.#uploads.get(id);
    if (id === undefined || upload === undefined)
      return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    if (url.searchParams.get("state") !== "a b+c") return error(400, "BLOB_UPLOAD_INVALID", "state is gone");
    if (request.method === "GET") return this.#session(name, id, 204);
    if (request.method === "DELETE") {
      this.#uploads.delete(id);
      return new Response(null, { status: 204 });
    }
    const body = new Uint8Array(await request.arrayBuffer());
    const start = /^(\d+)-/.exec(request.headers.get("content-range") ?? "")?.[1];
    if (body.length > (this.quirks.mostChunk ?? Number.POSITIVE_INFINITY))
      return text(413, "<html>too large</html>", "text/html");
    if (start !== undefined && Number(start) !== upload.size) return this.#session(name, id, 416);
    const kept = this.quirks.cut?.(request) ?? body.length;
    upload.bytes.push(body.subarray(0, kept));
    upload.size += Math.min(kept, body.length);
    if (kept < body.length) throw new TypeError("connection reset");
    if (request.method === "PATCH") return this.#session(name, id, this.quirks.chunkStatus ?? 202);
    const bytes = new Uint8Array(await new Blob(upload.bytes).arrayBuffer());
    const digest = digestOf(url.searchParams.get("digest") ?? "");
    if (sha256Digest(bytes) !== digest)
      return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    this.#uploads.delete(id);
    this.repository(name).blobs.set(digest, bytes);
    return new Response(null, {
      status: 201,
      headers: { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest },
    });
  }

  #session(name: string, id: string, status: number): Response {
    const size = this.#uploads.get(id)?.size ?? 0;
    const host = this.quirks.absoluteUploads === true ? `https://${this.#host}` : "";
    const headers = new Headers({
      location: `${host}/v2/${name}/blobs/uploads/${id}?state=a%20b%2Bc`,
      range: `0-${Math.max(size - 1, 0)}`,
      "docker-upload-uuid": id,
    });
    if (this.quirks.mostChunk !== undefined)
      headers.set("oci-chunk-max-length", String(this.quirks.mostChunk));
    if (this.quirks.leastChunk !== undefined)
      headers.set("oci-chunk-min-length", String(this.quirks.leastChunk));
    return new Response(null, { status, headers });
  }

  #tags(name: string, url: URL): Response {
    const repository = this.repositories.get(name);
    if (repository === undefined) return error(404, "NAME_UNKNOWN", "repository name not known to registry");
    return this.#list([...repository.tags.keys()], url, (tags) => ({ name, tags }));
  }

  #catalog(url: URL): Response {
    if (this.quirks.noCatalog === true) return error(404, "UNSUPPORTED", "no catalog");
    return this.#list([...this.repositories.keys()].sort(), url, (repositories) => ({ repositories }));
  }

  #list(all: readonly string[], url: URL, document: (page: readonly string[]) => unknown): Response {
    const size = Math.min(this.quirks.page ?? 1000, Number(url.searchParams.get("n") ?? 1000));
    const last = url.searchParams.get("last");
    const from = last === null ? 0 : all.indexOf(last) + 1;
    const page = all.slice(from, from + size);
    const headers = new Headers();
    if (from + size < all.length || this.quirks.link === "circle") {
      const query = this.quirks.link === "circle" ? "" : `?last=${page.at(-1)}&n=${size}`;
      const next = `${url.pathname}${query}`;
      headers.set(
        "link",
        {
          relative: `<${next}>; rel="next"`,
          absolute: `<https://${this.#host}${next}>; rel="next"`,
          bare: `${next}; rel=next`,
          "other-host": `<https://evil.example${next}>; rel="next"`,
          circle: `<${next}>; rel="next"`,
        }[this.quirks.link ?? "relative"],
      );
    }
    return Response.json(document(page), { headers });
  }

  #referrers(name: string, digest: string): Response {
    if (this.quirks.noReferrers === true) return text(404, "404 page not found");
    const repository = this.repository(name);
    const manifests: unknown[] = [];
    for (const [own, type] of repository.types) {
      const bytes = repository.blobs.get(own)!;
      const fields = fieldsIn(bytes);
      const artifactType = fields.string("artifactType");
      if (fields.object("subject")?.string("digest") === digest)
        manifests.push({ mediaType: type, digest: own, size: bytes.length, artifactType });
    }
    return Response.json({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests,
    });
  }
}

function typeOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x7b) return undefined;
  try {
    const mediaType = fieldsIn(bytes).string("mediaType");
    return mediaType?.includes("manifest") === true || mediaType?.includes("index") === true
      ? mediaType
      : undefined;
  } catch {
    return undefined;
  }
}

function error(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ errors: [{ code, message, detail: null }] }, { status, headers });
}

function text(status: number, body: string, type = "text/plain"): Response {
  return new Response(body, { status, headers: { "content-type": type } });
}

function redirect(status: number, location: string): Response {
  return new Response(null, { status, headers: { location } });
}

/** A clock that stands still but for being slept on; what was slept is in `slept`, in milliseconds. */
export function fakeClock(registry?: { now: number }): {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  readonly slept: number[];
} {
  const slept: number[] = [];
  let own = 1_700_000_000;
  return {
    slept,
    now: () => registry?.now ?? own,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      own += ms / 1000;
      if (registry !== undefined) registry.now += ms / 1000;
    },
  };
}
