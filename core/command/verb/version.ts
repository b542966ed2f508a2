import { formatPlatform } from "../../oci/mod.ts";
import type { CommandContext } from "../context.ts";
import { formatDocument } from "../document.ts";
import { API_VERSION, BUILD, VERSION } from "../edition.ts";
import { DOCUMENT_FORMAT } from "../flag.ts";
import type { Writable } from "../json.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker version` */
export const VERSION_VERB: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Show the Docker version information",
  flags: [DOCUMENT_FORMAT],
  args: { min: 0, max: 0 },
  async run({ flags, context }) {
    const { stdout } = context;
    const format = flags.text("format") ?? "";
    if (format !== "") {
      await stdout.write(formatDocument(versionDocument(context), format));
      return 0;
    }
    const platform = formatPlatform(context.platform ?? { os: "linux", architecture: "amd64" });
    await stdout.write(`Client: Breakbulk
 Version:           ${VERSION}
 API version:       ${API_VERSION}
 Git commit:        ${BUILD}
 OS/Arch:           ${platform}
 Context:           default

Server: Breakbulk
 Engine:
  Version:          ${VERSION}
  API version:      ${API_VERSION} (minimum version 1.24)
  Git commit:       ${BUILD}
  OS/Arch:          ${platform}
  Experimental:     false
`);
    return 0;
  },
};

/** What `docker version --format` is given. */
function versionDocument({ platform }: CommandContext): ReadonlyMap<string, Writable> {
  const { os = "linux", architecture = "amd64" } = platform ?? {};
  const own: readonly (readonly [string, Writable])[] = [
    ["Platform", new Map([["Name", "Breakbulk"]])],
    ["Version", VERSION],
    ["ApiVersion", API_VERSION],
  ];
  const rest: readonly (readonly [string, Writable])[] = [
    ["GitCommit", BUILD],
    ["Os", os],
    ["Arch", architecture],
  ];
  return new Map<string, Writable>([
    [
      "Client",
      new Map<string, Writable>([
        ...own,
        ["DefaultAPIVersion", API_VERSION],
        ...rest,
        ["Context", "default"],
      ]),
    ],
    [
      "Server",
      new Map<string, Writable>([...own, ["MinAPIVersion", "1.24"], ...rest, ["Experimental", false]]),
    ],
  ]);
}
