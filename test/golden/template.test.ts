import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isCoreError } from "../../core/error.ts";
import {
  containerDocument,
  imageDocument,
  type PlainDocument,
  parseInspectTemplate,
} from "../../core/template/mod.ts";

const GOLDEN = "../shared/oracle/golden";
const absent = !existsSync(GOLDEN) && "the oracle is not beside the project";

interface Step {
  readonly argv?: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly varies?: unknown;
}

type ObjectDocument = ReadonlyMap<string, PlainDocument>;

/** A JSON value with its objects as Maps. */
function withMaps(value: unknown): PlainDocument {
  if (Array.isArray(value)) return value.map(withMaps);
  if (typeof value === "object" && value !== null) return objectOf(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}

function objectOf(value: object): ObjectDocument {
  return new Map(Object.entries(value).map(([key, member]) => [key, withMaps(member)]));
}

/** The objects that a step without a format showed, under the names one may call them by. */
function remember(step: Step, objects: Map<string, ObjectDocument>): void {
  const shown: unknown = step.stdout.startsWith("[\n") ? JSON.parse(step.stdout) : [];
  for (const value of Array.isArray(shown) ? shown : []) {
    const document = objectOf(Object(value));
    const tags = document.get("RepoTags");
    for (const name of [document.get("Id"), document.get("Name"), ...(Array.isArray(tags) ? tags : [])]) {
      if (typeof name !== "string") continue;
      for (const one of [name, name.replace(/^\//, ""), name.replace(/:latest$/, "")])
        objects.set(one, document);
    }
  }
}

/** What the command prints for these objects, when it has nothing else to say. */
function answer(template: string, documents: readonly ObjectDocument[]): Omit<Step, "argv"> {
  try {
    const inspect = parseInspectTemplate(template);
    const lines = documents.map((raw) => {
      const typed = raw.has("RootFS") ? imageDocument(raw) : containerDocument(raw);
      return `${inspect.render({ typed, raw })}\n`;
    });
    return { stdout: lines.join(""), stderr: "", exit: 0 };
  } catch (error) {
    if (!isCoreError(error)) throw error;
    const parsed = error.code !== "template/parse";
    return {
      stdout: parsed ? "\n" : "",
      stderr: `template parsing error: ${error.message}\n`,
      exit: parsed ? 1 : 64,
    };
  }
}

/** The template and the names of a step that a template alone decides over. */
function templateOf(
  argv: readonly string[],
): { readonly template: string; readonly names: readonly string[] } | undefined {
  const [verb, flag, template, ...names] = argv;
  if (verb !== "inspect" || flag !== "-f" || template === undefined) return undefined;
  if (template === "" || template === "json" || names.some((name) => name.startsWith("-"))) return undefined;
  return { template, names };
}

describe.skipIf(absent)("inspect -f prints what Docker 28.5 printed", () => {
  let compared = 0;
  afterAll(() => {
    if (absent === false) expect(compared).toBeGreaterThan(50);
  });

  for (const file of absent ? [] : readdirSync(GOLDEN).sort()) {
    const steps: readonly Step[] = JSON.parse(readFileSync(join(GOLDEN, file), "utf8")).steps;
    const objects = new Map<string, ObjectDocument>();
    for (const [index, step] of steps.entries()) {
      if (step.argv === undefined) continue;
      if (step.argv.includes("inspect")) remember(step, objects);
      const asked = templateOf(step.argv);
      const documents = asked?.names.map((name) => objects.get(name)).filter((one) => one !== undefined);
      if (asked === undefined || documents?.length !== asked.names.length || step.varies !== undefined)
        continue;
      compared++;
      it(`${file} step ${index}: ${asked.template}`, () => {
        const { stdout, stderr, exit } = step;
        expect(answer(asked.template, documents)).toEqual({ stdout, stderr, exit });
      });
    }
  }
});
