import { visibleText } from "../../model/name.ts";
import { askedFor } from "../../model/pull-text.ts";
import type { Trouble } from "../../model/trouble.ts";
import { useLanguage } from "../desk.ts";
import { LoadTrouble } from "../kept/load-trouble.tsx";
import { PanelButton } from "../panel/panel-button.tsx";

/** What a {@link RegistryTrouble} tells. */
export interface RegistryTroubleProps {
  readonly trouble: Trouble;
  /** The image, repository or registry it happened to. */
  readonly about: string;
  /** Milliseconds since the epoch at which it happened. */
  readonly atMs?: number | undefined;
  /** What takes another platform, where that helps. */
  readonly choosePlatform?: ((platform: string) => void) | undefined;
}

/** Platforms that are offered of those an image has. */
const PLATFORMS = 8;

/** What a registry, or the way to it, did not do: in its own words, what that means, and what can be done from here. */
export function RegistryTrouble({ trouble, about, atMs, choosePlatform }: RegistryTroubleProps) {
  const { words } = useLanguage();
  const say = words.registry.trouble;
  const { code = "" } = trouble;
  if (code === "store/full") return <LoadTrouble trouble={trouble} />;
  const asked = askedFor(about);
  const registry = "fault" in asked ? undefined : asked.registry;
  const repository = "fault" in asked ? undefined : asked.repository;
  const there = platformsOf(trouble);
  const login = ["registry/unauthorized", "registry/denied", "registry/limited"].includes(code);
  const elsewhere = isElsewhere(trouble.detail);
  const settings = elsewhere || ["registry/unreachable", "registry/denied", "registry/failed"].includes(code);
  return (
    <div class="load-trouble registry-trouble" role="alert">
      <Advice trouble={trouble} registry={registry} atMs={atMs} />
      <p class="registry-said">{visibleText(reasonOf(trouble))}</p>
      {there.length > 0 && choosePlatform !== undefined && (
        <p class="registry-choices">
          {say.platform}{" "}
          {there.slice(0, PLATFORMS).map((platform) => (
            <button key={platform} type="button" class="button" onClick={() => choosePlatform(platform)}>
              {platform}
            </button>
          ))}
        </p>
      )}
      <p class="registry-choices">
        {code === "registry/missing" && !elsewhere && repository !== undefined && (
          <PanelButton panel={{ kind: "look", name: repository }} label={say.tags} />
        )}
        {login && registry !== undefined && (
          <PanelButton panel={{ kind: "login", registry }} label={say.login} />
        )}
        {settings && <PanelButton panel={{ kind: "registries" }} label={say.settings} />}
      </p>
    </div>
  );
}

function Advice({
  trouble: { code, detail },
  registry,
  atMs,
}: Pick<RegistryTroubleProps, "trouble" | "atMs"> & { readonly registry: string | undefined }) {
  const { words, format } = useLanguage();
  const say = words.registry.trouble;
  switch (code) {
    case "registry/missing":
      return <p>{isElsewhere(detail) ? say.proxy : say.missing}</p>;
    case "registry/unauthorized":
      return <p>{say.unauthorized}</p>;
    case "registry/denied":
      return <p>{say.denied}</p>;
    case "registry/unreachable":
      return <p>{say.unreachable}</p>;
    case "registry/failed":
      return <p>{say.failed}</p>;
    case "registry/unsupported":
      return <p>{say.unsupported}</p>;
    case "registry/artifact":
      return <p>{say.artifact}</p>;
    case "registry/limited": {
      const seconds = detail?.["retryAfter"];
      const at = typeof seconds === "number" && atMs !== undefined ? atMs / 1000 + seconds : undefined;
      return (
        <>
          <p>
            {typeof seconds === "number" && at !== undefined
              ? say.limitedUntil(format, seconds, format.stamp(at))
              : say.limited}
          </p>
          {registry === "docker.io" && <p>{say.limitedHub}</p>}
        </>
      );
    }
    default:
      return null;
  }
}

/** The registry's own words, where it has any; else ours. */
function reasonOf({ code = "", message, detail }: Trouble): string {
  const reason = detail?.["reason"];
  return code.startsWith("registry/") && typeof reason === "string" && reason !== "" ? reason : message;
}

/** Whether it is the proxy that knows no such registry: no registry was asked then. */
function isElsewhere(detail: Trouble["detail"]): boolean {
  const reason = detail?.["reason"];
  return typeof reason === "string" && reason.includes("does not serve a registry");
}

function platformsOf({ code, detail }: Trouble): readonly string[] {
  const there = detail?.["there"];
  if (code !== "image/platform" || !Array.isArray(there)) return [];
  return [...new Set(there.filter((one) => typeof one === "string"))];
}
