import type { Digest } from "../../core/digest/mod.ts";
import { DEMO_EPOCH, type DemoLayer } from "./demo-files.ts";

/** Tags of the demo image. */
export const DEMO_TAGS: readonly string[] = ["breakbulk/demo:latest", "breakbulk/demo:1"];

/** Settings made by instructions without a layer, in the order of the Dockerfile; some before, some after the layers. */
const BEFORE = ['LABEL org.opencontainers.image.title="Breakbulk demo"'];
const AFTER = [
  "ENV GREETING=Ahoy",
  "EXPOSE map[8080/tcp:{}]",
  "VOLUME [/var/log]",
  "WORKDIR /home/captain",
  "USER captain",
  'HEALTHCHECK &{["CMD" "/usr/bin/greet"] "30s" "5s" "0s" "0s" \'\\x03\'}',
  'ENTRYPOINT ["/usr/bin/greet"]',
  'CMD ["--all"]',
];

/** The config of the demo image, as it is stored: its digest is the image's ID. */
export function demoConfig(layers: readonly (DemoLayer & { readonly diffID: Digest })[]): string {
  let minute = 0;
  const step = (createdBy: string, empty: boolean): object => ({
    created: timeAt(minute++),
    created_by: createdBy,
    comment: "buildkit.dockerfile.v0",
    ...(empty && { empty_layer: true }),
  });
  const [base, ...others] = layers;
  const history = [
    ...(base === undefined ? [] : [step(base.createdBy, false)]),
    ...BEFORE.map((text) => step(text, true)),
    ...others.map(({ createdBy }) => step(createdBy, false)),
    ...AFTER.map((text) => step(text, true)),
  ];
  return JSON.stringify({
    architecture: "amd64",
    config: {
      User: "captain",
      ExposedPorts: { "8080/tcp": {} },
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "GREETING=Ahoy"],
      Entrypoint: ["/usr/bin/greet"],
      Cmd: ["--all"],
      Healthcheck: {
        Test: ["CMD", "/usr/bin/greet"],
        Interval: 30_000_000_000,
        Timeout: 5_000_000_000,
        Retries: 3,
      },
      Volumes: { "/var/log": {} },
      WorkingDir: "/home/captain",
      Labels: {
        "org.opencontainers.image.title": "Breakbulk demo",
        "org.opencontainers.image.description": "Five small layers that show what images are made of",
      },
    },
    created: timeAt(minute),
    history,
    os: "linux",
    rootfs: { type: "layers", diff_ids: layers.map(({ diffID }) => diffID) },
  });
}

const timeAt = (minute: number): string =>
  new Date((DEMO_EPOCH + 60 * minute) * 1000).toISOString().replace(".000Z", "Z");
