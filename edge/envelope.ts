import type { RegistryRow } from "./registries.ts";
import type { Sealer } from "./seal.ts";

/** What a bearer of ours holds once it is opened. */
export type Envelope =
  | {
      /** Leave to use this proxy, with whatever credentials it has itself. */
      readonly kind: "pass";
      readonly principal: string;
    }
  | {
      /** One upstream's own authorization, of use for that upstream only (A11). */
      readonly kind: "upstream";
      readonly registry: string;
      /** The Authorization header; `undefined` where the upstream wants none. */
      readonly authorization: string | undefined;
      /** Whether it was got without a credential. */
      readonly anonymous: boolean;
      readonly principal: string;
    };

/** Bearers as clients see them. */
export interface Envelopes {
  seal(envelope: Envelope, expires: number): Promise<string>;
  /** The envelope in an Authorization header: `none` without one, `forged` for what is not ours, is broken or past its time. */
  open(header: string | null): Promise<Envelope | "none" | "forged">;
  /** A refresh token of `registry`, for that registry only. */
  sealRefresh(registry: RegistryRow, refresh: Refresh, expires: number): Promise<string>;
  openRefresh(text: string): Promise<(Refresh & { readonly registry: string }) | undefined>;
}

/** What a new token can be had for, and whose it is. */
export interface Refresh {
  readonly token: string;
  readonly principal: string;
}

/** Envelopes under `sealer`. They are arrays inside, since every byte travels with every request. */
export function createEnvelopes(sealer: Sealer): Envelopes {
  return {
    seal: (envelope, expires) =>
      sealer.seal(
        "token",
        envelope.kind === "pass"
          ? [envelope.principal]
          : [envelope.principal, envelope.registry, envelope.anonymous, envelope.authorization ?? ""],
        expires,
      ),
    async open(header) {
      if (header === null) return "none";
      const bearer = /^bearer +([A-Za-z0-9_-]+)$/i.exec(header.trim())?.[1];
      const opened = bearer === undefined ? undefined : await sealer.open("token", bearer);
      if (!Array.isArray(opened)) return "forged";
      const [principal, registry, anonymous, authorization]: unknown[] = opened;
      if (typeof principal !== "string") return "forged";
      if (typeof registry !== "string" || typeof authorization !== "string")
        return { kind: "pass", principal };
      return {
        kind: "upstream",
        principal,
        registry,
        anonymous: anonymous === true,
        authorization: authorization === "" ? undefined : authorization,
      };
    },
    sealRefresh: ({ key }, { token, principal }, expires) =>
      sealer.seal("refresh", [principal, key, token], expires),
    async openRefresh(text) {
      const opened = await sealer.open("refresh", text);
      if (!Array.isArray(opened)) return undefined;
      const [principal, registry, token]: unknown[] = opened;
      if (typeof principal !== "string" || typeof registry !== "string" || typeof token !== "string")
        return undefined;
      return { principal, registry, token };
    },
  };
}
