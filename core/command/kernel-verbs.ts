import { DOCUMENT_FORMAT, FILTER, flag } from "./flag.ts";
import { kernelVerb } from "./kernel.ts";
import { CONTAINER_FLAGS } from "./verb/container-flags.ts";

const one = (name: string): string[] => [`docker container ${name}`, `docker ${name}`];
const CONTAINERS = "[OPTIONS] CONTAINER [CONTAINER...]";
const SAVED = "a container here never runs, so there is nothing of the kind to do or to see";
const DETACH_KEYS = flag("--detach-keys string", "Override the key sequence for detaching a container");

/** The verbs that need processes to run. */
export const KERNEL = {
  attach: kernelVerb({
    use: "[OPTIONS] CONTAINER",
    summary: "Attach local standard input, output, and error streams to a running container",
    aliases: one("attach"),
    min: 1,
    max: 1,
    values: ["container"],
  }),
  events: kernelVerb({
    use: "[OPTIONS]",
    summary: "Get real time events from the server",
    aliases: ["docker system events", "docker events"],
    flags: [
      flag("--since string", "Show all events created since timestamp"),
      flag("--until string", "Stream events until this timestamp"),
      FILTER,
      { ...DOCUMENT_FORMAT, short: undefined },
    ],
    max: 0,
    instead: "no engine is running whose events could be watched",
  }),
  exec: kernelVerb({
    use: "[OPTIONS] CONTAINER COMMAND [ARG...]",
    summary: "Execute a command in a running container",
    aliases: one("exec"),
    flags: [
      flag("-d, --detach", "Detached mode: run command in the background"),
      DETACH_KEYS,
      flag("-e, --env list", "Set environment variables"),
      flag("--env-file list", "Read in a file of environment variables"),
      flag("-i, --interactive", "Keep STDIN open even if not attached"),
      flag("--privileged", "Give extended privileges to the command"),
      flag("-t, --tty", "Allocate a pseudo-TTY"),
      flag("-u, --user string", 'Username or UID (format: "<name|uid>[:<group|gid>]")'),
      flag("-w, --workdir string", "Working directory inside the container"),
    ],
    min: 2,
    values: ["container", "text"],
  }),
  kill: kernelVerb({
    use: CONTAINERS,
    summary: "Kill one or more running containers",
    aliases: one("kill"),
    min: 1,
    values: ["container"],
    instead: SAVED,
  }),
  logs: kernelVerb({
    use: "[OPTIONS] CONTAINER",
    summary: "Fetch the logs of a container",
    aliases: one("logs"),
    min: 1,
    max: 1,
    values: ["container"],
    instead: SAVED,
  }),
  pause: kernelVerb({
    use: "CONTAINER [CONTAINER...]",
    summary: "Pause all processes within one or more containers",
    aliases: one("pause"),
    min: 1,
    values: ["container"],
    instead: SAVED,
  }),
  port: kernelVerb({
    use: "CONTAINER [PRIVATE_PORT[/PROTO]]",
    summary: "List port mappings or a specific mapping for the container",
    aliases: one("port"),
    min: 1,
    max: 2,
    values: ["container"],
    instead: SAVED,
  }),
  restart: kernelVerb({
    use: CONTAINERS,
    summary: "Restart one or more containers",
    aliases: one("restart"),
    min: 1,
    values: ["container"],
  }),
  run: kernelVerb({
    use: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
    summary: "Create and run a new container from an image",
    aliases: one("run"),
    flags: [
      ...CONTAINER_FLAGS,
      flag("-d, --detach", "Run container in background and print container ID"),
      DETACH_KEYS,
      flag("--help", "Print usage"),
      flag("--pull string", 'Pull image before running ("always", "missing", "never")', {
        shownDefault: '"missing"',
      }),
      flag("--sig-proxy", "Proxy received signals to the process", { shownDefault: "true" }),
    ],
    min: 1,
    values: ["image", "text"],
  }),
  start: kernelVerb({
    use: CONTAINERS,
    summary: "Start one or more stopped containers",
    aliases: one("start"),
    min: 1,
    values: ["container"],
  }),
  stats: kernelVerb({
    use: "[OPTIONS] [CONTAINER...]",
    summary: "Display a live stream of container(s) resource usage statistics",
    aliases: one("stats"),
    values: ["container"],
    instead: SAVED,
  }),
  stop: kernelVerb({
    use: CONTAINERS,
    summary: "Stop one or more running containers",
    aliases: one("stop"),
    min: 1,
    values: ["container"],
    instead: SAVED,
  }),
  top: kernelVerb({
    use: "CONTAINER [ps OPTIONS]",
    summary: "Display the running processes of a container",
    aliases: one("top"),
    min: 1,
    values: ["container"],
    instead: SAVED,
  }),
  unpause: kernelVerb({
    use: "CONTAINER [CONTAINER...]",
    summary: "Unpause all processes within one or more containers",
    aliases: one("unpause"),
    min: 1,
    values: ["container"],
    instead: SAVED,
  }),
  update: kernelVerb({
    use: CONTAINERS,
    summary: "Update configuration of one or more containers",
    aliases: one("update"),
    min: 1,
    values: ["container"],
    instead: SAVED,
  }),
  wait: kernelVerb({
    use: "CONTAINER [CONTAINER...]",
    summary: "Block until one or more containers stop, then print their exit codes",
    aliases: one("wait"),
    min: 1,
    values: ["container"],
    instead: SAVED,
  }),
};
