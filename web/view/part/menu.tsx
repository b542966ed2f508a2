import * as zagMenu from "@zag-js/menu";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { useId } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

/** One thing a {@link Menu} offers. */
export interface MenuItem {
  readonly value: string;
  readonly label: string;
}

/** What a {@link Menu} shows. */
export interface MenuProps {
  readonly label: string;
  readonly icon: IconName;
  readonly items: readonly MenuItem[];
  readonly title?: string | undefined;
  readonly choose: (value: string) => void;
}

/** A button with a menu; disabled when there is nothing to choose. */
export function Menu({ label, icon, items, title, choose }: MenuProps) {
  const service = useMachine(zagMenu.machine, {
    id: useId(),
    "aria-label": label,
    onSelect: ({ value }) => choose(value),
    positioning: { placement: "bottom-end", gutter: 4 },
  });
  const api = zagMenu.connect(service, normalizeProps);
  return (
    <span class="menu">
      <button {...api.getTriggerProps()} class="button" disabled={items.length === 0} title={title}>
        <Icon name={icon} />
        {label}
        <Icon name="down" />
      </button>
      {api.open && (
        <div {...api.getPositionerProps()}>
          <ul {...api.getContentProps()} class="menu-list">
            {items.map(({ value, label: text }) => (
              <li key={value} {...api.getItemProps({ value })} class="menu-item">
                {text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </span>
  );
}
