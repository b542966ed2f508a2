/** A step that does not print what Docker printed, and why it never will; or one that is not played at all. */
export interface Difference {
  readonly scenario: string;
  /** Numbers of steps, or the words that their command lines begin with. */
  readonly steps: readonly number[] | string;
  readonly reason: string;
  /** It would leave the store other than Docker left it, and steps after it with it. */
  readonly unplayed?: boolean;
}

const LAYOUTS =
  "image layouts of other tools are loaded here: the engine with the classic store refuses them, the one with the containerd store takes them";
const WINDOWS = "images of Windows can be looked into and passed on, although nothing here could run them";
const SOCKET = "there is no connection to an engine that could break";
const PLATFORMS =
  "all platforms of an image are kept here, the engine with the classic store keeps one and passes over an archive of another";

const DATES = "what was made then has another date, and so another digest, than what is made now";

const layouts = (scenario: string, names: readonly string[]): Difference[] =>
  names.map((name) => ({ scenario, steps: `load -i mini/${name}.tar`, reason: LAYOUTS, unplayed: true }));

/** All of them. */
export const DIFFERENCES: readonly Difference[] = [
  ...layouts("07-load", [
    "app.podman-oci",
    "app.skopeo-gzip",
    "app.skopeo-zstd",
    "app.skopeo-dir",
    "app.umoci",
    "built.buildx-gzip",
    "built.buildx-zstd",
    "built.buildx-uncompressed",
    "built.buildx-estargz",
    "built.buildah-oci",
    "multi.buildx",
  ]),
  ...layouts("16-load-bad", [
    "app.podman-oci",
    "app.skopeo-gzip",
    "app.skopeo-zstd",
    "app.umoci",
    "multi.buildx",
  ]),
  { scenario: "07-load", steps: "load -i mini/windows.tar", reason: WINDOWS, unplayed: true },
  { scenario: "16-load-bad", steps: "load -i mini/windows.tar", reason: WINDOWS, unplayed: true },
  { scenario: "07-load", steps: "load -i mini", reason: SOCKET },
  {
    scenario: "07-load",
    steps: "load --platform linux/arm64 -i mini/multi.docker28c.tar",
    reason: PLATFORMS,
    unplayed: true,
  },
  {
    scenario: "08-save",
    steps: "save -o i2.tar",
    reason:
      "index.json lists images without a name as well: engines with the containerd store find images by it",
  },
  {
    scenario: "08-save",
    steps: "save --platform linux/arm64 -o y.tar crane",
    reason: "index.json names the platform of a manifest that was chosen by it",
  },
  { scenario: "09-import", steps: "import mini imported:dir", reason: SOCKET },
  { scenario: "09-import", steps: "save -o imp.tar", reason: DATES },
  { scenario: "10-containers", steps: "save -o made.tar", reason: DATES },
  {
    scenario: "10-containers",
    steps: "export -o odd.tar",
    reason: "extended attributes of files are exported with them, the engine drops those of users",
  },
  {
    scenario: "10-containers",
    steps: "system df",
    reason: "there are no volumes: nothing would mount them",
  },
  {
    scenario: "15-containers-and-images",
    steps: "save -o conf.tar",
    reason: `layers and manifests are saved as they came, compressed or not; ${DATES}`,
  },
  {
    scenario: "11-registry",
    steps: [78, 79, 80],
    reason: "layers that another gzip has compressed have other sizes and digests",
  },
  {
    scenario: "13-search",
    steps: [33, 34, 35],
    reason: "spellings that Docker no longer takes and people still type are taken",
  },
  {
    scenario: "14-usage",
    steps: [6, 7],
    reason: "the version is Docker's whose behaviour this is; the build is our own",
  },
  {
    scenario: "14-usage",
    steps: "network ls",
    reason: "there is no kernel whose networks could be listed",
  },
];
