import { CoreError } from "../error.ts";
import type { Node, Operand, PipeNode, Statement } from "./node.ts";
import { quoteText } from "./quote.ts";
import { byteLength } from "./text.ts";

/** A node as Go spells it in its messages. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "action":
      return `{{${nodeText(node.pipe)}}}`;
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
    case "template":
      return `{{template ${quoteText(node.name)}${node.pipe === undefined ? "" : ` ${nodeText(node.pipe)}`}}}`;
    case "if":
    case "range":
    case "with": {
      const otherwise = node.otherwise === undefined ? "" : `{{else}}${listText(node.otherwise)}`;
      return `{{${node.kind} ${nodeText(node.pipe)}}}${listText(node.list)}${otherwise}{{end}}`;
    }
    case "pipe":
      return pipeText(node);
    case "command":
      return node.words.map(wordText).join(" ");
    case "field":
      return `.${node.names.join(".")}`;
    case "variable":
      return node.names.join(".");
    case "chain":
      return [wordText(node.base), ...node.names].join(".");
    case "identifier":
      return node.name;
    case "number":
      return node.text;
    case "string":
      return node.quoted;
    case "dot":
      return ".";
    default:
      return node.kind;
  }
}

function listText(list: readonly Statement[]): string {
  return list.map(nodeText).join("");
}

function wordText(word: Operand): string {
  return word.kind === "pipe" ? `(${nodeText(word)})` : nodeText(word);
}

function pipeText(pipe: PipeNode): string {
  const commands = pipe.commands.map(nodeText).join(" | ");
  if (pipe.variables.length === 0) return commands;
  return `${pipe.variables.map(nodeText).join(", ")} ${pipe.assigns ? "=" : ":="} ${commands}`;
}

/** A template's text and name, as messages name them. */
export interface TemplateText {
  readonly name: string;
  readonly text: string;
}

/** The error of a template that cannot be parsed. */
export function parseFault(source: TemplateText, line: number, message: string): CoreError {
  return new CoreError("template/parse", `template: ${source.name}:${line}: ${message}`, { line });
}

/** The error of a template that cannot be carried out, at a node of the template called `inside`. */
export function executeFault(source: TemplateText, node: Node | undefined, fault: Fault): CoreError {
  const quoted = quoteText(fault.inside);
  if (node === undefined) {
    return new CoreError("template/execute", `template: ${source.name}: ${fault.message}`, {});
  }
  const before = source.text.slice(0, node.at);
  const line = before.split("\n").length;
  const column = byteLength(before.slice(before.lastIndexOf("\n") + 1));
  const place = `template: ${source.name}:${line}:${column}`;
  return new CoreError(
    "template/execute",
    `${place}: executing ${quoted} at <${nodeText(node)}>: ${fault.message}`,
    { line, column },
  );
}

/** What went wrong, and the name of the template in which it did. */
export interface Fault {
  readonly inside: string;
  readonly message: string;
}
