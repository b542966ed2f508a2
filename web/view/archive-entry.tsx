import { useRef } from "preact/hooks";
import { type ImageGroup, imageGroups, layerStanding, shortDigest } from "../model/archive.ts";
import { imageNames } from "../model/image-names.ts";
import { visibleName } from "../model/name.ts";
import { type Opened, useDesk, useLanguage } from "./desk.ts";
import { KeepButton, keepStanding } from "./kept/keep-button.tsx";
import { Icon } from "./part/icon.tsx";
import { Name } from "./part/name.tsx";

/** One archive opened in place: what it is, how far it is read, its images beneath, and a way to keep them. */
export function ArchiveEntry({ archive }: { readonly archive: Opened }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const state = archive.state.value;
  const current = desk.current.value === archive;
  const show = (image: number) => {
    const tab = current ? (desk.route.value?.tab ?? "files") : "files";
    if (!current || desk.route.value?.image !== image) desk.go({ archive: archive.key, image, tab });
    desk.pane.value = "image";
  };
  const groups = state.archive === undefined ? [] : imageGroups(state.archive);
  const kind = state.archive?.kind;
  // One in a registry is the one image that its name says.
  const bare = kind === "rootfs" || kind === "layer" || archive.remote !== undefined;
  const isKept = keepStanding(desk, archive) === "kept";
  const first = groups[0]?.images[0]?.index ?? 0;
  return (
    <li class="archive" data-phase={state.phase} data-current={current && (groups.length === 0 || bare)}>
      <div class="archive-line">
        <button
          type="button"
          class="archive-name"
          title={visibleName(archive.name)}
          onClick={() => show(first)}
        >
          <span class="dot" data-kept={isKept} title={isKept ? words.kept.keep.all : words.library.inPlace} />
          <Name text={archive.name} />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={words.library.closeArchive(visibleName(archive.name))}
          title={words.library.closeArchive(visibleName(archive.name))}
          onClick={() => desk.close(archive)}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="archive-about">
        {state.phase === "failed" ? (
          <span class="loss">{words.library.failed}</span>
        ) : (
          <span>
            {archive.remote === undefined
              ? state.archive && words.library.kinds[state.archive.kind]
              : words.registry.look.kind}
            {(state.archive !== undefined || archive.remote !== undefined) && " · "}
            {format.bytes(archive.remote === undefined ? archive.size : (state.archive?.size ?? 0))}
          </span>
        )}
        <KeepButton archive={archive} class="button button-quiet" />
      </div>
      <ArchiveProgress archive={archive} />
      {groups.length > 0 && !bare && (
        <ul class="groups">
          {groups.map((group) => (
            <GroupEntry key={group.images[0]?.index} archive={archive} group={group} show={show} />
          ))}
        </ul>
      )}
    </li>
  );
}

function ArchiveProgress({ archive }: { readonly archive: Opened }) {
  const { words, format } = useLanguage();
  const state = archive.state.value;
  const pace = useRef({ label: "", since: 0, from: 0 });
  let label = words.library.opening;
  let { done, total } = state;
  if (state.phase === "failed") return null;
  if (state.archive !== undefined) {
    label = words.library.reading;
    const standings = state.archive.images.map(layerStanding);
    done = standings.reduce((sum, standing) => sum + standing.read, 0);
    total = standings.reduce((sum, standing) => sum + standing.bytes, 0);
    if (done >= total) return null;
  }
  const now = performance.now();
  if (pace.current.label !== label) pace.current = { label, since: now, from: done };
  const { since, from } = pace.current;
  // The first second says more about the disk's cache than about what is to come.
  const rate = now - since > 1000 && done > from ? ((done - from) / (now - since)) * 1000 : undefined;
  return (
    <div class="archive-progress">
      <progress aria-label={`${label} ${visibleName(archive.name)}`} value={done} max={Math.max(1, total)} />
      <span>
        {label} · {words.library.progress(format, done, total)}
        {rate !== undefined &&
          ` · ${words.library.rate(format, rate, format.took(((total - done) / rate) * 1000))}`}
      </span>
    </div>
  );
}

function GroupEntry(props: {
  readonly archive: Opened;
  readonly group: ImageGroup;
  readonly show: (image: number) => void;
}) {
  const desk = useDesk();
  const { words } = useLanguage();
  const { group } = props;
  const selected = desk.current.value === props.archive ? desk.route.value?.image : undefined;
  const shown = group.images.find((image) => image.index === selected) ?? group.images[0];
  if (shown === undefined) return null;
  const current = shown.index === selected;
  const platforms = group.images.map((image) => image.platform ?? words.library.unknownPlatform);
  const { names, bare } = imageNames(group.tags);
  const nameless = shown.id === "" ? words.library.untagged : shortDigest(shown.id);
  return (
    <li>
      <button
        type="button"
        class="group"
        aria-current={current ? "true" : undefined}
        onClick={() => props.show(shown.index)}
      >
        {names.map((name) => (
          <span key={name} class="group-tag" title={visibleName(name)}>
            <Name text={name} />
          </span>
        ))}
        {names.length === 0 && bare.length === 0 && <span class="group-tag">{nameless}</span>}
        {bare.map((tag) => (
          <span key={tag} class="group-tag muted" title={words.image.bareTag}>
            <Name text={tag} />
          </span>
        ))}
        <span class="group-platform">{[...new Set(platforms)].join(", ")}</span>
      </button>
    </li>
  );
}
