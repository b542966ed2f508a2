/** How much of the largest `share` (0 to 1) is; said in numbers beside it, so hidden from screen readers. */
export function ShareBar({ share, busy = false }: { readonly share: number; readonly busy?: boolean }) {
  return (
    <span class="share" aria-hidden="true" data-busy={busy}>
      <span style={{ inlineSize: `${Math.max(share > 0 ? 1 : 0, share * 100)}%` }} />
    </span>
  );
}
