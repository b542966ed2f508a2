import { ACCESS_HEADER } from "./access.ts";
import type { Policy } from "./policy.ts";

/** A file of a client's configuration, ready to be copied. */
export interface ClientConfig {
  readonly client: string;
  readonly path: string;
  readonly text: string;
  /** What has to be known about it. */
  readonly note: string;
}

/**
 * Configurations that make clients pull through the proxy at `own`. A mirror is trusted with bytes that have a digest, not with saying which
 * digest a tag has, wherever the client can tell the two apart (security 21). A key stands in them as `KEY`.
 */
export function clientConfigs(policy: Policy, own: string): readonly ClientConfig[] {
  const keyed = policy.accessKeys.length > 0;
  const plain = own.startsWith("http://");
  const base = keyed ? `${own}/k/KEY` : own;
  const place = own.replace(/^https?:\/\//, "");
  const keys = policy.registries.map(({ key }) => key).filter((key) => !key.includes("*"));
  const servers = new Map(policy.registries.map((row) => [row.key, row.base]));
  const hub = keys.includes("docker.io");
  const configs: ClientConfig[] = [];
  if (hub)
    configs.push({
      client: "Docker Engine 25 and later",
      path: "/etc/docker/daemon.json",
      text: `${JSON.stringify({ "registry-mirrors": [`${base}/docker.io`], ...(plain ? { "insecure-registries": [place] } : {}) }, null, 2)}\n`,
      note:
        "A mirror stands in for Docker Hub only. Other registries are reached by name: docker pull " +
        `${place}/ghcr.io/OWNER/NAME.`,
    });
  configs.push({
    client: "containerd",
    path: "/etc/containerd/certs.d/REGISTRY/hosts.toml",
    text: keys
      .map((key) => {
        const lines = [
          `# ${key}/hosts.toml`,
          `server = "${servers.get(key)}"`,
          "",
          `[host."${own}"]`,
          '  capabilities = ["pull"]',
        ];
        if (keyed) lines.push(`  [host."${own}".header]`, `    ${ACCESS_HEADER} = ["KEY"]`);
        return `${lines.join("\n")}\n`;
      })
      .join("\n"),
    note: "One folder per registry. Tags are still resolved at the registry itself.",
  });
  configs.push({
    client: "Podman, Buildah, Skopeo, CRI-O",
    path: "/etc/containers/registries.conf.d/breakbulk.conf",
    text: keys
      .map((key) => {
        const lines = [
          "[[registry]]",
          `location = "${key}"`,
          "[[registry.mirror]]",
          `location = "${place}/${key}"`,
        ];
        if (plain) lines.push("insecure = true");
        lines.push('pull-from-mirror = "digest-only"');
        return `${lines.join("\n")}\n`;
      })
      .join("\n"),
    note: keyed
      ? `Log in first: podman login -u key ${place}, with the key as the password.`
      : "Pulls by digest only go to the mirror.",
  });
  configs.push({
    client: "k3s, RKE2",
    path: "/etc/rancher/k3s/registries.yaml",
    text: `mirrors:\n${keys.map((key) => `  ${key}:\n    endpoint:\n      - "${own}"\n`).join("")}${
      keyed ? `configs:\n  "${place}":\n    auth:\n      username: key\n      password: KEY\n` : ""
    }`,
    note: "Tells the proxy the registry by ns=.",
  });
  configs.push({
    client: "BuildKit",
    path: "/etc/buildkit/buildkitd.toml",
    text: `${keys.map((key) => `[registry."${key}"]\n  mirrors = ["${place}/${key}"]\n`).join("\n")}${
      plain ? `\n[registry."${place}"]\n  http = true\n` : ""
    }`,
    note: keyed
      ? `Log in first: docker login -u key ${place}, with the key as the password.`
      : "Used by docker buildx as well.",
  });
  return configs;
}
