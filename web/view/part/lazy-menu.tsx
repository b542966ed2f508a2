import { useAnswer } from "./answer.ts";
import { Icon } from "./icon.tsx";
import type { MenuProps } from "./menu.tsx";

/** A {@link MenuProps menu} whose machinery is fetched once the view around it is on screen. */
export function LazyMenu(props: MenuProps) {
  const Menu = useAnswer(() => import("./menu.tsx"), []).value.value?.Menu;
  if (Menu !== undefined) return <Menu {...props} />;
  return (
    <button type="button" class="button" disabled>
      <Icon name={props.icon} />
      {props.label}
      <Icon name="down" />
    </button>
  );
}
