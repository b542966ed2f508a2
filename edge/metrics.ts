/** Counts what the app answers, for `/metrics`. */
export interface Metrics {
  add(name: string, labels: Readonly<Record<string, string>>, amount?: number): void;
  /** Everything counted, as Prometheus reads it. */
  text(now: Readonly<Record<string, number>>): string;
}

/** Series kept at a time: labels come from closed sets, and this keeps it so. */
const MOST_SERIES = 2000;

/** @see Metrics */
export function createMetrics(): Metrics {
  const series = new Map<string, number>();
  return {
    add(name, labels, amount = 1) {
      const inner = Object.entries(labels).map(
        ([label, value]) => `${label}="${value.replace(/[\\"\n]/g, "_")}"`,
      );
      const key = `${name}{${inner.join(",")}}`;
      if (series.size < MOST_SERIES || series.has(key)) series.set(key, (series.get(key) ?? 0) + amount);
    },
    text(now) {
      const lines: string[] = [];
      let before = "";
      for (const [key, value] of [...series].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const name = key.slice(0, key.indexOf("{"));
        if (name !== before) lines.push(`# TYPE ${name} counter`);
        before = name;
        lines.push(`${key} ${value}`);
      }
      for (const [name, value] of Object.entries(now)) lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
      return `${lines.join("\n")}\n`;
    },
  };
}
