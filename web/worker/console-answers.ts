import type { Credentials, LayerFacts, Output } from "../../core/command/mod.ts";
import { describeCommands, run } from "../../core/command/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { formatFamiliar, parseReference } from "../../core/oci/mod.ts";
import { type ConsoleFacts, type ConsoleOutcome, OWN_COMMANDS } from "../model/console.ts";
import { saveOrder } from "../model/console-save.ts";
import type { BrowserStore } from "../store/mod.ts";
import { compose } from "./composing.ts";
import { FolderFiles } from "./console-files.ts";
import { runLine } from "./console-line.ts";
import { Screen } from "./console-screen.ts";
import { isFileOutput } from "./console-stage.ts";
import { rememberingStore } from "./console-store.ts";
import type { Crew } from "./crew.ts";
import type { ImagesPageCalls } from "./images-protocol.ts";
import type { LayerSizes } from "./layer-sizes.ts";
import type { Logins } from "./logins.ts";
import { movedBy } from "./pull-work.ts";
import type { RegistryAccess } from "./registry-access.ts";
import type { Remote } from "./rpc.ts";
import { storingOften } from "./small-pieces.ts";

/** What {@link openConsole} works with. */
export interface ConsoleOptions {
  readonly page: Remote<ImagesPageCalls>;
  readonly store: BrowserStore;
  readonly sizes: LayerSizes;
  /** Who takes layers apart that are pulled. */
  readonly crew: Crew;
  /** The way to registries, and who this page is to them. */
  readonly registries: { readonly access: RegistryAccess; readonly logins: Logins };
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** A line that is to be run. */
export interface LineRequest {
  readonly task: number;
  readonly line: string;
  readonly columns: number;
}

/** What runs command lines over the store of the page. */
export interface Console {
  run(request: LineRequest, signal: AbortSignal): Promise<ConsoleOutcome>;
  facts(): Promise<ConsoleFacts>;
}

/** The console over an open store. */
export function openConsole({ page, store, sizes, crew, now, registries }: ConsoleOptions): Console {
  const commands = describeCommands();
  const verbs = new Set(
    commands.filter(({ words }) => words.length === 1).map(({ words }) => words[0] ?? ""),
  );
  const own: ReadonlySet<string> = new Set(OWN_COMMANDS);
  const remembering = rememberingStore(storingOften(store));
  const { access, logins } = registries;
  const credentials: Credentials = {
    get: (server) => logins.get(server),
    list: () => logins.list(),
    async put(server, login) {
      await logins.put(server, login);
      // Tokens that were given to somebody else would be shown on.
      access.forget();
    },
    async erase(server) {
      const there = await logins.erase(server);
      access.forget();
      return there;
    },
  };
  const layers = (): LayerFacts => {
    let refreshed: Promise<void> | undefined;
    return {
      put: (scan) => store.scans.put(scan),
      byBlob: (digest) => store.scans.byBlob(digest),
      async sizeOf(diffID) {
        // Sizes never change, so only a layer that is not known is a reason to read them again, once for each line.
        if (sizes.of(diffID) === undefined) await (refreshed ??= sizes.refresh());
        return sizes.of(diffID);
      },
    };
  };
  return {
    async run({ task, line, columns }, signal) {
      const files = new FolderFiles({ load: () => page.call("consoleFiles", { task }, { signal }), now });
      const known = layers();
      const screen = new Screen(columns, (text) => page.call("consolePrint", { task, text }));
      const ask = ({ hidden }: { readonly hidden: boolean }): Promise<string | undefined> =>
        page.call("consoleAsk", { task, hidden }, { signal });
      const code = await runLine(
        line,
        {
          files,
          screen,
          verbs,
          own,
          ask,
          paths: async () => (await page.call("consoleFiles", { task }, { signal })).map(({ path }) => path),
          pick: (wanted) => page.call("consolePick", { task, wanted }, { signal }),
          answer: (words) => page.call("consoleOwn", { task, words }, { signal }),
          async docker(argv, { stdin, stdout, stderr, signal: stop }, env) {
            if (await saveInPlace(argv, { store, files, stdout, signal: stop })) return 0;
            return run(argv, {
              store: remembering,
              layers: known,
              newHasher: newSha256,
              files,
              stdin,
              stdout,
              stderr,
              env,
              now: () => now() * 1000,
              random: (bytes) => void crypto.getRandomValues(bytes),
              credentials,
              registry: goesOut(argv) ? await access.registry() : undefined,
              moveLayer: movedBy(crew),
              signal: stop,
              ...(stdin.terminal && {
                async prompt(question: { readonly hidden: boolean }) {
                  await screen.drawn();
                  return ask(question);
                },
              }),
            });
          },
        },
        signal,
      );
      return { code, made: files.made };
    },

    async facts() {
      const { names, containers } = await store.table.snapshot();
      const tags = [...names.keys()].flatMap((name) => {
        const reference = parseReference(name);
        return reference.digest === undefined ? [formatFamiliar(reference)] : [];
      });
      return {
        commands,
        names: {
          image: tags,
          repository: [...new Set([...tags, ...tags.map(repositoryOf)])],
          container: [...containers.values()].map(({ name }) => name),
          server: await credentials.list(),
        },
      };
    },
  };
}

/**
 * `docker save` into a file without reading a byte of the layers: the archive is composed over the stored Blobs. `false` when that cannot be, for whatever
 * reason; the command then does it, or says why not.
 */
async function saveInPlace(
  argv: readonly string[],
  to: {
    readonly store: BrowserStore;
    readonly files: FolderFiles;
    readonly stdout: Output;
    readonly signal: AbortSignal;
  },
): Promise<boolean> {
  const order = saveOrder(argv);
  if (order === undefined || (order.output === undefined && !isFileOutput(to.stdout))) return false;
  try {
    const request = { refs: order.refs, layout: "docker", platforms: "all" } as const;
    const { blob } = (await compose(to.store, request, { signal: to.signal })).view;
    if (blob === undefined) return false;
    if (order.output === undefined) return isFileOutput(to.stdout) && to.stdout.take(blob);
    await to.files.place(order.output, blob, 0o600);
    return true;
  } catch {
    return false;
  }
}

const OUTGOING = new Set(["build", "import", "login", "logout", "manifest", "pull", "push", "search"]);

/** Whether a command may ask a registry. The others do not wait until it is known what the proxy can do. */
function goesOut(argv: readonly string[]): boolean {
  return argv
    .filter((word) => !word.startsWith("-"))
    .slice(0, 2)
    .some((word) => OUTGOING.has(word));
}

/** `host:5000/app` of `host:5000/app:1`. */
function repositoryOf(tag: string): string {
  const at = tag.lastIndexOf(":");
  return at > tag.lastIndexOf("/") ? tag.slice(0, at) : tag;
}
