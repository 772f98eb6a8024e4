/**
 * What functions reach through calls, asked for many of them: entry points may be as many as functions. Functions of no interest that only
 * lead to one other are not walked through.
 */
import { NONE } from "../../support/id.ts";

export class Reach {
  /** by function, the nearest one that it reaches and that is of interest or leads to several, or NONE */
  readonly #via: Int32Array;
  /** by function that others go via, the functions it goes on to */
  readonly #next: (readonly number[])[] = [];
  /** by function, the last question that it was an answer to */
  readonly #seen: Int32Array;
  #question = 0;

  /** @param callees by function, callees before callers @param isOfInterest whether a function has something of its own */
  constructor(callees: readonly Iterable<number>[], isOfInterest: (id: number) => boolean) {
    this.#via = new Int32Array(callees.length).fill(NONE);
    this.#seen = new Int32Array(callees.length);
    for (const [id, called] of callees.entries()) {
      const next = new Set<number>();
      for (const callee of called) if (this.#via[callee] !== NONE) next.add(this.#via[callee]!);
      const [only = NONE] = next;
      this.#next.push([...next]);
      this.#via[id] = isOfInterest(id) || next.size > 1 ? id : only;
    }
  }

  /** Functions that a function reaches, itself included, and all that are of interest among them. Without recursion. */
  of(start: number): number[] {
    const question = ++this.#question;
    const found: number[] = [];
    const stack = this.#via[start] === NONE ? [] : [this.#via[start]!];
    while (stack.length > 0) {
      const id = stack.pop()!;
      if (this.#seen[id] === question) continue;
      this.#seen[id] = question;
      found.push(id);
      for (const other of this.#next[id]!) if (this.#seen[other] !== question) stack.push(other);
    }
    return found;
  }
}
