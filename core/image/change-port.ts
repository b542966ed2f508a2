import { dockerfileError, goQuote } from "../dockerfile/mod.ts";

/** Most ports one argument may stand for: all there are. */
const MOST = 65_535;

/**
 * The ports that one argument of EXPOSE stands for, each as `80/tcp`: `[[ip:][host-port:]]port[-last][/protocol]`; what it says of the
 * host is left out.
 * @throws CoreError `dockerfile/invalid` with BuildKit's words
 */
export function parsePorts(text: string): string[] {
  const slash = text.lastIndexOf("/");
  const protocol = slash < 0 ? "" : text.slice(slash + 1);
  const { ip, host, container } = splitParts(slash < 0 ? text : text.slice(0, slash));
  if (container === "") throw dockerfileError(`invalid port: ${goQuote(text)}: no port specified`);
  if (ip !== "" && !isAddress(ip)) throw dockerfileError(`invalid IP address: ${ip}`);
  const range = parseRange(container);
  if (range === undefined) throw dockerfileError(`invalid containerPort: ${container}`);
  const hostRange = host === "" ? undefined : parseRange(host);
  if (host !== "" && hostRange === undefined) throw dockerfileError(`invalid hostPort: ${host}`);
  const lower = protocol.toLowerCase() || "tcp";
  if (lower !== "tcp" && lower !== "udp" && lower !== "sctp") {
    throw dockerfileError(`invalid port: ${goQuote(text)}: invalid proto: ${protocol}`);
  }
  // One container port may be given a choice of several on the host.
  if (
    hostRange !== undefined &&
    range.last > range.first &&
    range.last - range.first !== hostRange.last - hostRange.first
  ) {
    throw dockerfileError(`invalid ranges specified for container and host Ports: ${container} and ${host}`);
  }
  return Array.from({ length: range.last - range.first + 1 }, (_, at) => `${range.first + at}/${lower}`);
}

/** Whether `text` says anything of the host: an address or a port. */
export const namesHost = (text: string): boolean => text.includes(":");

function splitParts(text: string): { ip: string; host: string; container: string } {
  const parts = text.split(":");
  const container = parts.at(-1)!;
  const host = parts.at(-2) ?? "";
  const ip = parts.slice(0, -2).join(":");
  return { ip: ip.startsWith("[") && ip.endsWith("]") ? ip.slice(1, -1) : ip, host, container };
}

function isAddress(text: string): boolean {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (v4 !== null) return v4.slice(1).every((part) => Number(part) < 256);
  return text.length < 50 && /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text);
}

function parseRange(text: string): { first: number; last: number } | undefined {
  const match = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first > MOST || last > MOST || last < first ? undefined : { first, last };
}
