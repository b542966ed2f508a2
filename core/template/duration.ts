import { type BasicType, type GoFunction, INT64 } from "./type.ts";
import { floatValue, type GoValue, intValue, stringValue, type Value } from "./value.ts";

const NANOSECONDS = { hour: 3_600_000_000_000n, minute: 60_000_000_000n, second: 1_000_000_000n };

const nanosOf = (value: Value): bigint => (value?.kind === "int" ? value.content : 0n);

function method(run: (nanos: bigint) => GoValue): GoFunction {
  return { parameters: [], run: ([receiver]) => run(nanosOf(receiver)) };
}

/** Go's `time.Duration`: a whole number of nanoseconds. */
export const DURATION: BasicType = {
  kind: "int",
  name: "time.Duration",
  methods: new Map([
    ["String", method((nanos) => stringValue(formatDuration(nanos)))],
    ["Hours", method((nanos) => floatValue(Number(nanos) / 3.6e12))],
    ["Minutes", method((nanos) => floatValue(Number(nanos) / 6e10))],
    ["Seconds", method((nanos) => floatValue(Number(nanos) / 1e9))],
    ["Milliseconds", method((nanos) => intValue(nanos / 1_000_000n, INT64))],
    ["Microseconds", method((nanos) => intValue(nanos / 1000n, INT64))],
    ["Nanoseconds", method((nanos) => intValue(nanos, INT64))],
    ["Abs", method((nanos) => intValue(nanos < 0n ? -nanos : nanos, DURATION))],
  ]),
};

/** `1h0m30s`, `1.5ms`: no unit above the largest that is needed. */
export function formatDuration(nanos: bigint): string {
  if (nanos === 0n) return "0s";
  const sign = nanos < 0n ? "-" : "";
  const size = nanos < 0n ? -nanos : nanos;
  if (size < NANOSECONDS.second) {
    if (size < 1000n) return `${sign}${size}ns`;
    return size < 1_000_000n ? `${sign}${decimal(size, 3)}µs` : `${sign}${decimal(size, 6)}ms`;
  }
  const hours = size / NANOSECONDS.hour;
  const minutes = (size / NANOSECONDS.minute) % 60n;
  const seconds = `${decimal(size % NANOSECONDS.minute, 9)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

/** `value` with its last `digits` behind the point, without zeros at the end. */
function decimal(value: bigint, digits: number): string {
  const text = String(value).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const behind = text.slice(text.length - digits).replace(/0+$/, "");
  return behind === "" ? whole : `${whole}.${behind}`;
}
