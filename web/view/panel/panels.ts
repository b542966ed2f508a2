/** What stands in the panel beside the list or the image; at most one at a time. */
export type Panel =
  | { readonly kind: "save"; readonly refs: readonly string[] }
  | { readonly kind: "export" }
  | { readonly kind: "names"; readonly id: string }
  | { readonly kind: "remove"; readonly refs: readonly string[] }
  | { readonly kind: "prune" }
  | { readonly kind: "check" }
  /** What stands over a draft. */
  | { readonly kind: "commit" | "draft-name" }
  /** A repository or an image in a registry; with nothing yet, a field to name one. */
  | { readonly kind: "look"; readonly name: string; readonly platform?: string | undefined }
  | { readonly kind: "push"; readonly id: string }
  | { readonly kind: "registries" }
  | { readonly kind: "login"; readonly registry?: string | undefined }
  /** Edits of a kept image. */
  | { readonly kind: "change"; readonly id: string }
  /** One image for several platforms, of these to begin with. */
  | { readonly kind: "index"; readonly refs: readonly string[] }
  | { readonly kind: "build" }
  | { readonly kind: "import" }
  | { readonly kind: "export-files"; readonly ref: string };
