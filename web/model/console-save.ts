/** A `docker save` whose archive goes into a file. */
export interface SaveOrder {
  readonly refs: readonly string[];
  /** `-o`; without it, standard output. */
  readonly output?: string | undefined;
}

/** What a docker command line saves; `undefined` when it saves nothing, or in a way that is left to the command itself. */
export function saveOrder(argv: readonly string[]): SaveOrder | undefined {
  const words = argv[0] === "image" ? argv.slice(1) : argv;
  if (words[0] !== "save") return undefined;
  const refs: string[] = [];
  let output: string | undefined;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const given = /^(?:-o|--output)(?:=(.+))?$/su.exec(word);
    if (given !== null) output = given[1] ?? words[(at += 1)];
    else if (word.startsWith("-")) return undefined;
    else refs.push(word);
  }
  // Paths into folders may lead nowhere, which the command says in Docker's words.
  return refs.length === 0 || output?.includes("/") === true || output === "" ? undefined : { refs, output };
}
