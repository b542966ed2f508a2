import { checkLogin, DOCKER_HUB } from "../../registry/mod.ts";
import type { CommandContext, Login } from "../context.ts";
import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import { answered, wholeInput } from "../prompt.ts";
import { registryOf } from "../pulling.ts";
import { registryRefusal } from "../registry-words.ts";
import { HUB_SERVER, serverKey } from "../servers.ts";
import type { Call, VerbSpec } from "../spec.ts";

/** `docker login` */
export const LOGIN: VerbSpec = {
  use: "[OPTIONS] [SERVER]",
  summary: "Authenticate to a registry",
  description: "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
  flags: [
    flag("-u, --username string", "Username"),
    flag("-p, --password string", "Password or Personal Access Token (PAT)"),
    flag("--password-stdin", "Take the Password or Personal Access Token (PAT) from stdin"),
  ],
  args: { min: 0, max: 1 },
  values: ["server"],
  async run(call) {
    const { args, context } = call;
    const key = serverKey(args[0]);
    const given = await givenLogin(call);
    const stored = await context.credentials?.get(key);
    if (given.username === "" && given.password === "" && stored !== undefined) {
      await context.stderr.write(
        `Authenticating with existing credentials... [Username: ${stored.username}]\n\n Info -> To login with a different account, run 'docker logout' followed by 'docker login'\n\n\n`,
      );
      await accepted(context, key, stored);
      await context.stdout.write("Login Succeeded\n");
      return 0;
    }
    const login = await completed(context, { ...given, known: stored?.username ?? "" });
    const kept = await accepted(context, key, login);
    await keep(context, key, kept);
    await context.stdout.write("Login Succeeded\n");
    return 0;
  },
};

interface Given {
  readonly username: string;
  readonly password: string;
}

async function givenLogin({ flags, context }: Call): Promise<Given> {
  const username = flags.text("username") ?? "";
  const password = flags.text("password") ?? "";
  const fromInput = flags.on("password-stdin");
  if (flags.has("username") && username === "") throw failed("username is empty");
  if (flags.has("password") && fromInput)
    throw failed("conflicting options: cannot specify both --password and --password-stdin");
  if (flags.has("password") && password === "") throw failed("password is empty");
  if (flags.has("password"))
    await context.stderr.write("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
  if (!fromInput) return { username, password };
  if (username === "") throw failed("the --password-stdin option requires --username to be set");
  return { username, password: (await wholeInput(context)).replace(/\n$/, "").replace(/\r$/, "") };
}

/** Asks for what is missing, where there is somebody to ask. */
async function completed(
  context: CommandContext,
  { username, password, known }: Given & { readonly known: string },
): Promise<Login> {
  if (username !== "" && password !== "") return { username, password };
  const { stdout, prompt } = context;
  if (prompt === undefined) throw failed("Error: Cannot perform an interactive login from a non TTY device");
  let name = username;
  if (name === "") {
    await stdout.write(known === "" ? "Username: " : `Username (${known}): `);
    name = (await answered(context, { hidden: false }))?.trim() || known;
    if (name === "") throw failed("Error: Non-null Username Required");
  }
  if (password !== "") return { username: name, password };
  await stdout.write("Password: ");
  const secret = (await answered(context, { hidden: true })) ?? "";
  if (secret === "") throw failed("Error: Password Required");
  return { username: name, password: secret };
}

/** Asks the registry; gives what is to be kept. @throws CoreError `command/failed` with Docker's words. */
async function accepted(context: CommandContext, key: string, login: Login): Promise<Login> {
  const { username, password, identityToken } = login;
  const registry = key === HUB_SERVER ? DOCKER_HUB : key;
  const credentials = identityToken === undefined ? { username, password } : { username, identityToken };
  try {
    const { identityToken: token } = await checkLogin(registryOf(context), {
      registry,
      credentials,
      signal: context.signal,
    });
    return token === undefined ? login : { username, password: "", identityToken: token };
  } catch (error) {
    throw registryRefusal(error, context);
  }
}

async function keep({ credentials, stderr }: CommandContext, key: string, login: Login): Promise<void> {
  if (credentials === undefined) throw failed("logins cannot be kept here");
  const before = await credentials.get(key);
  await credentials.put(key, login);
  // A token can be taken back, and what was written there before has been warned of.
  const same = before?.username === login.username && before.password === login.password;
  if (credentials.plainFile === undefined || login.password === "" || same) return;
  await stderr.write(`
WARNING! Your credentials are stored unencrypted in '${credentials.plainFile}'.
Configure a credential helper to remove this warning. See
https://docs.docker.com/go/credential-store/

`);
}
