/** Names that resolve within a machine or a private network, by RFC 6761, RFC 6762, RFC 8375 and the habits of clouds. */
const INTERNAL =
  /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|localdomain|test|example|invalid|onion|arpa)$/;

/**
 * Whether `hostname`, as `URL` gives it, may be the name of a public server: at least two labels, no address in any notation (`URL` has
 * turned `0x7f.1` and the like into dotted form), none of the names kept for internal use. It asks no name server: {@link isPublicAddress}
 * judges what one answered.
 */
export function isPublicHost(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (name === "" || name.includes(":") || name.startsWith("[") || !name.includes(".")) return false;
  if (/^[\d.]+$/.test(name) || !/[a-z]/.test(name.slice(name.lastIndexOf(".") + 1))) return false;
  return !INTERNAL.test(name);
}

/** IPv4 networks that no public server is in: RFC 6890 and its successors, and multicast. */
const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

/** Whether `address` (either version, without brackets) is one that a public server can have. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const four = parseV4(address);
  if (four !== undefined)
    return !PRIVATE_V4.some(
      ([network, bits]) => four >>> (32 - bits) === (parseV4(network) ?? 0) >>> (32 - bits),
    );
  const groups = parseV6(address);
  if (groups === undefined) return false;
  const [a = 0, b = 0, c = 0] = groups;
  const last = (((groups[6] ?? 0) << 16) | (groups[7] ?? 0)) >>> 0;
  const dotted = [last >>> 24, (last >>> 16) & 255, (last >>> 8) & 255, last & 255].join(".");
  const leadingZero = groups.slice(0, 5).every((group) => group === 0);
  if (leadingZero && groups[5] === 0xffff) return isPublicAddress(dotted);
  // NAT64 (RFC 6052) and 6to4 (RFC 3056) carry an IPv4 address that the packet ends up at.
  if (a === 0x64 && b === 0xff9b) return c === 0 && isPublicAddress(dotted);
  if (a === 0x2002) return isPublicAddress([b >>> 8, b & 255, c >>> 8, c & 255].join("."));
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return false;
  // Only 2000::/3 is given out as global unicast.
  return a >>> 13 === 1;
}

/** The 32 bits of a dotted address. */
function parseV4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const bytes = match.slice(1).map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The eight groups of an IPv6 address; a zone is passed over. */
export function parseV6(text: string): number[] | undefined {
  let plain = text.replace(/%.*$/, "").toLowerCase();
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  if (tail !== null) {
    const four = parseV4(tail[2] ?? "");
    if (four === undefined) return undefined;
    plain = `${tail[1]}${(four >>> 16).toString(16)}:${(four & 0xffff).toString(16)}`;
  }
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], foot = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - foot.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<string>(halves.length === 1 ? 0 : missing).fill("0"), ...foot];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16));
}
