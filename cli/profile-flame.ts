/**
 * A profile as a flame graph for speedscope (https://www.speedscope.app): one stack per function and line, of calls outside and the line inside,
 * weighted by cycles. Functions that were inlined stand where their lines are. @see https://www.speedscope.app/file-format-schema.json
 */
import type { CheckedModule } from "../frontend/wgsl/sema.ts";
import type { ObjectParts } from "../sandbox/isa/object.ts";
import type { Profile } from "../sandbox/machine/profile.ts";
import type { LineIndex } from "../support/source.ts";
import { linesOfWords } from "./profile.ts";

export interface Frame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}
export interface Speedscope {
  readonly $schema: "https://www.speedscope.app/file-format-schema.json";
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly Frame[] };
  readonly profiles: readonly {
    readonly type: "sampled";
    readonly name: string;
    readonly unit: "none";
    readonly startValue: number;
    readonly endValue: number;
    /** frames of a stack, outermost first */
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
}

/** The function of the source that each line stands in. */
export interface SourceFunctions {
  /** @returns name and first line, or null outside of functions */
  at(line: number): { readonly name: string; readonly line: number } | null;
}

export function sourceFunctions(checked: CheckedModule | null, lines: LineIndex | null): SourceFunctions {
  const spans = (checked && lines ? checked.functions : []).map(({ name, node }) => ({
    name,
    line: lines!.position(checked!.ast.start(node)).line,
    last: lines!.position(checked!.ast.end(node)).line,
  }));
  return { at: (line) => spans.find((span) => span.line <= line && line <= span.last) ?? null };
}

/** @param file name to show */
export function speedscope(
  profile: Profile,
  parts: ObjectParts,
  file: string,
  source: LineIndex | null,
  functions: SourceFunctions,
): Speedscope {
  const frames = new Frames(file);
  const lines = linesOfWords(parts, profile.words.executed.length);
  const samples: number[][] = [];
  const weights: number[] = [];
  const stacks: number[][] = [];
  profile.nodes.forEach(({ parent, fn, cycles }, n) => {
    const name = parts.debug?.functions[fn] || `function ${fn}`;
    stacks[n] = [...(stacks[parent] ?? []), frames.of(name)];
    const byLine = new Map<number, number>();
    cycles.forEach((spent, word) => {
      const line = lines[parts.functions[fn]!.first + word]!;
      if (spent > 0) byLine.set(line, (byLine.get(line) ?? 0) + spent);
    });
    for (const [line, spent] of [...byLine].sort(([a], [b]) => a - b)) {
      samples.push([...stacks[n]!, ...inside(name, line, frames, source, functions)]);
      weights.push(spent);
    }
  });
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: file,
    exporter: "portcullis",
    activeProfileIndex: 0,
    shared: { frames: frames.list },
    profiles: [{ type: "sampled", name: `${file}, cycles`, unit: "none", startValue: 0, endValue, samples, weights }],
  };
}

/** Frames of a line that stands in machine function `name`: the function it is written in, if another, and itself. */
function inside(name: string, line: number, frames: Frames, source: LineIndex | null, functions: SourceFunctions): number[] {
  if (line === 0) return [frames.of("(made by the compiler)")];
  const out: number[] = [];
  const around = functions.at(line);
  if (around && around.name !== name) out.push(frames.of(`${around.name} (inlined)`, around.line));
  const text = source?.lineText(line).trim() ?? "";
  out.push(frames.of(`${line}: ${text}`, line));
  return out;
}

class Frames {
  readonly list: Frame[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #file: string;
  constructor(file: string) {
    this.#file = file;
  }
  of(name: string, line?: number): number {
    const key = `${line ?? 0}:${name}`;
    let n = this.#numbers.get(key);
    if (n === undefined) {
      n = this.list.push(line === undefined ? { name, file: this.#file } : { name, file: this.#file, line }) - 1;
      this.#numbers.set(key, n);
    }
    return n;
  }
}
