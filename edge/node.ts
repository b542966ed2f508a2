import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { createApp } from "./app.ts";
import { isLoopback } from "./loopback.ts";
import { nodeHost } from "./node-host.ts";
import { checkStart, parsePolicy } from "./parse-policy.ts";

const hostname = process.env["HOST"] ?? "127.0.0.1";
const port = Number(process.env["PORT"] ?? 8080);
try {
  const policy = parsePolicy(process.env);
  checkStart(policy, { loopback: isLoopback(hostname) });
  const app = createApp(policy, nodeHost(policy, fileURLToPath(new URL("../web", import.meta.url))));
  const server = serve({ fetch: app.fetch, hostname, port }, (address) => {
    const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
    process.stdout.write(`Breakbulk is at http://${host}:${address.port}/\n`);
  });
  server.on("error", (error: NodeJS.ErrnoException) => {
    const busy =
      error.code === "EADDRINUSE" ? `port ${port} is in use: choose another with PORT=…` : error.message;
    process.stderr.write(`Cannot serve at ${hostname}:${port}: ${busy}\n`);
    process.exitCode = 1;
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
