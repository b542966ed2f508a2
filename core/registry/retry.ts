/** Whether a later attempt may fare better: the server is busy, or a machine before it has lost it. */
export function isPassing(status: number): boolean {
  return (
    status === 429 || status === 408 || status === 500 || status === 502 || status === 503 || status === 504
  );
}

/** Milliseconds to wait after the n-th attempt, from 1, where the server does not say: one second, then twice as long each time. */
export function delayOf(attempt: number): number {
  return 1000 * 2 ** (attempt - 1);
}

/** Seconds that a response asks to wait, from a number or a date; `undefined` when it says nothing. @see RFC 9110 §10.2.3 */
export function retryAfter(response: Response, now: number): number | undefined {
  const text = response.headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^[A-Z][a-z]{2}/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at / 1000 - now);
}
