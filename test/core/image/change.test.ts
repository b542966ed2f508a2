import { describe, expect, it } from "vitest";
import { applyChanges, parsePorts, workdirOf } from "../../../core/image/mod.ts";
import type { ContainerConfig } from "../../../core/oci/mod.ts";

describe("changes", () => {
  it.each([
    [['CMD ["z"]', "ENV Q=1", "LABEL l=1"], { cmd: ["z"], env: ["Q=1"], labels: new Map([["l", "1"]]) }],
    [["ENTRYPOINT e"], { entrypoint: ["/bin/sh", "-c", "e"] }],
    [["cmd echo $HOME"], { cmd: ["/bin/sh", "-c", "echo $HOME"] }],
    [["WORKDIR /zz", "WORKDIR y/../x"], { workingDir: "/zz/x" }],
    [["EXPOSE 90 91-92/UDP"], { exposedPorts: ["90/tcp", "91/udp", "92/udp"] }],
    [["USER u", "VOLUME /v", "ONBUILD RUN x"], { user: "u", volumes: ["/v"], onBuild: ["RUN x"] }],
    [["ENV A=1 B=2", "ENV A=$B$A C=${X:-d}"], { env: ["A=21", "B=2", "C=d"] }],
    [["STOPSIGNAL sigterm"], { stopSignal: "sigterm" }],
    [["CMD a", 'ENTRYPOINT ["e"]'], { cmd: ["/bin/sh", "-c", "a"], entrypoint: ["e"] }],
  ] as [string[], ContainerConfig][])("%j make %j", (changes, expected) => {
    const made = applyChanges({}, changes);
    expect(Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined))).toEqual(
      expected,
    );
  });

  it("of ENTRYPOINT clear a command that was there before, and none given beside it", () => {
    expect(applyChanges({ cmd: ["old"] }, ['ENTRYPOINT ["e"]']).cmd).toBeUndefined();
    expect(applyChanges({ cmd: ["old"] }, ['CMD ["new"]', 'ENTRYPOINT ["e"]']).cmd).toEqual(["new"]);
  });

  it("leave the config they are given as it was", () => {
    const config: ContainerConfig = { env: ["A=1"], labels: new Map(), exposedPorts: ["1/tcp"] };
    applyChanges(config, ["ENV A=2", "LABEL a=b", "EXPOSE 2"]);
    expect(config).toEqual({ env: ["A=1"], labels: new Map(), exposedPorts: ["1/tcp"] });
    expect(applyChanges(config, [])).toBe(config);
  });

  it.each([
    ["BOGUS", "BOGUS is not a valid change command"],
    ["RUN x", "RUN is not a valid change command"],
    ["copy a b", "copy is not a valid change command"],
    ["ARG x", "ARG is not a valid change command"],
    ["MAINTAINER me", "MAINTAINER is not a valid change command"],
    ['SHELL ["a"]', "SHELL is not a valid change command"],
    ["", "file with no instructions"],
    ["ENV", "ENV requires at least one argument"],
    ["ENV A", "ENV must have two arguments"],
    ["EXPOSE abc", "Invalid containerPort: abc"],
    ["STOPSIGNAL NOPE", "invalid signal: NOPE"],
    ["HEALTHCHECK X", 'Unknown type "X" in HEALTHCHECK (try CMD)'],
    ["WORKDIR", "WORKDIR requires exactly one argument"],
    ["USER ${X?gone}", 'failed to process "${X?gone}": X: gone'],
  ])("of %j are refused: %s", (change, message) => {
    expect(() => applyChanges({}, [change])).toThrow(expect.objectContaining({ message }));
  });
});

describe("ports", () => {
  it.each([
    ["80", ["80/tcp"]],
    ["127.0.0.1:8080:80/SCTP", ["80/sctp"]],
    ["[::1]::80", ["80/tcp"]],
    ["8000-8001:80-81", ["80/tcp", "81/tcp"]],
    ["0", ["0/tcp"]],
  ])("of %s are %j", (text, ports) => {
    expect(parsePorts(text)).toEqual(ports);
  });

  it.each(["", "/tcp", "a", "70000", "2-1", "1-2-3", "80/x", "x:80", "1.2.3.4.5:1:80", "1-3:1-2"])(
    "of %j are refused",
    (text) => {
      expect(() => parsePorts(text)).toThrow(/nvalid/);
    },
  );
});

describe("a working directory", () => {
  it.each([
    [undefined, "a", "/a"],
    ["/a", "b/", "/a/b"],
    ["/a", "/c/../d//", "/c/../d//"],
    ["/c/../d//", "e", "/d/e"],
    ["/a", "../../..", "/"],
  ])("after %j, %j is %j", (current, path, expected) => {
    expect(workdirOf(current, path)).toBe(expected);
  });
});
