const PATHS = {
  hull: "M1.5 9.5h13l-1.8 4.2H3.4zM4 8V5h3v3M8 8V5h3v3M6 4V1.5h3V4",
  crate: "M2 4.5 8 2l6 2.5v7L8 14l-6-2.5zM2 4.5 8 7l6-2.5M8 7v7",
  back: "M10 3 5 8l5 5",
  keys: "M6 6a2 2 0 1 1 2.7 1.9c-.5.2-.7.6-.7 1.1v.5M8 12v.2",
  theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  close: "m4 4 8 8M12 4l-8 8",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  done: "m3 8.5 3.5 3.5L13 4.5",
  folder: "M1.5 12.5v-9h4.2l1.6 2h7.2v7z",
  file: "M3.5 1.5h5.8l3.2 3.2v9.8h-9zM9 1.5V5h3.5",
  symlink: "M3.5 1.5h5.8l3.2 3.2v9.8h-9zM6 11V9.5A1.5 1.5 0 0 1 7.5 8H10M8.5 6.3 10.2 8 8.5 9.7",
  device: "M2.5 4.5h11v7h-11zM5 8h2M10.5 8h.5",
  chevron: "m6 4 4 4-4 4",
  down: "m4 6 4 4 4-4",
  save: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  wrap: "M2 4h12M2 8h9.5a2.2 2.2 0 0 1 0 4.4H8M9.8 10.6 8 12.4l1.8 1.8M2 12.4h3",
  find: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3 14 14",
  up: "M8 13V3M4 7l4-4 4 4",
  keep: "M2.5 9v4.5h11V9M8 2v7.5M4.8 6.6 8 9.8l3.2-3.2",
  edit: "M2.5 13.5l.8-3.3 7.6-7.6 2.5 2.5-7.6 7.6zM9.3 4.2l2.5 2.5",
  undo: "M6.5 3.5 3 7l3.5 3.5M3.5 7h6a3.5 3.5 0 0 1 0 7H7",
  redo: "M9.5 3.5 13 7l-3.5 3.5M12.5 7h-6a3.5 3.5 0 0 0 0 7H9",
  plus: "M8 3v10M3 8h10",
  move: "M2 8h11M9.5 4.5 13 8l-3.5 3.5",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  push: "M2.5 9v4.5h11V9M8 10V2.2M4.8 5.2 8 2l3.2 3.2",
  tag: "M2 2.5h5.2L14 9.3 9.3 14 2 6.7zM5 5.4v.1",
  bin: "M3 4.5h10M6 4.5v-2h4v2M4.3 4.5l.7 9h6l.7-9M6.8 7v4M9.2 7v4",
  more: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  change: "M2.5 4.5h6M11.5 4.5h2M8.5 3v3M2.5 11.5h2M7.5 11.5h6M4.5 10v3",
  build:
    "M9.8 2.2a3.4 3.4 0 0 0-3 4.9l-4.6 4.6 2.1 2.1 4.6-4.6a3.4 3.4 0 0 0 4.3-4.6l-2 2-1.7-.4-.4-1.7 2-2a3.4 3.4 0 0 0-1.3-.3z",
  console: "M1.5 3h13v10h-13zM4 6l2.2 2L4 10M7.5 10.2h4",
  run: "M4.5 2.8 12.5 8l-8 5.2z",
  speak: "M2.5 6v4h2.6L9 13V3L5.1 6zM11.3 5.5a3.5 3.5 0 0 1 0 5M13 3.6a6.2 6.2 0 0 1 0 8.8",
  list: "M2.5 4h11M2.5 8h11M2.5 12h11",
  warn: "M8 2 1.5 13.5h13zM8 6.5V10M8 11.8v.2",
} as const;

/** Names of the drawings. */
export type IconName = keyof typeof PATHS;

/** A 16-unit line drawing in the colour of the text; always beside words or a label, so hidden from screen readers. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
