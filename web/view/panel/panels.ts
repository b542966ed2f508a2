/** What stands in the panel beside the list or the image; at most one at a time. */
export type Panel =
  | { readonly kind: "save"; readonly refs: readonly string[] }
  | { readonly kind: "export" }
  | { readonly kind: "names"; readonly id: string }
  | { readonly kind: "remove"; readonly refs: readonly string[] }
  | { readonly kind: "prune" }
  | { readonly kind: "check" };
