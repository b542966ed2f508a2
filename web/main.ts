import "./style/main.css";
import { createEngine } from "./effect/engine.ts";
import { createImages } from "./effect/images.ts";
import { createLayerPool } from "./effect/layer-pool.ts";
import { mount } from "./view/mount.tsx";

const root = document.querySelector<HTMLElement>("#app");
const pool = createLayerPool();
if (root !== null) void mount(root, { engine: createEngine({ pool }), images: createImages({ pool }) });
