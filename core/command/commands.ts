import { flag } from "./flag.ts";
import { checkGlobalFlags } from "./global-flags.ts";
import type { GroupSpec, Member } from "./group.ts";
import { absentVerb } from "./kernel.ts";
import { KERNEL } from "./kernel-verbs.ts";
import { BUILD } from "./verb/build.ts";
import { COMMIT } from "./verb/commit.ts";
import { CONTAINER_INSPECT } from "./verb/container-inspect.ts";
import { CONTAINER_PRUNE } from "./verb/container-prune.ts";
import { CP } from "./verb/cp.ts";
import { CREATE } from "./verb/create.ts";
import { SYSTEM_DF } from "./verb/df.ts";
import { DIFF } from "./verb/diff.ts";
import { INFO } from "./verb/engine.ts";
import { EXPORT } from "./verb/export.ts";
import { HISTORY } from "./verb/history.ts";
import { IMAGES } from "./verb/images.ts";
import { IMPORT } from "./verb/import.ts";
import { IMAGE_INSPECT, INSPECT } from "./verb/inspect.ts";
import { LOAD } from "./verb/load.ts";
import { LOGIN } from "./verb/login.ts";
import { LOGOUT } from "./verb/logout.ts";
import { MANIFEST_INSPECT } from "./verb/manifest-inspect.ts";
import { IMAGE_PRUNE } from "./verb/prune.ts";
import { PS } from "./verb/ps.ts";
import { PULL } from "./verb/pull.ts";
import { PUSH } from "./verb/push.ts";
import { RENAME } from "./verb/rename.ts";
import { RM } from "./verb/rm.ts";
import { RMI } from "./verb/rmi.ts";
import { SAVE } from "./verb/save.ts";
import { SEARCH } from "./verb/search.ts";
import { SYSTEM_PRUNE } from "./verb/system-prune.ts";
import { TAG } from "./verb/tag.ts";
import { VERSION_VERB } from "./verb/version.ts";

const IMAGE: GroupSpec = {
  summary: "Manage images",
  members: [
    { name: "build", command: BUILD },
    { name: "history", command: HISTORY },
    { name: "import", command: IMPORT },
    { name: "inspect", command: IMAGE_INSPECT },
    { name: "load", command: LOAD },
    { name: "ls", otherwise: ["list"], command: IMAGES },
    { name: "prune", command: IMAGE_PRUNE },
    { name: "pull", command: PULL },
    { name: "push", command: PUSH },
    { name: "rm", otherwise: ["remove"], command: { ...RMI, path: "docker image rm" } },
    { name: "save", command: SAVE },
    { name: "tag", command: TAG },
  ],
};

const CONTAINER: GroupSpec = {
  summary: "Manage containers",
  members: [
    { name: "attach", command: KERNEL.attach },
    { name: "commit", command: COMMIT },
    { name: "cp", command: CP },
    { name: "create", command: CREATE },
    { name: "diff", command: DIFF },
    { name: "exec", command: KERNEL.exec },
    { name: "export", command: EXPORT },
    { name: "inspect", command: CONTAINER_INSPECT },
    { name: "kill", command: KERNEL.kill },
    { name: "logs", command: KERNEL.logs },
    { name: "ls", otherwise: ["ps", "list"], command: PS },
    { name: "pause", command: KERNEL.pause },
    { name: "port", command: KERNEL.port },
    { name: "prune", command: CONTAINER_PRUNE },
    { name: "rename", command: RENAME },
    { name: "restart", command: KERNEL.restart },
    { name: "rm", otherwise: ["remove"], command: RM },
    { name: "run", command: KERNEL.run },
    { name: "start", command: KERNEL.start },
    { name: "stats", command: KERNEL.stats },
    { name: "stop", command: KERNEL.stop },
    { name: "top", command: KERNEL.top },
    { name: "unpause", command: KERNEL.unpause },
    { name: "update", command: KERNEL.update },
    { name: "wait", command: KERNEL.wait },
  ],
};

const SYSTEM: GroupSpec = {
  summary: "Manage Docker",
  members: [
    { name: "df", command: SYSTEM_DF },
    { name: "events", command: KERNEL.events },
    { name: "info", command: INFO },
    { name: "prune", command: SYSTEM_PRUNE },
  ],
};

const ELSEWHERE = "use docker push, or the page, which shows indexes with all their platforms";

const MANIFEST: GroupSpec = {
  summary: "Manage Docker image manifests and manifest lists",
  description: `The **docker manifest** command has subcommands for managing image manifests and
manifest lists. A manifest list allows you to use one name to refer to the same image
built for multiple architectures.

To see help for a subcommand, use:

    docker manifest CMD --help

For full details on using docker manifest lists, see the registry v2 specification.`,
  experimental: true,
  opening: "\n",
  members: [
    {
      name: "annotate",
      command: absentVerb("Add additional information to a local image manifest", ELSEWHERE),
    },
    {
      name: "create",
      command: absentVerb("Create a local manifest list for annotating and pushing to a registry", ELSEWHERE),
    },
    { name: "inspect", command: MANIFEST_INSPECT },
    { name: "push", command: absentVerb("Push a manifest list to a repository", ELSEWHERE) },
    {
      name: "rm",
      command: absentVerb("Delete one or more manifest lists from local storage", ELSEWHERE),
    },
  ],
};

const BUILDER = "there is one builder, which needs no managing: docker build uses it";
const buildx = (name: string, summary: string, section?: string): Member => ({
  name,
  section,
  command: absentVerb(summary, BUILDER),
});

/** `docker buildx`; `shown` as help shows the builder that is in use. */
function buildxGroup(shown: string | undefined): GroupSpec {
  return {
    summary: "Docker Buildx",
    description: "Extended build capabilities with BuildKit",
    path: "docker buildx",
    flags: [
      flag("--builder string", "Override the configured builder instance", { shownDefault: shown }),
      flag("-D, --debug", "Enable debug logging"),
    ],
    sections: ["Management Commands", "Commands"],
    closing: "\nExperimental commands and flags are hidden. Set BUILDX_EXPERIMENTAL=1 to show them.\n",
    members: [
      buildx("history", "Commands to work on build records", "Management Commands"),
      buildx("imagetools", "Commands to work on images in registry", "Management Commands"),
      buildx("bake", "Build from a file"),
      {
        name: "build",
        otherwise: ["b"],
        command: {
          ...BUILD,
          summary: "Start a build",
          flags: BUILD.flags.map((spec) =>
            spec.name === "builder" ? { ...spec, shownDefault: shown } : spec,
          ),
        },
      },
      buildx("create", "Create a new builder instance"),
      buildx("dial-stdio", "Proxy current stdio streams to builder instance"),
      buildx("du", "Disk usage"),
      buildx("inspect", "Inspect current builder instance"),
      buildx("ls", "List builder instances"),
      {
        name: "prune",
        command: {
          use: "",
          summary: "Remove build cache",
          flags: [
            flag("-a, --all", "Include internal/frontend images"),
            flag("-f, --force", "Do not prompt for confirmation"),
            flag("--filter filter", "Provide filter values"),
          ],
          args: { min: 0, max: 0 },
          async run({ context }) {
            await context.stdout.write("ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED\nTotal:\t0B\n");
            return 0;
          },
        },
      },
      buildx("rm", "Remove one or more builder instances"),
      buildx("stop", "Stop builder instance"),
      buildx("use", "Set the current builder instance"),
      buildx("version", "Show buildx version information"),
    ],
  };
}

const COMMON = "Common Commands";
const MANAGEMENT = "Management Commands";
const SWARM = "Swarm Commands";
const NOTHING = "images and containers that never run are all there is";

const VOLUME: GroupSpec = {
  summary: "Manage volumes",
  members: [
    {
      name: "ls",
      otherwise: ["list"],
      command: {
        ...absentVerb("List volumes", NOTHING),
        async run({ context }) {
          await context.stdout.write("DRIVER    VOLUME NAME\n");
          return 0;
        },
      },
    },
  ],
};

/** All commands. */
export const ROOT: GroupSpec = {
  summary: "A self-sufficient runtime for containers",
  sections: [COMMON, MANAGEMENT, SWARM, "Commands"],
  flags: [
    flag("--config string", "Location of client config files", { shownDefault: '"/root/.docker"' }),
    flag(
      "-c, --context string",
      'Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with "docker context use")',
    ),
    flag("-D, --debug", "Enable debug mode"),
    flag("-H, --host string", "Daemon socket to connect to"),
    flag("-l, --log-level string", 'Set the logging level ("debug", "info", "warn", "error", "fatal")', {
      shownDefault: '"info"',
    }),
    flag("--tls", "Use TLS; implied by --tlsverify"),
    flag("--tlscacert string", "Trust certs signed only by this CA", {
      shownDefault: '"/root/.docker/ca.pem"',
    }),
    flag("--tlscert string", "Path to TLS certificate file", { shownDefault: '"/root/.docker/cert.pem"' }),
    flag("--tlskey string", "Path to TLS key file", { shownDefault: '"/root/.docker/key.pem"' }),
    flag("--tlsverify", "Use TLS and verify the remote"),
    flag("-v, --version", "Print version information and quit"),
  ],
  before: checkGlobalFlags,
  closing: "\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n",
  members: [
    { name: "run", section: COMMON, command: KERNEL.run },
    { name: "exec", section: COMMON, command: KERNEL.exec },
    { name: "ps", section: COMMON, command: PS },
    { name: "build", section: COMMON, command: BUILD },
    {
      name: "bake",
      section: COMMON,
      command: absentVerb("Build from a file", "use docker build once for each target"),
    },
    { name: "pull", section: COMMON, command: PULL },
    { name: "push", section: COMMON, command: PUSH },
    { name: "images", section: COMMON, command: IMAGES },
    { name: "login", section: COMMON, command: LOGIN },
    { name: "logout", section: COMMON, command: LOGOUT },
    { name: "search", section: COMMON, command: SEARCH },
    { name: "version", section: COMMON, command: VERSION_VERB },
    { name: "info", section: COMMON, command: INFO },
    {
      name: "builder",
      section: MANAGEMENT,
      command: { ...buildxGroup('"default"'), summary: "Manage builds" },
    },
    { name: "buildx", section: MANAGEMENT, plugin: true, command: buildxGroup(undefined) },
    { name: "container", section: MANAGEMENT, command: CONTAINER },
    {
      name: "context",
      section: MANAGEMENT,
      command: absentVerb("Manage contexts", "there is one engine, this one"),
    },
    { name: "image", section: MANAGEMENT, command: IMAGE },
    { name: "manifest", section: MANAGEMENT, command: MANIFEST },
    { name: "network", section: MANAGEMENT, command: absentVerb("Manage networks", NOTHING) },
    { name: "plugin", section: MANAGEMENT, command: absentVerb("Manage plugins", NOTHING) },
    { name: "system", section: MANAGEMENT, command: SYSTEM },
    { name: "trust", section: MANAGEMENT, command: absentVerb("Manage trust on Docker images", NOTHING) },
    { name: "volume", section: MANAGEMENT, command: VOLUME },
    { name: "swarm", section: SWARM, command: absentVerb("Manage Swarm", NOTHING) },
    { name: "attach", command: KERNEL.attach },
    { name: "commit", command: COMMIT },
    { name: "cp", command: CP },
    { name: "create", command: CREATE },
    { name: "diff", command: DIFF },
    { name: "events", command: KERNEL.events },
    { name: "export", command: EXPORT },
    { name: "history", command: HISTORY },
    { name: "import", command: IMPORT },
    { name: "inspect", command: INSPECT },
    { name: "kill", command: KERNEL.kill },
    { name: "load", command: LOAD },
    { name: "logs", command: KERNEL.logs },
    { name: "pause", command: KERNEL.pause },
    { name: "port", command: KERNEL.port },
    { name: "rename", command: RENAME },
    { name: "restart", command: KERNEL.restart },
    { name: "rm", command: RM },
    { name: "rmi", command: RMI },
    { name: "save", command: SAVE },
    { name: "start", command: KERNEL.start },
    { name: "stats", command: KERNEL.stats },
    { name: "stop", command: KERNEL.stop },
    { name: "tag", command: TAG },
    { name: "top", command: KERNEL.top },
    { name: "unpause", command: KERNEL.unpause },
    { name: "update", command: KERNEL.update },
    { name: "wait", command: KERNEL.wait },
  ],
};
