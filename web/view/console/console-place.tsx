import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";

/** The console, once it has been asked for: until then nothing of it is fetched. Ctrl+` opens and closes it. */
export function ConsolePlace() {
  const { shown } = useDesk().console;
  const asked = useSignal(false);
  if (shown.value && !asked.peek()) asked.value = true;
  useEffect(() => {
    const end = new AbortController();
    addEventListener(
      "keydown",
      (event) => {
        if (!event.ctrlKey || event.altKey || event.metaKey || event.code !== "Backquote") return;
        event.preventDefault();
        shown.value = !shown.peek();
      },
      { signal: end.signal },
    );
    return () => end.abort();
  }, [shown]);
  return asked.value ? <Fetched /> : null;
}

function Fetched() {
  const drawer = useAnswer(() => import("./console-drawer.tsx"), []).value;
  const Drawer = drawer.value?.ConsoleDrawer;
  if (drawer.trouble !== undefined) return <p class="note loss">{drawer.trouble.message}</p>;
  return Drawer === undefined ? null : <Drawer />;
}
