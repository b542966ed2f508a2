/** Signals of Linux by name, without `SIG`. @see signal(7) */
const SIGNALS: ReadonlySet<string> = new Set(
  (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP " +
    "TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
  ).split(" "),
);
/** Real-time signals are counted up from the first and down from the last. */
const REAL_TIME = /^RT(?:MIN\+([0-9]{1,2})|MAX-([0-9]{1,2}))$/;

/** Whether `text` is a signal as STOPSIGNAL takes it: a name, with or without `SIG`, or a number above 0. */
export function isSignal(text: string): boolean {
  if (/^[+-]?[0-9]{1,18}$/.test(text)) return Number(text) > 0;
  const name = text.toUpperCase().replace(/^SIG/, "");
  if (SIGNALS.has(name)) return true;
  const match = REAL_TIME.exec(name);
  if (match === null) return false;
  const [up, down] = [match[1], match[2]];
  return up === undefined ? within(down, 14) : within(up, 15);
}

const within = (digits = "", most: number): boolean =>
  !(digits.length > 1 && digits.startsWith("0")) && Number(digits) >= 1 && Number(digits) <= most;
