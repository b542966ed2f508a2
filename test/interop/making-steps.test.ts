import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENGINES_ABSENT, runRaw, startEngine, stopEngine } from "./engines.ts";
import { type ScriptPlace, script } from "./script-host.ts";

const BASE = "tiny/busybox:1";
const IMAGE = [
  "{{json .Config.Cmd}} {{json .Config.Entrypoint}} {{json .Config.Env}} {{json .Config.User}} {{json .Config.WorkingDir}}",
  "{{json .Config.ExposedPorts}} {{json .Config.Volumes}} {{json .Config.Labels}} {{json .Config.OnBuild}} {{json .Config.StopSignal}}",
  "{{json .Config.Healthcheck}} {{.Architecture}} {{.Os}} {{.Author}} {{.Comment}} {{len .RootFS.Layers}} {{.Size}}",
].join(" ");
const HISTORY = "{{.CreatedBy}} | {{.Comment}} | {{.Size}}";

/** Lines of a shell, one after the other: `docker` is theirs, then ours. Output is compared but for what a machine makes up. */
const STEPS: readonly (readonly string[])[] = [
  [
    `docker create --name one -w /work/dir -e A=1 --label x=y -u 5 ${BASE} /bin/busybox ls`,
    "docker diff one | sort",
    "docker cp tree one:/srv",
    "docker cp tree/. one:/top",
    "docker cp -a tree/f one:/bin/",
    "tar -cf - -C tree f | docker cp - one:/srv",
    "docker cp nowhere one:/",
    "docker cp one:/nowhere .",
    "docker cp tree/f one:/no/such/dir",
    "docker diff one | sort",
    "docker export one > a.tar && list a.tar",
    "docker cp one:/srv - > srv.tar && list srv.tar",
    "rm -rf out; docker cp one:/srv out && (cd out && find . | sort | xargs -n 1 stat -c '%n %F %a %s')",
    `docker commit -a Ada -m 'a message' -c 'ENV B="two words"' -c 'EXPOSE 80 90/udp' -c 'VOLUME /v' -c 'ENTRYPOINT ["/bin/busybox"]' -c 'USER 7:8' -c 'WORKDIR /srv' -c 'ONBUILD RUN x' -c 'LABEL a=b' -c 'STOPSIGNAL 9' -c 'HEALTHCHECK --interval=3s CMD true' one made:1`,
    `docker inspect -f '${IMAGE}' made:1`,
    `docker history --no-trunc --format '${HISTORY}' made:1`,
    "docker save made:1 > made.tar && layers made.tar",
    "docker commit -c 'RUN x' one made:2",
    "docker commit nobody",
    "tar -cf - -C tree f | docker cp - nobody:/srv",
    "docker rm one",
    "docker create --name two made:1 && docker diff two && docker export two > two.tar && list two.tar && docker rm two",
  ],
  [
    "docker import -c 'CMD [\"/bin/busybox\", \"ls\"]' -c 'ENV X=y' -m imported in.tar in:1",
    "gzip -kf in.tar; docker import in.tar.gz in:2",
    "docker import - in:3 < in.tar",
    "cat in.tar | docker import --platform linux/arm64 - in:4",
    "docker import nowhere.tar in:5",
    "docker import -c 'FROM x' in.tar in:6",
    `for at in 1 2 3 4; do docker inspect -f '${IMAGE}' in:$at; docker history --no-trunc --format '${HISTORY}' in:$at; done`,
    "docker create --name three in:1 x && docker export three > three.tar && list three.tar && docker rm three",
  ],
];

let top = "";

/** Runs a line on one side, in a folder that has the same things on both. */
async function ran(line: string, side: { docker: string; folder: string }): Promise<string> {
  const list = `list() { tar --numeric-owner --full-time --utc -tvf "$1" | sed 's/ 202[6-9]-[^ ]* [^ ]* / NOW /'; }`;
  const layers = `layers() { rm -rf L; mkdir L; tar -xf "$1" -C L; node -e 'const m=JSON.parse(require("fs").readFileSync("L/manifest.json"));for(const l of m[0].Layers)console.log("L/"+l)' | while read l; do list "$l"; done; }`;
  const whole = `${list}; ${layers}; docker() { ${side.docker} "$@"; }; cd '${side.folder}'; { ${line}; } 2>&1; echo "exit $?"`;
  const bytes = await runRaw("bash", "-c", whole);
  return (bytes?.toString("utf8") ?? "failed")
    .split("\n")
    .filter((text) => !text.startsWith("time=") && !text.startsWith("npm warn"))
    .join("\n")
    .replaceAll(side.folder, "FOLDER")
    .replace(/\b[0-9a-f]{64}\b/g, "HEX")
    .replace(/\b[0-9a-f]{12}\b/g, "SHORT");
}

describe.skipIf(ENGINES_ABSENT)(
  `the same steps here and there${ENGINES_ABSENT ? ` (${ENGINES_ABSENT})` : ""}`,
  () => {
    const place = (engine: string): ScriptPlace => ({
      home: join(top, `${engine}-home`),
      folder: join(top, `${engine}-ours`),
    });
    const sides = (engine: string) => [
      {
        docker: `'${resolve("../shared/oracle/engine.sh")}' ${engine}`,
        folder: join(top, `${engine}-theirs`),
      },
      {
        docker: `INIT_CWD="$PWD" BREAKBULK_HOME='${place(engine).home}' node '${resolve(".ci/docker.mjs")}'`,
        folder: place(engine).folder,
      },
    ];

    beforeAll(() => {
      top = mkdtempSync(join(process.env["ORACLE_WORK"] ?? tmpdir(), "breakbulk-steps-"));
    });
    afterAll(() => rmSync(top, { recursive: true, force: true }));

    it.each(["docker28"])(
      "say and leave the same as %s",
      async (engine) => {
        const mini = resolve("../shared/oracle/mini/busybox.docker28c.tar");
        for (const { folder } of sides(engine)) {
          mkdirSync(join(folder, "tree/sub"), { recursive: true });
          writeFileSync(join(folder, "tree/f"), "f\n", { mode: 0o640 });
          writeFileSync(join(folder, "tree/sub/g"), "g\n");
          symlinkSync("f", join(folder, "tree/to-f"));
          execFileSync("tar", [
            "-cf",
            join(folder, "in.tar"),
            "--mtime=@1600000000",
            "--sort=name",
            "-C",
            folder,
            "tree",
          ]);
        }
        await script(place(engine), ["load", "-i", mini]);
        await startEngine(engine);
        const wrong: string[] = [];
        let steps = 0;
        try {
          await ran(`docker load -i ${mini}`, sides(engine)[0]);
          for (const line of STEPS.flat()) {
            const [theirs, ours] = [await ran(line, sides(engine)[0]), await ran(line, sides(engine)[1])];
            steps++;
            if (theirs !== ours) wrong.push(`${line}\n--- theirs\n${theirs}\n--- ours\n${ours}`);
          }
        } finally {
          await stopEngine(engine);
        }
        console.log(`${engine}: ${steps - wrong.length} of ${steps} steps`);
        expect(wrong).toEqual([]);
      },
      300_000,
    );
  },
);
