import type { Format } from "./format.ts";

const files = (f: Format, n: number) => `${f.count(n)} ${f.plural(n, { one: "file", other: "files" })}`;

/** What the console says in English. */
export const consoleEn = {
  title: "Console",
  open: "Open the console",
  close: "Close the console",
  run: (line: string) => `Run in the console: ${line}`,
  put: (line: string) => `Put into the console, to be run with Enter: ${line}`,
  label: "Console. Type docker commands; Escape leaves it.",
  height: "Height of the console",
  reader: "Read out for screen readers",
  copyAll: "everything the console shows",
  clear: "Clear the console",
  keys: { tab: "Tab: complete", up: "Older line", down: "Newer line", interrupt: "Stop" },
  hint: "Docker's commands, over the images kept here. Try docker images, or help. Tab completes, ↑ goes back.",
  failed: (reason: string) => `the console cannot run anything: ${reason}`,
  choose: (path: string) => `${path} is not among the files of the page: choose it.`,
  chooseFolder: (path: string) => `${path} is not among the files of the page: choose the folder.`,
  press: "Press Enter to choose, Ctrl+C to give up.",
  saved: (name: string, size: string) => `${name} (${size}) goes to your downloads`,
  made: (f: Format, n: number, example: string) =>
    `${files(f, n)} made: ls lists them, download ${example} saves them`,
  taken: (f: Format, n: number) => `${files(f, n)} taken in`,
  noFiles: "No files yet: drop some on the console, or type open.",
  nothingLike: (path: string) => `${path}: No such file or directory`,
  nothingChosen: "nothing was chosen",
  help: `Docker's commands, over the images kept in this browser. "docker" may be left out.

  docker load < app.tar         load an archive: dropped here before, or chosen now
  docker images                 what is kept
  docker history app:1          how an image was made
  docker inspect app:1 | jq '.[0].Config.Env'
  docker save app:1 > app.tar   save it to your downloads
  docker --help                 every command

Behind a pipe: awk cat cut grep gunzip gzip head jq sha256sum sort tail tar tee uniq wc xargs.
Also < > >> 2> ; && || and $(…). Nothing else is expanded.

  ls             files of the page: dropped, chosen or made
  open           choose files;  open -d  a folder, for docker build
  download FILE  save a file of the page; a folder as a tar
  history clear  exit

Tab completes, ↑ ↓ go through older lines, Ctrl+R searches them, Ctrl+C stops a command, Escape leaves.
`,
};
