import type { NodeView } from "../../model/engine.ts";
import { visibleName } from "../../model/name.ts";
import { useLanguage } from "../desk.ts";
import type { FilesPlace } from "../files/file-lists.ts";
import { Icon } from "../part/icon.tsx";
import { Name } from "../part/name.tsx";

/** Where a link leads, with a way to go there; or why it leads nowhere. */
export function TargetLink({ facts, place }: { readonly facts: NodeView; readonly place: FilesPlace }) {
  const { words } = useLanguage();
  const { target, row } = facts;
  if (target === undefined) return null;
  if ("broken" in target) {
    return (
      <p class="preview-note leads">
        <Icon name="warn" />
        <span>
          <span class="muted">{words.files.linksTo(visibleName(row.link ?? ""))}</span> ·{" "}
          <span class="loss">
            {words.facts.target} {words.facts.broken[target.broken]}
          </span>
        </span>
      </p>
    );
  }
  const go = async () => {
    // A link may lead to what the list leaves out for now: then the preview alone goes there.
    if (!(await place.list.reveal(target.node))) place.reading.show(target.node, place.list.spec.peek().upTo);
  };
  return (
    <p class="preview-note leads">
      <span class="muted">{words.facts.target}</span>{" "}
      <button type="button" class="link" onClick={() => void go()}>
        <Name text={target.path} />
      </button>
    </p>
  );
}
