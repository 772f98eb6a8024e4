/**
 * The stack of error scopes of a device. It lives on the device timeline, so that an error finds the scope that was open at the call.
 * @see https://www.w3.org/TR/webgpu/#error-scopes
 */
import type { ErrorFilter, GPUError } from "./errors.ts";

interface Scope {
  readonly filter: ErrorFilter;
  /** the first error: later ones are often caused by it */
  error: GPUError | null;
}

export class ErrorScopes {
  readonly #stack: Scope[] = [];

  get size(): number {
    return this.#stack.length;
  }

  push(filter: ErrorFilter): void {
    this.#stack.push({ filter, error: null });
  }

  /** @returns undefined when no scope is open */
  pop(): GPUError | null | undefined {
    return this.#stack.pop()?.error;
  }

  /** @returns false when no open scope catches errors of this kind */
  catch(kind: ErrorFilter, error: GPUError): boolean {
    for (let i = this.#stack.length - 1; i >= 0; i--) {
      const scope = this.#stack[i]!;
      if (scope.filter !== kind) continue;
      scope.error ??= error;
      return true;
    }
    return false;
  }
}
