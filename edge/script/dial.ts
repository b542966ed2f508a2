import { getServers } from "node:dns";

/** What Go's network says of a connection that a fetch could not make; `undefined` for what has no words of its own. */
export function dialWords(cause: unknown, host: string): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
    const name = host.replace(/:\d+$/, "");
    const at = address === undefined ? host : `${address}:${port}`;
    if (code === "ECONNREFUSED") return `dial tcp ${at}: connect: connection refused`;
    if (code === "ENOTFOUND" || code === "EAI_AGAIN")
      return `dial tcp: lookup ${name}${resolver()}: no such host`;
    if (code === "ETIMEDOUT") return `dial tcp ${at}: i/o timeout`;
    if (code === "ENETUNREACH") return `dial tcp ${at}: connect: network is unreachable`;
    if (code === "EHOSTUNREACH") return `dial tcp ${at}: connect: no route to host`;
    if (code === "ECONNRESET") return `read tcp ${at}: read: connection reset by peer`;
    // Ports of other protocols are refused by fetch itself, before anybody is asked.
    if (error.message === "bad port") return `dial tcp ${at}: connect: connection refused`;
    // Deno has no codes, but the system's words.
    if (/connection refused/i.test(error.message)) return `dial tcp ${at}: connect: connection refused`;
    if (/dns error|failed to lookup/i.test(error.message))
      return `dial tcp: lookup ${name}${resolver()}: no such host`;
  }
  return undefined;
}

function resolver(): string {
  const [server] = getServers();
  return server === undefined ? "" : ` on ${server.includes(":") ? server : `${server}:53`}`;
}
