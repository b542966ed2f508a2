import { type FlagSpec, flag } from "../flag.ts";

/** What `build` takes. */
export const BUILD_FLAGS: readonly FlagSpec[] = [
  flag("--add-host strings", 'Add a custom host-to-IP mapping (format: "host:ip")'),
  flag(
    "--allow stringArray",
    'Allow extra privileged entitlement (e.g., "network.host", "security.insecure", "device")',
  ),
  flag("--annotation stringArray", "Add annotation to the image"),
  flag("--attest stringArray", 'Attestation parameters (format: "type=sbom,generator=image")'),
  flag("--build-arg stringArray", "Set build-time variables"),
  flag("--build-context stringArray", "Additional build contexts (e.g., name=path)"),
  flag(
    "--cache-from stringArray",
    'External cache sources (e.g., "user/app:cache", "type=local,src=path/to/dir")',
  ),
  flag(
    "--cache-to stringArray",
    'Cache export destinations (e.g., "user/app:cache", "type=local,dest=path/to/dir")',
  ),
  flag("--call string", 'Set method for evaluating build ("check", "outline", "targets")', {
    shownDefault: '"build"',
  }),
  flag("--cgroup-parent string", 'Set the parent cgroup for the "RUN" instructions during build'),
  flag("--check", 'Shorthand for "--call=check"'),
  flag("-D, --debug", "Enable debug logging"),
  flag("-f, --file string", 'Name of the Dockerfile (default: "PATH/Dockerfile")'),
  flag("--iidfile string", "Write the image ID to a file"),
  flag("--label stringArray", "Set metadata for an image"),
  flag("--load", 'Shorthand for "--output=type=docker"'),
  flag("--metadata-file string", "Write build result metadata to a file"),
  flag("--network string", 'Set the networking mode for the "RUN" instructions during build', {
    shownDefault: '"default"',
  }),
  flag("--no-cache", "Do not use cache when building the image"),
  flag("--no-cache-filter stringArray", "Do not cache specified stages"),
  flag("-o, --output stringArray", 'Output destination (format: "type=local,dest=path")'),
  flag("--platform stringArray", "Set target platform for build"),
  flag(
    "--progress string",
    'Set type of progress output ("auto", "none",  "plain", "quiet", "rawjson", "tty"). Use plain to show container output',
    { shownDefault: '"auto"' },
  ),
  flag("--provenance string", 'Shorthand for "--attest=type=provenance"'),
  flag("--pull", "Always attempt to pull all referenced images"),
  flag("--push", 'Shorthand for "--output=type=registry"'),
  flag("-q, --quiet", "Suppress the build output and print image ID on success"),
  flag("--sbom string", 'Shorthand for "--attest=type=sbom"'),
  flag("--secret stringArray", 'Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")'),
  flag("--shm-size bytes", "Shared memory size for build containers"),
  flag(
    "--ssh stringArray",
    'SSH agent socket or keys to expose to the build (format: "default|<id>[=<socket>|<key>[,<key>]]")',
  ),
  flag("-t, --tag stringArray", 'Name and optionally a tag (format: "name:tag")'),
  flag("--target string", "Set the target build stage to build"),
  flag("--ulimit ulimit", "Ulimit options", { shownDefault: "[]" }),
];
