import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Project files by path from the top: what git tracks or would track. */
export function projectFiles(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
  });
  return listed.split("\n").filter((path) => path !== "" && existsSync(path));
}

/** One import of a module: where it stands and what it names, relative imports resolved to a path from the top. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly relative: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|(?:^|\n)\s*import\s*"([^"]+)"/g;

/** All imports of one source file, types included. */
export function importsOf(path: string): readonly Import[] {
  const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  return [...text.matchAll(IMPORT)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? "";
    const relative = name.startsWith(".");
    const to = relative ? normalize(join(dirname(path), name.replace(/\?.*$/, ""))) : name;
    return { from: path, to, relative };
  });
}
