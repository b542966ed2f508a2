import type { Hono } from "hono";
import { createApp } from "./app.ts";
import { checkStart, parsePolicy } from "./parse-policy.ts";
import { platformHost } from "./platform-host.ts";
import { assetsPage, settingsOf, type WorkersEnvironment, workersPlatform } from "./workers-runtime.ts";

let app: Hono | undefined;

/** Made by an isolate's first request: bindings come with requests, and are the same for all of them. */
function appOf(environment: WorkersEnvironment): Hono {
  const policy = parsePolicy(settingsOf(environment));
  checkStart(policy, { loopback: false, isolated: true });
  return createApp(policy, platformHost(policy, { ...workersPlatform(), page: assetsPage(environment) }));
}

// oxlint-disable-next-line import/no-default-export -- how Workers find their entry
export default {
  fetch(request: Request, environment: WorkersEnvironment): Response | Promise<Response> {
    app ??= appOf(environment);
    return app.fetch(request, environment);
  },
};
