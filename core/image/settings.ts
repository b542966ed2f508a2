import type { ContainerConfig } from "../oci/mod.ts";

/** One fact of how an image is run, by the name the config has for it. */
export interface Setting {
  readonly key: string;
  readonly values: readonly string[];
}

/** How an image is run, in the order in which people ask: what is started, as whom, where, with what. Only what is said. */
export function settingsOf(container: ContainerConfig | undefined): Setting[] {
  if (container === undefined) return [];
  const { healthcheck, labels } = container;
  const all: readonly Setting[] = [
    { key: "Entrypoint", values: container.entrypoint ?? [] },
    { key: "Cmd", values: container.cmd ?? [] },
    { key: "User", values: single(container.user) },
    { key: "WorkingDir", values: single(container.workingDir) },
    { key: "Env", values: container.env ?? [] },
    { key: "ExposedPorts", values: container.exposedPorts ?? [] },
    { key: "Volumes", values: container.volumes ?? [] },
    { key: "StopSignal", values: single(container.stopSignal) },
    { key: "Shell", values: container.shell ?? [] },
    { key: "Healthcheck", values: healthcheck?.test ?? [] },
    { key: "OnBuild", values: container.onBuild ?? [] },
    { key: "Labels", values: [...(labels ?? [])].map(([name, value]) => `${name}=${value}`) },
  ];
  return all.filter(({ values }) => values.length > 0);
}

const single = (value: string | undefined): string[] => (value === undefined || value === "" ? [] : [value]);
