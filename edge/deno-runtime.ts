/** What is used of Deno's own interface; its types would displace Node's in this folder. */
export interface DenoRuntime {
  readonly env: { toObject(): Record<string, string> };
  serve(
    options: { readonly hostname: string; readonly port: number },
    handler: (request: Request, served: unknown) => Response | Promise<Response>,
  ): unknown;
}

/** The runtime that this runs in. */
export function denoRuntime(): DenoRuntime {
  const found: unknown = Reflect.get(globalThis, "Deno");
  const isDeno = (value: unknown): value is DenoRuntime =>
    typeof value === "object" && value !== null && "serve" in value && "env" in value;
  if (!isDeno(found)) throw new TypeError("this is the host for Deno; run node.js on Node");
  return found;
}

/** The other end of a connection, from what `Deno.serve` hands over beside a request. */
export function denoPeer(served: unknown): string | undefined {
  if (typeof served !== "object" || served === null || !("remoteAddr" in served)) return undefined;
  const { remoteAddr } = served;
  const named = typeof remoteAddr === "object" && remoteAddr !== null && "hostname" in remoteAddr;
  return named && typeof remoteAddr.hostname === "string" ? remoteAddr.hostname : undefined;
}
