import { type Bytes, type ReadOptions, type Source, sourceOf } from "../bytes/mod.ts";
import { type Digest, parseDigest, verifying } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { type Descriptor, documentKind } from "../oci/mod.ts";
import type { BlobReader, BlobRef, BlobSink, BlobWriter, Lease } from "../store/mod.ts";
import { remoteSource } from "./blob-source.ts";
import type { BlobReadOptions } from "./blob-stream.ts";
import { readReferrers, readTags } from "./list.ts";
import {
  deleteManifest,
  type PutManifest,
  putManifest,
  type ReceivedManifest,
  readManifest,
  resolveManifest,
} from "./manifest.ts";
import { discardBody } from "./read-answer.ts";
import { type Remote, remoteUrl, scopeFor } from "./remote.ts";
import type { Answer } from "./transport.ts";
import { beginUpload, cancelUpload, type UploadSession, uploadStatus } from "./upload.ts";
import { UploadWriter } from "./upload-writer.ts";

/**
 * A repository of a registry as a store: blobs and manifests by digest, to be read and written by `copy`. Documents are told from blobs by their
 * media type. What it gives of a document is checked; a blob's bytes are checked by who reads them whole.
 */
export interface Repository extends BlobReader, BlobSink {
  /** As references have it: `docker.io`. */
  readonly registry: string;
  /** As references have it: `library/alpine`. */
  readonly path: string;
  /**
   * What a tag or a digest leads to, without fetching it where the registry says enough. @throws CoreError `registry/missing`, `registry/*`.
   */
  resolve(reference: string, options?: ReadOptions): Promise<Descriptor>;
  /** The manifest or index of a tag or a digest, checked. @throws CoreError `registry/missing`, `digest/mismatch`, `registry/*`. */
  manifest(reference: string, options?: ReadOptions): Promise<ReceivedManifest>;
  blob(ref: BlobRef, options?: BlobReadOptions): Promise<Source | undefined>;
  openWriter(ref: BlobRef, options?: UploadOptions): Promise<BlobWriter | undefined>;
  /** Tags in the registry's order, page by page. */
  tags(
    options?: ReadOptions & { readonly pageSize?: number | undefined },
  ): AsyncGenerator<readonly string[], void, void>;
  /** What refers to a manifest, from the registry's list or from its tag. */
  referrers(
    digest: Digest,
    options?: ReadOptions & { readonly artifactType?: string | undefined },
  ): Promise<readonly Descriptor[]>;
  /** Writes a manifest under a tag or its digest. Everything that it names must be there. */
  putManifest(
    reference: string,
    manifest: ReadOptions & { readonly bytes: Bytes; readonly mediaType: string },
  ): Promise<PutManifest>;
  /** Has the registry take a blob over from another of its repositories; `false` when it does not. */
  mount(digest: Digest, from: string, options?: ReadOptions): Promise<boolean>;
  /** Deletes a tag, or a manifest with all its tags. */
  deleteManifest(reference: string, options?: ReadOptions): Promise<void>;
  deleteBlob(digest: Digest, options?: ReadOptions): Promise<void>;
  /** Gives up the uploads that were broken off and would be gone on with. */
  cancelUploads(): Promise<void>;
}

/** What {@link Repository.openWriter} takes. */
export interface UploadOptions extends ReadOptions {
  /** Most bytes of one request, below what the registry itself allows. */
  readonly chunk?: number | undefined;
  /** Told of what the registry has for sure. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/** The repository at `remote`. */
export function openRepository(
  remote: Remote,
  name: { readonly registry: string; readonly path: string; readonly chunk?: number | undefined },
): Repository {
  return new RemoteRepository(remote, name);
}

/** Bytes and number of manifests that are remembered. */
const REMEMBERED = 4 * 1024 * 1024;
const MOST_REMEMBERED = 64;

class RemoteRepository implements Repository {
  readonly registry: string;
  readonly path: string;
  readonly #remote: Remote;
  readonly #chunk: number | undefined;
  /** Broken-off uploads, and those begun by a mount that the registry would not do. */
  readonly #sessions = new Map<Digest, UploadSession>();
  /** The last manifests by digest: fetching one is counted by some registries, and a pull looks at them more than once. */
  readonly #documents = new Map<string, ReceivedManifest>();

  constructor(
    remote: Remote,
    {
      registry,
      path,
      chunk,
    }: { readonly registry: string; readonly path: string; readonly chunk?: number | undefined },
  ) {
    this.#remote = remote;
    this.registry = registry;
    this.path = path;
    this.#chunk = chunk;
  }

  async resolve(reference: string, options: ReadOptions = {}): Promise<Descriptor> {
    const { descriptor, bytes } = await resolveManifest(this.#remote, reference, options);
    if (bytes !== undefined) this.#remember({ descriptor, bytes });
    return descriptor;
  }

  async manifest(reference: string, options: ReadOptions = {}): Promise<ReceivedManifest> {
    options.signal?.throwIfAborted();
    const known = this.#documents.get(reference);
    if (known !== undefined) return known;
    const received = await readManifest(this.#remote, reference, options);
    this.#remember(received);
    return received;
  }

  #remember(received: ReceivedManifest): void {
    this.#documents.set(received.descriptor.digest, received);
    let bytes = 0;
    for (const { descriptor } of this.#documents.values()) bytes += descriptor.size;
    for (const [digest, { descriptor }] of this.#documents) {
      if (bytes <= REMEMBERED && this.#documents.size <= MOST_REMEMBERED) return;
      this.#documents.delete(digest);
      bytes -= descriptor.size;
    }
  }

  async stat(ref: BlobRef, options: ReadOptions = {}): Promise<number | undefined> {
    try {
      if (isDocument(ref)) return (await this.resolve(ref.digest, options)).size;
      return await this.#statBlob(ref, options);
    } catch (error) {
      if (isCoreError(error, "registry/missing")) return undefined;
      throw error;
    }
  }

  async #statBlob({ digest, size }: BlobRef, { signal }: ReadOptions): Promise<number | undefined> {
    const url = remoteUrl(this.#remote, `blobs/${digest}`);
    const scopes = scopeFor(this.#remote, "pull");
    let answer: Answer;
    try {
      answer = await this.#remote.transport.send({
        method: "HEAD",
        url,
        scopes,
        signal,
        headers: { "accept-encoding": "identity" },
      });
    } catch (error) {
      // Signed addresses of storage are good for the method that they were signed for, which may be GET alone.
      if (!isCoreError(error) || ![400, 403, 405].includes(Number(error.detail["status"]))) throw error;
      const headers = { range: "bytes=0-0", "accept-encoding": "identity" };
      answer = await this.#remote.transport.send({ method: "GET", url, scopes, signal, headers });
      await discardBody(answer.response);
      const total = /\/(\d{1,15})$/.exec(answer.response.headers.get("content-range") ?? "")?.[1];
      if (answer.response.status === 206) return total === undefined ? size : Number(total);
    }
    await discardBody(answer.response);
    const length = answer.response.headers.get("content-length") ?? "";
    if (/^\d{1,15}$/.test(length) && !answer.response.headers.has("content-encoding")) return Number(length);
    return size ?? 0;
  }

  async blob(ref: BlobRef, options: BlobReadOptions = {}): Promise<Source | undefined> {
    const { digest } = ref;
    parseDigest(digest);
    if (isDocument(ref)) {
      try {
        return sourceOf((await this.manifest(digest, options)).bytes);
      } catch (error) {
        if (isCoreError(error, "registry/missing")) return undefined;
        throw error;
      }
    }
    const size = ref.size ?? (await this.stat(ref, options));
    return size === undefined
      ? undefined
      : remoteSource(this.#remote, { digest, size, from: 0, to: size }, options);
  }

  tags(
    options: ReadOptions & { readonly pageSize?: number | undefined } = {},
  ): AsyncGenerator<readonly string[], void, void> {
    return readTags(this.#remote, options);
  }

  referrers(
    digest: Digest,
    options: ReadOptions & { readonly artifactType?: string | undefined } = {},
  ): Promise<readonly Descriptor[]> {
    return readReferrers(this.#remote, digest, options);
  }

  putManifest(
    reference: string,
    manifest: ReadOptions & { readonly bytes: Bytes; readonly mediaType: string },
  ): Promise<PutManifest> {
    return putManifest(this.#remote, reference, manifest);
  }

  async deleteManifest(reference: string, options: ReadOptions = {}): Promise<void> {
    await deleteManifest(this.#remote, reference, options);
    this.#documents.delete(reference);
  }

  async deleteBlob(digest: Digest, { signal }: ReadOptions = {}): Promise<void> {
    const url = remoteUrl(this.#remote, `blobs/${digest}`);
    const scopes = scopeFor(this.#remote, "delete", "pull");
    const { response } = await this.#remote.transport.send({ method: "DELETE", url, scopes, signal });
    await discardBody(response);
  }

  async mount(digest: Digest, from: string, options: ReadOptions = {}): Promise<boolean> {
    const session = await beginUpload(this.#remote, { ...options, mount: { digest, from } });
    if (session === undefined) return true;
    const before = this.#sessions.get(digest);
    if (before === undefined) this.#sessions.set(digest, session);
    else await cancelUpload(this.#remote, session, options);
    return false;
  }

  async openWriter(ref: BlobRef, options: UploadOptions = {}): Promise<BlobWriter | undefined> {
    if (isDocument(ref)) return this.#documentWriter(ref, options);
    const session = await this.#session(ref.digest, options);
    return new UploadWriter({
      remote: this.#remote,
      ref,
      session,
      chunk: options.chunk ?? this.#chunk,
      onSent: options.onSent,
      signal: options.signal,
      onLeft: (left) => {
        if (left !== undefined) this.#sessions.set(ref.digest, left);
      },
    });
  }

  /** A session of before as far as the registry still has it, else a new one. */
  async #session(digest: Digest, options: ReadOptions): Promise<UploadSession> {
    const before = this.#sessions.get(digest);
    this.#sessions.delete(digest);
    if (before !== undefined && before.offset === 0) return before;
    if (before !== undefined) {
      try {
        return await uploadStatus(this.#remote, before, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!isCoreError(error)) throw error;
      }
    }
    const fresh = await beginUpload(this.#remote, options);
    if (fresh !== undefined) return fresh;
    throw new CoreError(
      "registry/answer",
      `Cannot upload ${digest} to ${this.path}: the registry begins no upload`,
    );
  }

  #documentWriter(ref: BlobRef, options: ReadOptions): BlobWriter {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const verifier = verifying(ref.digest, ref.size, this.#remote.newHasher);
    let offset = 0;
    const put = (bytes: Bytes): Promise<PutManifest> =>
      this.putManifest(ref.digest, { bytes, mediaType: ref.mediaType ?? "", signal: options.signal });
    return {
      get offset() {
        return offset;
      },
      async write(chunk) {
        verifier.push(chunk);
        chunks.push(chunk.slice());
        offset += chunk.length;
      },
      async commit() {
        verifier.end();
        await put(new Uint8Array(await new Blob(chunks).arrayBuffer()));
      },
      abort: async () => {},
    };
  }

  /** Registries keep what was uploaded for as long as they please: nothing to claim. */
  async lease(): Promise<Lease> {
    return { pin: async () => {}, release: async () => {}, suspend: async () => {} };
  }

  async cancelUploads(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => cancelUpload(this.#remote, session)));
  }
}

function isDocument({ mediaType }: BlobRef): boolean {
  return documentKind(mediaType) !== undefined;
}
