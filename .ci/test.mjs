/**
 * Runs every suite (`npm test`): on Node, the built page in Chromium, the core's tests again in Chromium and under Deno. Ends with
 * one line that adds them up. Arguments are handed to Vitest (`npm test -- test/core/tar`).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const vitest = "node_modules/vitest/vitest.mjs";
const runs = [
  { name: "node", command: [process.execPath, vitest] },
  { name: "page", command: [process.execPath, vitest] },
  { name: "chromium", command: [process.execPath, vitest] },
  { name: "deno", command: ["node_modules/deno/deno", "run", "--allow-all", vitest] },
];
const report = join(mkdtempSync(join(tmpdir(), "breakbulk-test-")), "report.json");
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const { name, command } of runs) {
  const [program, ...before] = command;
  const after = ["run", "--project", name, "--passWithNoTests", "--reporter=default", "--reporter=json"];
  const { status } = spawnSync(
    program,
    [...before, ...after, `--outputFile.json=${report}`, ...process.argv.slice(2)],
    {
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  const counts = read();
  sum.passed += counts.passed;
  sum.failed += counts.failed;
  sum.skipped += counts.skipped;
  // A run that broke outside of its tests (a suite that does not load, a crash) has failed too.
  if (status !== 0 && counts.failed === 0) sum.failed += 1;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed === 0 ? 0 : 1);

function read() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  } finally {
    rmSync(report, { force: true });
  }
}
