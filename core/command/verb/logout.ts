import { serverKey } from "../servers.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker logout` */
export const LOGOUT: VerbSpec = {
  use: "[SERVER]",
  summary: "Log out from a registry",
  description: "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
  flags: [],
  args: { min: 0, max: 1 },
  values: ["server"],
  async run({ args: [server], context }) {
    const key = serverKey(server);
    await context.stdout.write(`Removing login credentials for ${key}\n`);
    for (const stored of [key, `http://${key}`, `https://${key}`]) await context.credentials?.erase(stored);
    return 0;
  },
};
