/** States of the search, the most promising first. */
import type { Assignment, Weight } from "../model/plan.ts";

/** Relocated distributions; those of them that nobody prefers; bytes. Compared in this order. */
export type Cost = readonly [number, number, number];

export interface State {
  readonly assignment: Assignment;
  readonly key: string;
  readonly cost: Cost;
  /** The cost and a lower bound of what is still to come. */
  readonly bound: Cost;
}

export const plus = (a: Cost, b: Cost): Cost => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const less = (a: Cost, b: Cost): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
export const costOf = ({ bytes, preferred }: Weight): Cost => [1, preferred ? 0 : 1, bytes];

/** A binary heap; after `greedy` a stack, the most promising on top. */
export class Queue {
  #heap: State[] = [];
  #stack: State[] | undefined;

  greedy(): void {
    this.#stack = this.#heap.sort((a, b) => (before(a, b) ? 1 : -1));
  }

  push(state: State): void {
    if (this.#stack) {
      let at = this.#stack.length;
      // Children of one state lie on top of each other: the best of them last.
      while (at > 0 && (this.#stack[at - 1] as State).cost[0] >= state.cost[0] && less((this.#stack[at - 1] as State).bound, state.bound) < 0) at--;
      this.#stack.splice(at, 0, state);
      return;
    }
    const heap = this.#heap;
    let at = heap.push(state) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(heap[at] as State, heap[parent] as State)) break;
      [heap[at], heap[parent]] = [heap[parent] as State, heap[at] as State];
      at = parent;
    }
  }

  pop(): State | undefined {
    if (this.#stack) return this.#stack.pop();
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last && top !== last) {
      heap[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        let least = at;
        if (left < heap.length && before(heap[left] as State, heap[least] as State)) least = left;
        if (right < heap.length && before(heap[right] as State, heap[least] as State)) least = right;
        if (least === at) break;
        [heap[at], heap[least]] = [heap[least] as State, heap[at] as State];
        at = least;
      }
    }
    return top;
  }
}

/** By bound; of equals the one that is further on, and then by name, so that the same question has the same answer everywhere. */
function before(a: State, b: State): boolean {
  const order = less(a.bound, b.bound) || b.cost[0] - a.cost[0];
  return order !== 0 ? order < 0 : a.key < b.key;
}
