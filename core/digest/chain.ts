import type { Digest } from "./digest.ts";
import { sha256Digest } from "./verify.ts";

/**
 * The chain IDs of a stack of layers, base first: what names layer n *on top of* those below it.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#layer-chainid
 */
export function chainIDs(diffIDs: readonly Digest[]): Digest[] {
  const chain: Digest[] = [];
  const encoder = new TextEncoder();
  let below: Digest | undefined;
  for (const diffID of diffIDs) {
    below = below === undefined ? diffID : sha256Digest(encoder.encode(`${below} ${diffID}`));
    chain.push(below);
  }
  return chain;
}
