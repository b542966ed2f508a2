import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Trouble, troubleOf } from "../../model/trouble.ts";

/** What has come of a question: nothing yet, a value, or a failure. */
export interface Answer<T> {
  readonly value?: T | undefined;
  readonly trouble?: Trouble | undefined;
  /** Whether `value` answers the question as it stands, not an earlier one. */
  readonly settled: boolean;
}

/** Asks when the component is first drawn and whenever `inputs` change; `ask` may say `undefined` to wait. An earlier value stays until the next. */
export function useAnswer<T>(
  ask: () => Promise<T> | undefined,
  inputs: readonly unknown[],
): ReadonlySignal<Answer<T>> {
  const answer = useSignal<Answer<T>>({ settled: false });
  useEffect(() => {
    let current = true;
    const run = async (promise: Promise<T>) => {
      try {
        const value = await promise;
        if (current) answer.value = { value, settled: true };
      } catch (error) {
        if (current) answer.value = { trouble: troubleOf(error), settled: true };
      }
    };
    const asked = ask();
    if (asked !== undefined) {
      answer.value = { value: answer.peek().value, settled: false };
      void run(asked);
    }
    return () => {
      current = false;
    };
  }, inputs);
  return answer;
}
