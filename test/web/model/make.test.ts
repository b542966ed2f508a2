import { describe, expect, it } from "vitest";
import { assemble, layersOf, type PendingEdit, withEdit } from "../../../web/model/make-edits.ts";
import { buildLines, editLines, indexLines } from "../../../web/model/make-lines.ts";
import { layerRows } from "../../../web/model/make-plan.ts";
import {
  commandOf,
  namedField,
  settingsEdit,
  settingsFaults,
  settingsForm,
} from "../../../web/model/make-settings.ts";
import type { EditSubject, SubjectSettings } from "../../../web/model/making.ts";

const SETTINGS: SubjectSettings = {
  env: ["PATH=/bin", "EMPTY="],
  labels: [["a", "b"]],
  cmd: ["sh"],
  ports: ["80/tcp"],
  volumes: [],
  platform: "linux/amd64",
};

const layer = (index: number) => ({
  digest: `sha256:${index}`,
  diffID: `sha256:d${index}`,
  mediaType: "",
  size: index + 1,
});

const SUBJECT: EditSubject = {
  id: "sha256:1",
  digest: "sha256:2",
  tags: ["app:1"],
  family: "oci",
  settings: SETTINGS,
  annotations: [],
  layers: [0, 1, 2, 3, 4].map(layer),
  platforms: ["linux/amd64"],
};

const key = (index: number) => `layer ${index}`;

describe("a form of settings", () => {
  it("changes nothing as it comes", () => {
    expect(settingsEdit(SETTINGS, settingsForm(SETTINGS))).toBeUndefined();
  });

  it("says only what is different, and null for what goes", () => {
    const form = {
      ...settingsForm(SETTINGS),
      env: [namedField("PATH", "/usr/bin"), namedField("NEW", "a=b"), namedField("", "")],
      cmd: "",
      entrypoint: "node 'my app.js' \"\"",
      user: "app",
      ports: "443, 53/udp",
    };
    expect(settingsEdit(SETTINGS, form)).toEqual({
      env: {
        set: [
          ["PATH", "/usr/bin"],
          ["NEW", "a=b"],
        ],
        unset: ["EMPTY"],
      },
      cmd: null,
      entrypoint: ["node", "my app.js", ""],
      user: "app",
      ports: { add: ["443/tcp", "53/udp"], remove: ["80/tcp"] },
    });
  });

  it("names the fields that cannot be as they are, and leaves them out", () => {
    const form = {
      ...settingsForm(SETTINGS),
      cmd: '["open',
      ports: "http",
      platform: "linux",
      env: [namedField("A=B", "c")],
    };
    expect([...settingsFaults(form)].sort()).toEqual(["cmd", "env", "platform", "ports"]);
    expect(settingsEdit(SETTINGS, form)).toBeUndefined();
  });

  it.each([
    ["", []],
    ["a  b", ["a", "b"]],
    ["a\\ b", ["a b"]],
    [`'$x' "y z"`, ["$x", "y z"]],
    ['["a", "b c"]', ["a", "b c"]],
    ["'open", undefined],
    ["[1]", undefined],
  ])("reads the command %j", (text, words) => {
    expect(commandOf(text)).toEqual(words);
  });
});

describe("edits that wait", () => {
  const edits: readonly PendingEdit[] = [
    { key: "a", kind: "remove-layer", layer: key(1) },
    { key: "b", kind: "squash", from: key(2), to: key(3) },
    { key: "c", kind: "roll-back", layer: "b" },
  ];

  it("name layers as they are after the edits before", () => {
    const { edits: asked, layers, lost } = assemble(SUBJECT, edits);
    expect(asked).toEqual([
      { kind: "remove-layer", layer: 1 },
      { kind: "squash", from: 1, to: 2 },
      { kind: "roll-back", layer: 1 },
    ]);
    expect(layers.map(({ from }) => from)).toEqual([[0], [2, 3]]);
    expect(lost.size).toBe(0);
  });

  it("still mean the same when one before them goes, or are lost with it", () => {
    expect(assemble(SUBJECT, edits.slice(1)).edits).toEqual([
      { kind: "squash", from: 2, to: 3 },
      { kind: "roll-back", layer: 2 },
    ]);
    const { edits: asked, lost } = assemble(SUBJECT, [edits[0], edits[2]]);
    expect(asked).toHaveLength(1);
    expect([...lost]).toEqual(["c"]);
  });

  it("exchange the base before all else, and store layers anew after it", () => {
    const rebase: PendingEdit = {
      key: "r",
      kind: "rebase",
      from: "base:1",
      to: "base:2",
      layers: 3,
      sizes: [1, 1],
      names: ["base:1", "base:2"],
    };
    const recompress: PendingEdit = { key: "z", kind: "recompress", compression: "none" };
    const remove: PendingEdit = { key: "m", kind: "remove-layer", layer: key(4) };
    const all = [recompress, remove, rebase].reduce(withEdit, []);
    const { edits: asked, compression } = assemble(SUBJECT, all);
    expect(asked.map(({ kind }) => kind)).toEqual(["rebase", "remove-layer", "recompress"]);
    expect(asked[1]).toEqual({ kind: "remove-layer", layer: 3 });
    expect(compression).toBe("none");
  });

  it("replace those of which there is one", () => {
    const oci: PendingEdit = { key: "1", kind: "media-types", family: "oci" };
    const docker: PendingEdit = { key: "2", kind: "media-types", family: "docker" };
    expect([oci, docker].reduce(withEdit, [])).toEqual([docker]);
  });

  it("leave the layers as they are when there are none", () => {
    expect(assemble(SUBJECT, []).layers).toEqual(layersOf(SUBJECT));
  });
});

it("a plan sets layers side by side, matched in order", () => {
  const facts = (digests: readonly number[]) => ({
    id: "",
    digest: "",
    layerBytes: 0,
    layers: digests.map(layer),
  });
  const rows = layerRows({ before: facts([0, 1, 2, 3]), after: facts([0, 7, 3, 8]) });
  expect(rows.map(({ kind }) => kind)).toEqual(["kept", "gone", "gone", "new", "kept", "new"]);
  expect(rows[4]).toMatchObject({ before: { index: 3 }, after: { index: 2 } });
});

describe("command lines", () => {
  it("are of those tools that can do all the edits", () => {
    const of = (edits: Parameters<typeof editLines>[1]["edits"]) =>
      editLines("app:1", { edits, name: "app:2" }).map(({ line }) => line);
    expect(of([{ kind: "squash" }])).toEqual(["crane flatten -t app:2 app:1"]);
    expect(of([{ kind: "strip", paths: ["/a b"] }])).toEqual([
      "regctl image mod app:1 --layer-strip-file '/a b' --create app:2",
    ]);
    expect(of([{ kind: "strip", paths: ["/a/*"] }])).toEqual([]);
    expect(of([{ kind: "settings", change: { user: null } }])).toEqual([]);
    expect(of([{ kind: "settings", change: { env: { set: [["A", "b c"]] } } }])).toEqual([
      "crane mutate --env 'A=b c' -t app:2 app:1",
      "regctl image mod app:1 --env 'A=b c' --create app:2",
      "umoci config --image layout:1 --tag 2 --config.env 'A=b c'",
    ]);
  });

  it("build folders and tars", () => {
    const [folder] = buildLines({ tags: ["a:1"], file: "x/Dockerfile" }, { folder: "my ctx" });
    expect(folder?.line).toBe("docker build -t a:1 -f 'my ctx/x/Dockerfile' 'my ctx'");
    const [tar] = buildLines({ tags: [], target: "t", noCache: true }, { tar: "c.tar" });
    expect(tar?.line).toBe("docker build --target t --no-cache - < c.tar");
  });

  it("join images of several platforms, or filter one", () => {
    expect(indexLines(["a:1", "b:1"], { name: "c:1", platforms: undefined })[0]?.line).toBe(
      "crane index append -m a:1 -m b:1 -t c:1",
    );
    expect(indexLines(["a:1"], { name: "c:1", platforms: ["linux/arm64"] })[0]?.line).toBe(
      "crane index filter a:1 --platform linux/arm64 -t c:1",
    );
  });
});
