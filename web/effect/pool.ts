import { CoreError } from "../../core/error.ts";
import type { Lease } from "../worker/protocol.ts";

/** Someone who uses workers of the pool: an open archive. */
export interface Tenant {
  /**
   * A worker of this tenant's own until {@link release}. Lower `priority` is served first, equal ones in order of asking.
   * @throws CoreError `worker/ended` once the tenant has left.
   */
  lease(priority: number): Promise<Lease>;
  release(worker: number): void;
  /** Ends the workers it has on lease, whatever they are doing, and drops what it asked for. */
  leave(): void;
}

/** Workers shared by all archives of a page; they are started when they are first needed. */
export interface Pool {
  /** `onLost` is told the number of a leased worker that has died. */
  enter(onLost: (worker: number) => void): Tenant;
}

interface Member {
  readonly number: number;
  readonly worker: Worker;
  readonly known: Set<object>;
  tenant: object | undefined;
  /** Calls off its end. */
  stay: () => void;
}

interface Wish {
  readonly tenant: object;
  readonly priority: number;
  readonly order: number;
  resolve(lease: Lease): void;
  reject(error: unknown): void;
}

/** What {@link createPool} takes. */
export interface PoolOptions {
  /** Most workers at a time. */
  readonly size: number;
  readonly spawn: () => Worker;
  /** Calls `work` after a while; gives back what calls it off. */
  readonly later: (work: () => void) => () => void;
}

/** From this priority on work is done in the background: it never takes the last worker, so that what is urgent need not wait for it. */
const BACKGROUND = 2;

/**
 * A pool of workers. A worker is told of a tenant by a message with the port to answer on; one that has nothing to do for a while is ended,
 * and with it goes the memory that its work has left behind.
 */
export function createPool({ size, spawn, later }: PoolOptions): Pool {
  const members = new Set<Member>();
  const wishes: Wish[] = [];
  const losers = new Map<object, (worker: number) => void>();
  let numbers = 0;
  let orders = 0;

  const start = (): Member => {
    const member: Member = {
      number: numbers++,
      worker: spawn(),
      known: new Set(),
      tenant: undefined,
      stay() {},
    };
    members.add(member);
    // An error nobody caught leaves the worker in a state nobody knows; a script that does not load never starts.
    member.worker.addEventListener("error", (event) => {
      event.preventDefault();
      const { tenant } = member;
      end(member);
      if (tenant !== undefined) losers.get(tenant)?.(member.number);
      serve();
    });
    return member;
  };

  const end = (member: Member): void => {
    member.stay();
    members.delete(member);
    member.tenant = undefined;
    member.worker.terminate();
  };

  const serve = (): void => {
    while (wishes.length > 0) {
      const idle = [...members].find((member) => member.tenant === undefined);
      if (idle === undefined && members.size >= size) return;
      let best = 0;
      wishes.forEach((wish, index) => {
        const first = wishes[best]!;
        if (wish.priority < first.priority || (wish.priority === first.priority && wish.order < first.order))
          best = index;
      });
      const busy = [...members].filter(({ tenant }) => tenant !== undefined).length;
      if (wishes[best]!.priority >= BACKGROUND && busy > 0 && busy >= size - 1) return;
      const [wish] = wishes.splice(best, 1);
      grant(wish!, idle ?? start());
    }
  };

  const grant = (wish: Wish, member: Member): void => {
    member.tenant = wish.tenant;
    member.stay();
    if (member.known.has(wish.tenant)) {
      wish.resolve({ worker: member.number });
      return;
    }
    member.known.add(wish.tenant);
    const { port1, port2 } = new MessageChannel();
    member.worker.postMessage({ port: port2 }, [port2]);
    wish.resolve({ worker: member.number, port: port1 });
  };

  return {
    enter(onLost) {
      const tenant = {};
      losers.set(tenant, onLost);
      const gone = (): CoreError =>
        new CoreError("worker/ended", "Cannot start a worker: the archive is closed");
      return {
        lease(priority) {
          if (!losers.has(tenant)) return Promise.reject(gone());
          return new Promise((resolve, reject) => {
            wishes.push({ tenant, priority, order: orders++, resolve, reject });
            serve();
          });
        },
        release(worker) {
          const member = [...members].find(({ number }) => number === worker);
          if (member?.tenant !== tenant) return;
          member.tenant = undefined;
          serve();
          if (member.tenant === undefined) member.stay = later(() => end(member));
        },
        leave() {
          losers.delete(tenant);
          for (let at = wishes.length - 1; at >= 0; at--) {
            if (wishes[at]!.tenant === tenant) wishes.splice(at, 1)[0]!.reject(gone());
          }
          for (const member of members) {
            member.known.delete(tenant);
            if (member.tenant === tenant) end(member);
          }
          serve();
        },
      };
    },
  };
}
