import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { createTokenBroker, createTokens } from "./broker.ts";
import type { Forwarding } from "./exchange.ts";
import type { Host } from "./host.ts";
import { viaOf } from "./loop.ts";
import { createMetrics } from "./metrics.ts";
import type { Policy } from "./policy.ts";
import { createPushLog } from "./push-log.ts";
import { answerRegistry, isForRegistry } from "./registry-app.ts";
import { createSealer } from "./seal.ts";
import { answerService, isForServices, type Services } from "./service-app.ts";
import { numbered, watch } from "./watch.ts";

/** Scripts that run as workers: the page's own policy does not hold in them, the one that they come with does. */
const WORKER = /^\/assets\/[\w-]+-worker-[\w-]+\.js$/;

/**
 * What the page's workers may do: connect to where the reader's settings lead, a proxy, a registry or a mirror, over https, or in the clear to this
 * computer. Nothing else is loaded.
 */
const WORKER_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self' https: http://127.0.0.1:* http://localhost:*";

/** The app of one deployment: the registries of its policy below `/v2/`, and the page at the root, on any host that speaks `fetch`. */
export function createApp(policy: Policy, host: Host): Hono {
  const app = new Hono();
  const sealer = createSealer({ secrets: policy.sealingSecrets, nowMs: host.nowMs });
  const secrets = createTokens(policy, host, sealer);
  const tokens = createTokenBroker(secrets);
  let via: string | undefined;
  const forwarding: Forwarding = {
    policy,
    host,
    tokens,
    sealer,
    allows: secrets.filter,
    pushes: createPushLog(host.nowMs),
    // Not before the first request: Workers have no random numbers while a module loads.
    get via() {
      via ??= viaOf();
      return via;
    },
  };

  const metrics = createMetrics();
  const services: Services = { forwarding, secrets, metrics };

  app.use(numbered, watch(forwarding, metrics));
  app.use(async (context, next) => {
    if (!isForServices(services, context.req.raw)) return next();
    return answerService(services, context.req.raw);
  });
  // One handler for all of it, with a parser of its own on the raw address: names are of any depth, and routers decode.
  app.use(async (context, next) => {
    if (!isForRegistry(forwarding, context.req.raw)) return next();
    return answerRegistry(forwarding, context.req.raw);
  });
  app.use(
    secureHeaders({
      // The page's own Content-Security-Policy stands in its HTML, so that a copy served by any static host has it too.
      crossOriginOpenerPolicy: "same-origin",
      crossOriginResourcePolicy: "same-origin",
      referrerPolicy: "no-referrer",
      xFrameOptions: "DENY",
    }),
  );
  app.get("*", async (context) => {
    const path = context.req.path === "/" ? "/index.html" : context.req.path;
    const file = await host.page(path);
    if (file === undefined) return context.text("not found\n", 404);
    return context.body(file.body, 200, {
      ...(WORKER.test(path) && { "content-security-policy": WORKER_POLICY }),
      "content-type": file.type,
      // Built assets carry a hash of their content in their name; everything else may change with the next build.
      "cache-control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    });
  });
  return app;
}
