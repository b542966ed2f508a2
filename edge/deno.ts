import { fileURLToPath } from "node:url";
import { createApp } from "./app.ts";
import { denoPeer, denoRuntime } from "./deno-runtime.ts";
import { isLoopback } from "./loopback.ts";
import { pageFiles } from "./page-files.ts";
import { checkStart, parsePolicy } from "./parse-policy.ts";
import { platformHost } from "./platform-host.ts";

const deno = denoRuntime();
const environment = deno.env.toObject();
const hostname = environment["HOST"] ?? "127.0.0.1";
const policy = parsePolicy(environment);
checkStart(policy, { loopback: isLoopback(hostname) });
const host = platformHost(policy, {
  page: pageFiles(fileURLToPath(new URL("../web", import.meta.url))),
  peer: (_, served) => denoPeer(served),
  openCache: () => caches.open("breakbulk"),
  fixedLength: undefined,
  isolated: false,
  later: () => undefined,
});
const app = createApp(policy, host);
deno.serve({ hostname, port: Number(environment["PORT"] ?? 8080) }, (request, served) =>
  app.fetch(request, served),
);
