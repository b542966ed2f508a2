/** Media types by name. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md */
export const MEDIA_TYPES = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociLayer: "application/vnd.oci.image.layer.v1.tar",
  ociEmpty: "application/vnd.oci.empty.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar",
  dockerSchema1: "application/vnd.docker.distribution.manifest.v1+json",
  dockerSchema1Signed: "application/vnd.docker.distribution.manifest.v1+prettyjws",
} as const;

/** What a document of this media type is; `undefined` when the type does not say. */
export function documentKind(mediaType: string | undefined): "manifest" | "index" | "schema1" | undefined {
  switch (mediaType) {
    case MEDIA_TYPES.ociManifest:
    case MEDIA_TYPES.dockerManifest:
      return "manifest";
    case MEDIA_TYPES.ociIndex:
    case MEDIA_TYPES.dockerList:
      return "index";
    case MEDIA_TYPES.dockerSchema1:
    case MEDIA_TYPES.dockerSchema1Signed:
      return "schema1";
    default:
      return undefined;
  }
}

/** Config types of images that can run; the plain ones are what early registries and builders wrote. */
const RUNNABLE_CONFIGS: ReadonlySet<string> = new Set([
  MEDIA_TYPES.ociConfig,
  MEDIA_TYPES.dockerConfig,
  "application/octet-stream",
  "application/json",
  "text/html",
  "",
]);

/** Whether a manifest with a config of this type is an image rather than an artifact. */
export function isImageConfigType(mediaType: string): boolean {
  return RUNNABLE_CONFIGS.has(mediaType);
}

/**
 * Whether a layer of this type can be part of an image: the type is `application/vnd.oci.image` or `application/vnd.docker`, or goes
 * on from there with a dot.
 */
export function isImageLayerType(mediaType: string): boolean {
  return ["application/vnd.oci.image", "application/vnd.docker"].some(
    (family) => mediaType === family || mediaType.startsWith(`${family}.`),
  );
}

/** Whether the layer is kept elsewhere (its `urls`) and usually not in archives: base layers of Windows. */
export function isForeignLayerType(mediaType: string): boolean {
  return mediaType.includes(".rootfs.foreign.") || mediaType.includes(".layer.nondistributable.");
}

/** Whose words the media types of an image are. */
export type MediaFamily = "oci" | "docker";

/** How a layer can be stored; empty is plain. */
export type LayerFormat = "" | "gzip" | "zstd";

/** What OCI calls a layer that is stored so. */
export function ociLayerType(format: LayerFormat): string {
  return format === "" ? MEDIA_TYPES.ociLayer : `${MEDIA_TYPES.ociLayer}+${format}`;
}

const FORMATS: readonly LayerFormat[] = ["", "gzip", "zstd"];

/** The same kinds of layer in the words of both. */
const LAYER_TYPES: readonly { readonly [family in MediaFamily]: string | undefined }[] = FORMATS.flatMap(
  (format) => [
    {
      oci: ociLayerType(format),
      docker: format === "zstd" ? undefined : `${MEDIA_TYPES.dockerLayer}${format && `.${format}`}`,
    },
    {
      oci: `application/vnd.oci.image.layer.nondistributable.v1.tar${format && `+${format}`}`,
      docker:
        format === "zstd"
          ? undefined
          : `application/vnd.docker.image.rootfs.foreign.diff.tar${format && `.${format}`}`,
    },
  ],
);

/** What a layer of this type is called in a family's words; the type itself when it is nobody's, `undefined` when the family has no word for it. */
export function layerTypeIn(family: MediaFamily, mediaType: string): string | undefined {
  const kind = LAYER_TYPES.find(({ oci, docker }) => oci === mediaType || docker === mediaType);
  return kind === undefined ? mediaType : kind[family];
}
