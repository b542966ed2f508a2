/** How an archive is written; {@link SAVE_LAYOUTS} says what that means. */
export type SaveLayout = "docker" | "docker-classic" | "oci";

/** What a layout keeps, and who takes it: facts for people to choose by. IDs, names, diff IDs and files are kept by all of them. */
export interface LayoutFacts {
  readonly layout: SaveLayout;
  /** Layers stay as they are stored, so that the archive needs no work and no more room than the store. */
  readonly keepsCompression: boolean;
  /** Manifests keep their digests: signatures and pulls by digest go on meaning the same. */
  readonly keepsManifests: boolean;
  /** All platforms of an image, with what is stated about them; else the one that is its ID. */
  readonly keepsPlatforms: boolean;
  /** Which image was built on which. */
  readonly keepsParents: boolean;
  readonly takenBy: readonly string[];
  readonly refusedBy: readonly string[];
}

/**
 * The layouts, the one to choose first. As asked of the engines themselves:
 *
 * | | `docker` | `docker-classic` | `oci` |
 * |---|---|---|---|
 * | layers | as stored | plain | as stored |
 * | manifests, platforms, statements | kept | lost | kept |
 * | parent of an image | kept | kept | lost |
 * | Docker 20.10 to 28, classic store | loads | loads | refuses |
 * | Docker 28, containerd store | loads | loads | loads |
 * | Podman 4.3 | loads | loads | loads one name of one image |
 * | Skopeo 1.9 | reads `docker-archive:` | reads `docker-archive:` | reads `oci-archive:`, by name where the manifest is of OCI's type |
 * | umoci 0.4 | reads | refuses | reads one platform of OCI's type |
 *
 * Docker has taken layers compressed with gzip, bzip2, xz and zstd inside `docker save` archives since 20.10 at the latest, although it wrote
 * none itself. Tools that unpack `layer.tar` on their own often expect it plain: they are what the classic layout is for.
 */
export const SAVE_LAYOUTS: readonly LayoutFacts[] = [
  {
    layout: "docker",
    keepsCompression: true,
    keepsManifests: true,
    keepsPlatforms: true,
    keepsParents: true,
    takenBy: ["Docker 20.10+", "Podman", "Skopeo", "containerd"],
    refusedBy: [],
  },
  {
    layout: "docker-classic",
    keepsCompression: false,
    keepsManifests: false,
    keepsPlatforms: false,
    keepsParents: true,
    takenBy: ["Docker 1.10+", "Podman", "Skopeo", "containerd"],
    refusedBy: ["umoci"],
  },
  {
    layout: "oci",
    keepsCompression: true,
    keepsManifests: true,
    keepsPlatforms: true,
    keepsParents: false,
    takenBy: [
      "Docker 25+ with the containerd store",
      "containerd",
      "Podman (one image)",
      "Skopeo and umoci (where the manifest is of OCI's type)",
    ],
    refusedBy: ["Docker with the classic store"],
  },
];
