import "./style/main.css";
import { createEngine } from "./effect/engine.ts";
import { createImages } from "./effect/images.ts";
import { createLayerPool } from "./effect/layer-pool.ts";
import { createRegistries } from "./effect/registries.ts";
import { recalledSettings, rememberSettings } from "./platform/registry-settings.ts";
import { mount } from "./view/mount.tsx";

const root = document.querySelector<HTMLElement>("#app");
const pool = createLayerPool();
const images = createImages({ pool });
const registries = createRegistries({
  worker: images.registryWorker,
  pool,
  recalled: recalledSettings(),
  remember: rememberSettings,
});
if (root !== null)
  void mount(root, {
    engine: createEngine({ pool }),
    images,
    registries,
    making: images.making,
    drafts: images.drafts,
  });
