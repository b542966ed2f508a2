import { CoreError } from "../error.ts";
import type { Fields } from "./field.ts";

/** What an image runs on. Parts that are not said are `undefined`. */
export interface Platform {
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
  readonly osVersion?: string | undefined;
  readonly osFeatures?: readonly string[] | undefined;
}

/** `os/architecture/variant` as far as they are said, as written; "" when nothing is. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant]
    .filter((part) => part !== undefined && part !== "")
    .join("/");
}

const COMPONENT = /^[A-Za-z0-9_.-]+$/;
const OS_COMPONENT = /^([A-Za-z0-9_.-]+)(?:\(([A-Za-z0-9_.-]*)\))?$/;

const OPERATING_SYSTEMS: ReadonlySet<string> = new Set(
  "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos".split(
    " ",
  ),
);
const ARCHITECTURES: ReadonlySet<string> = new Set(
  "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm".split(
    " ",
  ),
);

/**
 * The platform that `text` asks for: `os`, `arch`, `os/arch` or `os/arch/variant`, normalised; what is missing comes from `host`.
 * @throws CoreError `oci/platform`.
 */
export function parsePlatform(
  text: string,
  host: Platform = { os: "linux", architecture: "amd64" },
): Platform {
  const parts = text.split("/");
  const osPart = OS_COMPONENT.exec(parts[0] ?? "");
  if (
    text.length > 512 ||
    parts.length > 3 ||
    osPart === null ||
    !parts.slice(1).every((part) => COMPONENT.test(part))
  ) {
    throw platformError(text, "expected os, architecture, os/architecture or os/architecture/variant");
  }
  const os = normalizeOS(osPart[1]!);
  const osVersion = osPart[2] === undefined || osPart[2] === "" ? {} : { osVersion: osPart[2] };
  if (parts.length > 1) {
    return { ...normalizePlatform({ os, architecture: parts[1], variant: parts[2] }), ...osVersion };
  }
  if (OPERATING_SYSTEMS.has(os)) {
    const sameOS = normalizePlatform({ ...host, os });
    return { os, architecture: sameOS.architecture, variant: sameOS.variant, ...osVersion };
  }
  const alone = normalizePlatform({ os: host.os, architecture: parts[0] });
  if (ARCHITECTURES.has(alone.architecture ?? "")) return alone;
  throw platformError(text, "it is no operating system and no architecture");
}

function platformError(text: string, flaw: string): CoreError {
  return new CoreError(
    "oci/platform",
    `Cannot parse platform ${JSON.stringify(text.slice(0, 512))}: ${flaw}`,
    {
      text: text.slice(0, 512),
    },
  );
}

function normalizeOS(os: string): string {
  const lower = os.toLowerCase();
  return lower === "macos" ? "darwin" : lower;
}

/** The same platform in the one spelling that compares equal: lower case, aliases resolved, implied variants added or dropped. */
export function normalizePlatform(platform: Platform): Platform {
  let architecture = platform.architecture?.toLowerCase();
  let variant = platform.variant?.toLowerCase() || undefined;
  switch (architecture) {
    case "i386":
      architecture = "386";
      variant = undefined;
      break;
    case "386":
      variant = undefined;
      break;
    case "x86_64":
    case "x86-64":
    case "amd64":
      architecture = "amd64";
      if (variant === "v1") variant = undefined;
      break;
    case "aarch64":
    case "arm64":
      architecture = "arm64";
      if (variant === "8" || variant === "v8" || variant === "v8.0") variant = undefined;
      else if (variant === "9" || variant === "9.0" || variant === "v9.0") variant = "v9";
      break;
    case "armhf":
      architecture = "arm";
      variant = "v7";
      break;
    case "armel":
      architecture = "arm";
      variant = "v6";
      break;
    case "arm":
      if (variant === undefined || variant === "7") variant = "v7";
      else if (variant === "5" || variant === "6" || variant === "8") variant = `v${variant}`;
      break;
    default:
  }
  return {
    ...platform,
    os: platform.os === undefined ? undefined : normalizeOS(platform.os),
    architecture,
    variant,
  };
}

/** The platform of a descriptor or of a config, whose fields have the same names. */
export function platformFields(fields: Fields): Platform {
  return {
    os: fields.string("os"),
    architecture: fields.string("architecture"),
    variant: fields.string("variant"),
    osVersion: fields.string("os.version"),
    osFeatures: fields.strings("os.features"),
  };
}
