const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|(?:[\w-]+\.)+localhost)$/u;

/**
 * Whether a page may not ask `address`: plain http is let through only to this computer, by the page's policy and by browsers.
 */
export function insecureAddress(address: string): boolean {
  const url = URL.parse(address.trim());
  return url?.protocol === "http:" && !LOOPBACK.test(url.hostname);
}
