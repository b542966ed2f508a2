import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** One file of the built page. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** What a host hands to the app. */
export interface Policy {
  /** The built page's file at `path` (`/index.html`, `/assets/…`), or `undefined`. */
  readonly page: (path: string) => Promise<PageFile | undefined>;
}

/** The app that serves the page, on any host that speaks `fetch`. */
export function createApp(policy: Policy): Hono {
  const app = new Hono();
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
    const file = await policy.page(path);
    if (file === undefined) return context.text("not found\n", 404);
    return context.body(file.body, 200, {
      "content-type": file.type,
      // Built assets carry a hash of their content in their name; everything else may change with the next build.
      "cache-control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    });
  });
  return app;
}
