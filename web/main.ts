import "./style/main.css";
import { createEngine } from "./effect/engine.ts";
import { mount } from "./view/mount.tsx";

const root = document.querySelector<HTMLElement>("#app");
if (root !== null) void mount(root, createEngine());
