import { deflateSync, inflateSync } from "fflate";

/** The window of a seek point, packed for keeping. */
export function packWindow(window: Uint8Array): Uint8Array {
  return deflateSync(window, { level: 1 });
}

/** What {@link packWindow} packed. */
export function unpackWindow(packed: Uint8Array): Uint8Array {
  return inflateSync(packed);
}
