/** Whether labels have the one that a filter asks for: by its key, or as `key=value`. */
export function carriesLabel(labels: ReadonlyMap<string, string> | undefined, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  if (equals < 0) return labels?.has(wanted) === true;
  return labels?.get(wanted.slice(0, equals)) === wanted.slice(equals + 1);
}
