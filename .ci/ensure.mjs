/**
 * Installs what is missing before another script runs: npm packages when the lock file and node_modules differ, and with `--browser`
 * Chromium from the operating system's packages. Does nothing, fast, when all is there.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node ${process.versions.node} is too old: 20.19 or newer is needed`);

process.chdir(new URL("..", import.meta.url).pathname);
if (!installed()) run("npm", ["ci", "--ignore-scripts"]);
// Install scripts do not run; what Deno's would do, its launcher does at its first start.
if (!existsSync("node_modules/deno/deno")) run(process.execPath, ["node_modules/deno/bin.cjs", "--version"]);
if (process.argv.includes("--browser")) ensureBrowser();

/** Whether every package of the lock file that this platform wants lies in node_modules at the locked version. */
function installed() {
  const stamp = "node_modules/.package-lock.json";
  if (!existsSync(stamp)) return false;
  const wanted = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
  const found = JSON.parse(readFileSync(stamp, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === "" || optional || devOptional || found[path]?.version === version,
  );
}

function ensureBrowser() {
  const named = process.env.CHROMIUM;
  if (named !== undefined && !existsSync(named)) fail(`CHROMIUM names ${named}, which does not exist`);
  if (named !== undefined || ["/usr/bin/chromium", "/usr/bin/chromium-browser"].some(existsSync)) return;
  if (!existsSync("/usr/bin/apt-get")) {
    fail("no Chromium found: install one and name its executable in the environment variable CHROMIUM");
  }
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = (...args) => run(...split([...asRoot, "apt-get", ...args]));
  apt("update", "-q");
  apt("install", "-y", "-q", "--no-install-recommends", "chromium");
}

function split([command, ...args]) {
  return [command, args];
}

function run(command, args) {
  console.error(`> ${command} ${args.join(" ")}`);
  // Installers talk to stderr: what the script after us prints on stdout stays clean.
  const { status } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) fail(`${command} ${args.join(" ")} ended with status ${status}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
