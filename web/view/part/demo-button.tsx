import { useDesk, useLanguage } from "../desk.ts";

/** Makes and opens the demo image; says so while that is under way. */
export function DemoButton({ class: name }: { readonly class: string }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const busy = desk.demoBusy.value;
  return (
    <button type="button" class={name} disabled={busy} onClick={() => void desk.openDemo()}>
      {busy ? words.welcome.demoBusy : words.welcome.demo}
    </button>
  );
}
