/** IR to machine code. The module must be in backend form: scalars only, spans only, calls inlined (see README.md); it is rewritten on the way. */
import type { Module, Value } from "../ir/module.ts";
import { CodeWriter } from "../sandbox/isa/encode.ts";
import { STAGE } from "../sandbox/isa/modes.ts";
import type { DebugInfo, ObjectParts } from "../sandbox/isa/object.ts";
import { encodeObject } from "../sandbox/isa/write-object.ts";
import { Ice, Limit } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { type Callable, orderFunctions } from "./calls.ts";
import { Classes } from "./classes.ts";
import { encode } from "./encode.ts";
import { Aliases, type Prepared, prepare } from "./prepare.ts";
import { type Allocated, allocate, type FileSizes, FULL_FILES } from "./regalloc.ts";
import { select } from "./select.ts";
import { Slots } from "./slots.ts";
import { buildShape } from "./structure.ts";

export interface CompileOptions {
  readonly debug?: {
    readonly source: string;
    /** place of an offset in the source, both from 1 */
    lineOf(offset: number): { readonly line: number; readonly column: number };
  };
  /** smaller register files, for tests of spilling */
  readonly files?: FileSizes;
  /** called after every stage, for measuring */
  readonly onStage?: (stage: string) => void;
}

export interface Compiled {
  readonly parts: ObjectParts;
  readonly object: Uint8Array;
}

/**
 * @param m in backend form; changed on the way
 * @throws Limit where a program exceeds a stated limit of the machine; Ice for our bugs
 */
export function compile(m: Module, options: CompileOptions = {}): Compiled {
  try {
    const parts = makeParts(m, options);
    return { parts, object: encodeObject(parts) };
  } catch (error) {
    if (error instanceof RangeError) throw new Ice(error.message);
    throw error;
  }
}

function makeParts(m: Module, options: CompileOptions): ObjectParts {
  if (!m.entry) throw new Ice("a module without an entry point");
  const functions = orderFunctions(m);
  const aliases = new Aliases(m.budget);
  const prepared = functions.map((fn) => prepare(m, fn.cfg, aliases, fn.number === 0));
  options.onStage?.("prepare");
  const slots = new Slots(
    prepared[0]!,
    functions.map((fn) => fn.cfg),
  );
  options.onStage?.("slots");
  const output = { code: new CodeWriter(), places: [] };
  const used = { v: 0, w: 0, g: 0 };
  const infos = functions.map((fn, i) => {
    const first = output.code.length;
    const { usedBytes } = m.budget;
    const allocated = allocateFunction(functions, fn, prepared[i]!, slots, options);
    for (const file of ["v", "w", "g"] as const) used[file] = Math.max(used[file], allocated.used[file]);
    encode(allocated, functions, output);
    // of a function's columns only its code is left
    m.budget.usedBytes = usedBytes;
    options.onStage?.("encode");
    return { first, count: output.code.length - first, vArgs: fn.params.length, wArgs: 0, gArgs: 0, vResults: fn.hasResult ? 1 : 0 };
  });
  const { slots: slotInfos, names } = slots.finish();
  return {
    stage: STAGE[m.entry.stage],
    workgroupSize: prepared[0]!.workgroupSize,
    vRegisters: used.v,
    wRegisters: used.w,
    gRegisters: used.g,
    scratchBytes: slots.scratchBytes,
    workgroupBytes: slots.workgroupBytes,
    functions: infos,
    slots: slotInfos,
    io: [],
    code: output.code.code(),
    constants: slots.constants,
    ...(options.debug ? { debug: debugInfo(options.debug, functions, names, output.places) } : {}),
  };
}

function allocateFunction(functions: readonly Callable[], self: Callable, p: Prepared, slots: Slots, options: CompileOptions): Allocated {
  const shape = buildShape(p.m, self.cfg, (v) => p.alias[v]! as Value);
  options.onStage?.("structure");
  // what may be called where lanes have parted writes no g register
  for (const thrift of self.number === 0 || self.sync ? ([0, 1, 2] as const) : ([2] as const)) {
    p.m.scratch.reuse();
    const classes = new Classes(p, shape, slots, { functions, self, thrift });
    options.onStage?.("classes");
    const selected = select(classes);
    options.onStage?.("select");
    const allocated = allocate(selected, shape, slots, options.files ?? FULL_FILES);
    options.onStage?.("allocate");
    if (allocated === "g") continue;
    classes.informCallees();
    return allocated;
  }
  throw new Limit("workgroup-uniform values", FULL_FILES.g + 1, FULL_FILES.g);
}

function debugInfo(
  debug: NonNullable<CompileOptions["debug"]>,
  functions: readonly Callable[],
  slots: readonly string[],
  places: readonly number[],
): DebugInfo {
  const lines: number[] = [];
  for (const offset of places) {
    const place = offset === NONE ? undefined : debug.lineOf(offset);
    lines.push(place?.line ?? 0, place?.column ?? 0);
  }
  return { source: debug.source, functions: functions.map((fn) => fn.name), slots, lines };
}
