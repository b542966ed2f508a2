/** The one gate (`npm run check`): types, lint, format, house rules, unused code. Runs all of them and says which failed. */
import { spawnSync } from "node:child_process";

const gates = [
  ["types", "tsc", "-p", "core"],
  ["types", "tsc", "-p", "web"],
  ["types", "tsc", "-p", "edge"],
  ["types", "tsc", "-p", "test"],
  ["lint", "oxlint", "--type-aware", "--deny-warnings"],
  ["format", "biome", "check", "."],
  ["house rules", "vitest", "run", "--project", "node", "--reporter=dot", "test/house.test.ts"],
  ["unused code", "knip"],
];
const failed = [];
for (const [name, command, ...args] of gates) {
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${command}`, args, { encoding: "utf8" });
  if (status === 0) continue;
  failed.push(name);
  console.log(`--- ${name}: ${command} ${args.join(" ")}\n${stdout}${stderr}`);
}
console.log(failed.length === 0 ? "check: all clear" : `check: failed ${[...new Set(failed)].join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
