/** Where files were dropped. */
export interface DropPlace {
  readonly target: Element | undefined;
  /** The same as entries, folders among them. */
  readonly entries: readonly FileSystemEntry[];
}

/** What the window tells about files over it. */
export interface DropListener {
  /** Whether files hover over the window. */
  hover(over: boolean): void;
  /** `place`: where they were dropped, and as what; of pasted ones it is not known. */
  files(files: readonly File[], place?: DropPlace): void;
}

function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

/** Takes files dropped anywhere on the window or pasted into it, until the returned function is called. */
export function acceptFiles(listener: DropListener): () => void {
  let depth = 0;
  const end = new AbortController();
  const { signal } = end;
  const settle = (value: number) => {
    const before = depth > 0;
    depth = Math.max(0, value);
    if (before !== depth > 0) listener.hover(depth > 0);
  };
  addEventListener("dragenter", (event) => carriesFiles(event.dataTransfer) && settle(depth + 1), { signal });
  addEventListener("dragleave", (event) => carriesFiles(event.dataTransfer) && settle(depth - 1), { signal });
  addEventListener(
    "dragover",
    (event) => {
      if (!carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    },
    { signal },
  );
  addEventListener(
    "drop",
    (event) => {
      if (!carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      settle(0);
      // The entries are gone once this task ends.
      const entries = [...(event.dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
      const target = event.target instanceof Element ? event.target : undefined;
      listener.files([...(event.dataTransfer?.files ?? [])], { target, entries });
    },
    { signal },
  );
  addEventListener(
    "paste",
    (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      listener.files(files);
    },
    { signal },
  );
  return () => end.abort();
}
