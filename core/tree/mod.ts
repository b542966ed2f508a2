export * from "./diff.ts";
export * from "./drop-layer.ts";
export * from "./entry.ts";
export * from "./flatten.ts";
export * from "./fold.ts";
export * from "./lookup.ts";
export { checkLayer, children, INSIDE, type Measure, measure } from "./measure.ts";
export * from "./merged.ts";
export * from "./problem.ts";
export * from "./query/query.ts";
export * from "./resolve.ts";
export * from "./scan.ts";
export {
  CHANGE,
  CHANGE_KINDS,
  type ChangeKind,
  createTree,
  layerCount,
  TREE_LIMITS,
  type Tree,
  type TreeLimits,
  treeMemory,
  treeTransfer,
  trimTree,
} from "./tree.ts";
export * from "./usage.ts";
export * from "./view.ts";
