import type { NodeView } from "../../model/engine.ts";
import { octalMode, symbolicMode } from "../../model/mode.ts";
import { visibleName } from "../../model/name.ts";
import { useLanguage } from "../desk.ts";
import type { FilesPlace } from "../files/file-lists.ts";

/** All that the archive says of a path beside its bytes. */
export function Facts({ facts, place }: { readonly facts: NodeView; readonly place: FilesPlace }) {
  const { words, format } = useLanguage();
  const layer = place.reading.layer.value ?? facts.row.layer;
  // An older version that is open has facts of its own.
  const row = facts.versions.find((version) => version.layer === layer) ?? facts.row;
  const { uname, gname } = facts.row;
  const names = row.uid === facts.row.uid && row.gid === facts.row.gid && (uname !== "" || gname !== "");
  const lines: readonly (readonly [string, string])[] = [
    [words.facts.type, words.files.types[row.type]],
    [
      words.facts.size,
      row.size < 1000
        ? words.facts.exact(format, row.size)
        : `${format.bytes(row.size)} · ${words.facts.exact(format, row.size)}`,
    ],
    [words.facts.mode, `${octalMode(row.mode)} ${symbolicMode(row.type, row.mode)}`],
    [words.facts.owner, `${row.uid}:${row.gid}${names ? ` ${visibleName(`${uname}:${gname}`)}` : ""}`],
    [words.facts.modified, format.moment(row.mtime)],
    [words.facts.layer, String(layer)],
    ...(facts.device === undefined
      ? []
      : [[words.facts.device, `${facts.device.major}, ${facts.device.minor}`] as const]),
  ];
  return (
    <section class="facts" aria-label={words.facts.title}>
      <dl>
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {facts.xattrs.map(({ name, value }) => (
          <div key={name} title={words.facts.xattrs}>
            <dt>
              <code>{visibleName(name)}</code>
            </dt>
            <dd>
              <code>{visibleName(value)}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
