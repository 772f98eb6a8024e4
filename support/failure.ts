/** The kinds of failure that are thrown. The fifth kind, a Diagnostic (the shader is wrong), is data and never thrown: see diagnostic.ts. */

/** A legal program over a stated limit. Surfaces as a GPUPipelineError with reason "internal", naming limit and value. */
export class Limit extends Error {
  readonly limit: string;
  readonly value: number;
  readonly max: number;
  constructor(limit: string, value: number, max: number) {
    super(`${limit} is ${value}, over the limit of ${max}`);
    this.name = "Limit";
    this.limit = limit;
    this.value = value;
    this.max = max;
  }
}

/** Legal, but not runnable yet: a limit of this implementation. */
export class Unsupported extends Limit {
  /** @param what in the plural, as in "calls of 'textureLoad'" */
  constructor(what: string) {
    super(what, 1, 0);
    this.message = `${what} cannot be run yet`;
  }
}

/** Internal compiler error: our bug. Surfaces as a GPUInternalError. */
export class Ice extends Error {
  constructor(message: string) {
    super(`internal error: ${message}`);
    this.name = "Ice";
  }
}

/** Closes an exhaustive switch: a new variant becomes a compile error at the call. */
export function unreachable(x: never, what: string): never {
  throw new Ice(`unexpected ${what}: ${String(x)}`);
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Ice(message);
}
