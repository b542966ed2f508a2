import { serve } from "@hono/node-server";
import { createApp } from "./app.ts";
import { pageFiles } from "./page-files.ts";

const hostname = process.env["HOST"] ?? "127.0.0.1";
const port = Number(process.env["PORT"] ?? 8080);
const app = createApp({ page: pageFiles(new URL("../web", import.meta.url).pathname) });

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
