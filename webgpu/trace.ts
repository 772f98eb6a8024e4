/** What one invocation did in one dispatch, statement by statement, to be walked through in both directions. */

export interface LoggedValue {
  readonly name: string;
  /** as WGSL writes it */
  readonly type: string;
  /** the scalars of a vector, matrix, array or struct one after another; "…" of what was too large to be recorded */
  readonly value: number | boolean | string | readonly (number | boolean)[];
}

export interface Step {
  readonly kind: "step" | "set" | "enter" | "leave" | "log";
  readonly fn: string;
  readonly line: number;
  readonly column: number;
  readonly values: readonly LoggedValue[];
}

interface Frame {
  readonly fn: string;
  line: number;
  readonly locals: Map<string, LoggedValue>;
}

/** It stands before a statement: at first, before the first one of the entry point. */
export class InvocationTrace {
  /** the pipeline, as messages name it */
  readonly pipeline: string;
  /** text of the shader module */
  readonly source: string;
  /** the log was full: the end is missing */
  readonly isCut: boolean;
  readonly #steps: readonly Step[];
  #at: number;

  constructor(pipeline: string, source: string, steps: readonly Step[], isCut: boolean) {
    this.pipeline = pipeline;
    this.source = source;
    this.isCut = isCut;
    this.#steps = steps;
    this.#at = 0;
    this.restart();
  }

  restart(): void {
    this.#at = this.#find(0, () => true);
  }

  /** Line and column of the statement that is next; null at the end. */
  get position(): { readonly line: number; readonly column: number } | null {
    const step = this.#steps[this.#at];
    return step ? { line: step.line, column: step.column } : null;
  }

  /** To the next statement, into functions that are called. @returns whether there is one */
  next(): boolean {
    return this.#go(this.#find(this.#at + 1, () => true));
  }
  /** To the next statement of this function or one that called it. */
  over(): boolean {
    const depth = this.stack().length;
    return this.#go(this.#find(this.#at + 1, (at) => this.#framesAt(at).length <= depth));
  }
  /** To the statement before. */
  back(): boolean {
    for (let at = this.#at - 1; at >= 0; at--) if (this.#steps[at]!.kind === "step") return this.#go(at);
    return false;
  }
  /** Forward to the next statement on a line; at the end, and false, where none is there any more. */
  runTo(line: number): boolean {
    return this.#go(this.#find(this.#at + 1, (at) => this.#steps[at]!.line === line));
  }

  /** Variables of the function that it stands in, by name: what was declared last of each name. */
  locals(): Record<string, LoggedValue["value"]> {
    const frame = this.#framesAt(this.#at).at(-1);
    return Object.fromEntries([...(frame?.locals ?? [])].map(([name, { value }]) => [name, value]));
  }
  /** Functions that are running, the innermost first, with the line that each is at. */
  stack(): { readonly fn: string; readonly line: number }[] {
    return this.#framesAt(this.#at)
      .map(({ fn, line }) => ({ fn, line }))
      .reverse();
  }

  #find(from: number, fits: (at: number) => boolean): number {
    for (let at = from; at < this.#steps.length; at++) if (this.#steps[at]!.kind === "step" && fits(at)) return at;
    return this.#steps.length;
  }
  #go(at: number): boolean {
    this.#at = at;
    return at < this.#steps.length;
  }

  #framesAt(end: number): Frame[] {
    const frames: Frame[] = [];
    for (let at = 0; at <= Math.min(end, this.#steps.length - 1); at++) {
      const step = this.#steps[at]!;
      const frame = frames.at(-1);
      if (step.kind === "enter") frames.push({ fn: step.fn, line: step.line, locals: new Map(step.values.map((v) => [v.name, v])) });
      else if (step.kind === "leave") frames.pop();
      else if (frame && step.kind === "step") frame.line = step.line;
      else if (frame) for (const value of step.values) frame.locals.set(value.name, value);
    }
    return frames;
  }
}
