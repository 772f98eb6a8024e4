/** IR to machine code. The module must be in backend form: scalars only, spans only, calls inlined (see README.md); it is rewritten on the way. */
import { Cfg } from "../ir/analysis/cfg.ts";
import type { Module, Value } from "../ir/module.ts";
import { STAGE } from "../sandbox/isa/modes.ts";
import type { DebugInfo, ObjectParts } from "../sandbox/isa/object.ts";
import { encodeObject } from "../sandbox/isa/write-object.ts";
import { Ice, Limit } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { Classes } from "./classes.ts";
import { encode } from "./encode.ts";
import { prepare } from "./prepare.ts";
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
  const cfg = new Cfg(m, m.entry.func);
  const p = prepare(m, cfg);
  const shape = buildShape(m, cfg, (v) => p.alias[v]! as Value);
  const slots = new Slots(p, cfg);
  const files = options.files ?? FULL_FILES;
  let allocated: Allocated | "g" = "g";
  for (const thrift of [0, 1, 2] as const) {
    if (allocated === "g") allocated = allocate(select(new Classes(p, shape, slots, { thrift })), shape, slots, files);
  }
  if (allocated === "g") throw new Limit("workgroup-uniform values", FULL_FILES.g + 1, FULL_FILES.g);
  const { code, places } = encode(allocated);
  const { slots: infos, names } = slots.finish();
  return {
    stage: STAGE[m.entry.stage],
    workgroupSize: p.workgroupSize,
    vRegisters: allocated.used.v,
    wRegisters: allocated.used.w,
    gRegisters: allocated.used.g,
    scratchBytes: slots.scratchBytes,
    workgroupBytes: slots.workgroupBytes,
    functions: [{ first: 0, count: code.length / 2, vArgs: 0, wArgs: 0, gArgs: 0, vResults: 0 }],
    slots: infos,
    io: [],
    code,
    constants: slots.constants,
    ...(options.debug ? { debug: debugInfo(options.debug, m.entry.name, names, places) } : {}),
  };
}

function debugInfo(
  debug: NonNullable<CompileOptions["debug"]>,
  name: string,
  slots: readonly string[],
  places: readonly number[],
): DebugInfo {
  const lines: number[] = [];
  for (const offset of places) {
    const place = offset === NONE ? undefined : debug.lineOf(offset);
    lines.push(place?.line ?? 0, place?.column ?? 0);
  }
  return { source: debug.source, functions: [name], slots, lines };
}
