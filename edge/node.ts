import { serve } from "@hono/node-server";
import { newSha256 } from "../core/digest/mod.ts";
import { createApp } from "./app.ts";
import { pageFiles } from "./page-files.ts";
import { checkStart, parsePolicy } from "./parse-policy.ts";

const hostname = process.env["HOST"] ?? "127.0.0.1";
const port = Number(process.env["PORT"] ?? 8080);
const policy = parsePolicy(process.env);
checkStart(policy, { loopback: ["127.0.0.1", "::1", "localhost"].includes(hostname) });
const app = createApp(policy, {
  fetch,
  page: pageFiles(new URL("../web", import.meta.url).pathname),
  peer: () => undefined,
  cache: undefined,
  fixedLength: undefined,
  newHasher: newSha256,
  isolated: false,
  nowMs: Date.now,
  log: (line) => void process.stderr.write(`${line}\n`),
  later: () => undefined,
});

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
