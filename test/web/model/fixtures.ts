import type { ArchiveView, ImageView, LayerView, ManifestView, Row } from "../../../web/model/engine.ts";

/** A layer that is listed and verified, but for what `over` says. */
export function layerView(over: Partial<LayerView> = {}): LayerView {
  return {
    index: 0,
    path: "layer.tar",
    storedSize: 100,
    tarSize: 300,
    contentSize: 250,
    state: "listed",
    verification: "verified",
    problems: [],
    ...over,
  };
}

/** An image of one layer, but for what `over` says. */
export function imageView(over: Partial<ImageView> = {}): ImageView {
  return {
    index: 0,
    id: `sha256:${"a".repeat(64)}`,
    tags: ["app:1"],
    platform: "linux/amd64",
    format: "docker",
    layers: [layerView()],
    history: [],
    settings: [],
    problems: [],
    ...over,
  };
}

/** An archive of one image, but for what `over` says. */
export function archiveView(over: Partial<ArchiveView> = {}): ArchiveView {
  return {
    name: "app.tar",
    size: 1000,
    kind: "docker-save",
    compression: "none",
    images: [imageView()],
    manifests: [],
    problems: [],
    ...over,
  };
}

/** A manifest that is there, but for what `over` says. */
export function manifestView(over: Partial<ManifestView> = {}): ManifestView {
  return {
    digest: `sha256:${"b".repeat(64)}`,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    size: 10,
    depth: 0,
    tags: [],
    attestation: false,
    state: "ok",
    ...over,
  };
}

/** A row of a file, but for what `over` says. */
export function row(over: Partial<Row> = {}): Row {
  return {
    node: 1,
    name: "file",
    depth: 0,
    type: "file",
    expandable: false,
    expanded: false,
    mark: "",
    removed: false,
    size: 10,
    mode: 0o644,
    uid: 0,
    gid: 0,
    uname: "",
    gname: "",
    mtime: 0,
    layer: 0,
    match: false,
    position: 1,
    siblings: 1,
    ...over,
  };
}
