import type { ContainerConfig, Healthcheck } from "../../core/oci/mod.ts";
import type { ImageView } from "../model/engine.ts";

type Setting = ImageView["settings"][number];

const NANOSECONDS = 1e9;

/** The `config` object of an image as facts to list: how it starts first, then what it offers, then what is said about it. */
export function settingsOf(config: ContainerConfig | undefined): readonly Setting[] {
  if (config === undefined) return [];
  const settings: Setting[] = [];
  const add = (key: string, values: readonly string[] | undefined): void => {
    if (values !== undefined && values.length > 0) settings.push({ key, values });
  };
  const one = (text: string | undefined): readonly string[] => (text ? [text] : []);
  add("Entrypoint", config.entrypoint);
  add("Cmd", config.cmd);
  add("User", one(config.user));
  add("WorkingDir", one(config.workingDir));
  add("Env", config.env);
  add("ExposedPorts", config.exposedPorts);
  add("Volumes", config.volumes);
  add("Healthcheck", config.healthcheck && healthcheckOf(config.healthcheck));
  add("StopSignal", one(config.stopSignal));
  add("Shell", config.shell);
  add("OnBuild", config.onBuild);
  add("Labels", config.labels && [...config.labels].map(([key, value]) => `${key}=${value}`));
  return settings;
}

function healthcheckOf(check: Healthcheck): readonly string[] {
  const times = [
    ["interval", check.interval],
    ["timeout", check.timeout],
    ["start-period", check.startPeriod],
    ["start-interval", check.startInterval],
  ] as const;
  return [
    (check.test ?? []).join(" "),
    ...times.filter(([, time]) => time > 0).map(([name, time]) => `${name}=${time / NANOSECONDS}s`),
    ...(check.retries > 0 ? [`retries=${check.retries}`] : []),
  ].filter((text) => text !== "");
}
