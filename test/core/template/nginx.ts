import { imageDocument, type PlainDocument } from "../../../core/template/mod.ts";

const layer = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** The image that the vectors of the reference are about, as `docker inspect` has it. */
export const NGINX = {
  Id: `sha256:${"ab12".repeat(16)}`,
  RepoTags: ["nginx:1", "nginx:latest", "reg.io:5000/a/b:v1"],
  RepoDigests: [],
  Parent: "",
  Comment: "buildkit.dockerfile.v0",
  Created: "2024-05-06T07:08:09.123456789Z",
  DockerVersion: "",
  Author: "",
  Architecture: "amd64",
  Os: "linux",
  Size: 187_654_321,
  GraphDriver: { Data: { MergedDir: "/m", UpperDir: "/u" }, Name: "overlay2" },
  RootFS: { Type: "layers", Layers: [layer("1"), layer("2"), layer("3")] },
  Metadata: { LastTagTime: "2024-06-07T08:09:10Z" },
  Config: {
    Cmd: ["nginx", "-g", "daemon off;"],
    Entrypoint: ["/docker-entrypoint.sh"],
    Env: ["PATH=/usr/bin:/bin", "A=b", "C=d=e"],
    ExposedPorts: { "443/tcp": {}, "80/tcp": {} },
    Healthcheck: {
      Interval: 30_000_000_000,
      Retries: 3,
      Test: ["CMD-SHELL", "curl -f http://localhost || exit 1"],
      Timeout: 3_000_000_000,
    },
    Labels: { "com.example.name": "x", maintainer: "M <m@e.com>", zed: "1" },
    OnBuild: null,
    User: "nobody",
    Volumes: { "/data": {} },
    WorkingDir: "",
  },
} as const satisfies PlainDocument;

/** The same as a template of `inspect` takes it. */
export const nginxObject = { typed: imageDocument(NGINX), raw: NGINX };
