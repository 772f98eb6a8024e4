/**
 * Random programs mean the same when their control flow has become SPIR-V's, and stay valid; so do the ways out of constructs that only
 * inlining makes. And their modules, run by an interpreter of SPIR-V, compute what the IR computes.
 */
import { afterAll, expect, test } from "vitest";
import type { Module } from "../../../ir/module.ts";
import { optimize } from "../../../ir/optimize.ts";
import { parse } from "../../../ir/parse.ts";
import { runPasses } from "../../../ir/pass.ts";
import { print } from "../../../ir/print.ts";
import { legalize } from "../../../ir/spirv/legalize.ts";
import { spirvBytes, writeSpirv } from "../../../ir/spirv/write.ts";
import { formatErrors, validate } from "../../../ir/validate.ts";
import { IN_WORDS, OUT_WORDS, randomModule, rng } from "../generate.ts";
import { runIr } from "../interp.ts";
import { SpirvInterpreter } from "./interp.ts";
import { checkModule } from "./reader.ts";
import { hasSpirvTools, SpirvTools } from "./tools.ts";

const COUNT = Number(process.env.IR_RANDOM ?? 25);
const FIRST = Number(process.env.IR_SEED ?? 1);
const tools = hasSpirvTools ? new SpirvTools() : null;
afterAll(() => tools?.close());

function outputs(m: Module, input: Uint8Array): string[] {
  const output = new Uint8Array(4 * OUT_WORDS);
  runIr(m, {
    buffers: new Map([
      ["input", input],
      ["output", output],
    ]),
    inputs: new Map(),
  });
  return Array.from(new Uint32Array(output.buffer), (w) => ((w & 0x7fffffff) > 0x7f800000 ? "NaN" : w.toString(16)));
}
/** What the module itself computes, where nothing that SPIR-V leaves undefined may happen. */
function spirvOutputs(words: Uint32Array, input: Uint8Array): string[] {
  const interpreter = new SpirvInterpreter(
    words,
    new Map([
      ["input", new Uint32Array(input.slice().buffer)],
      ["output", new Uint32Array(OUT_WORDS)],
    ]),
  );
  interpreter.run();
  return interpreter.buffer("output").map((w) => ((w & 0x7fffffff) > 0x7f800000 ? "NaN" : (w >>> 0).toString(16)));
}

/** All modules that tests below have made, for spirv-val at the end. */
const made = new Map<string, Uint8Array>();
function sameMeaning(m: Module, seed: number): void {
  const before = print(m);
  const legal = legalize(m);
  expect(print(m)).toBe(before);
  expect(formatErrors(legal, validate(legal))).toBe("");
  const random = rng(seed ^ 0x5bd1e995);
  const input = Uint8Array.from({ length: 4 * IN_WORDS }, () => random() * 256);
  expect(outputs(legal, input)).toEqual(outputs(m, input));
  const words = writeSpirv(m);
  expect(checkModule(words)).toEqual([]);
  expect(spirvOutputs(words, input)).toEqual(outputs(m, input));
  made.set(`${made.size} (seed ${seed})`, spirvBytes(words));
}

test.each(Array.from({ length: COUNT }, (_, i) => FIRST + i))("random program %d", (seed) => {
  sameMeaning(randomModule(seed), seed);
  const inlined = randomModule(seed);
  runPasses(inlined, ["inline", "zero-init", "cfg"]);
  sameMeaning(inlined, seed);
  for (const level of [0, 2] as const) {
    const optimized = randomModule(seed);
    optimize(optimized, level);
    sameMeaning(optimized, seed);
  }
});

const HEAD = `var @input: ptr<StorageBuffer, array<u32, 16, stride 4>> group 0 binding 0
var @output: ptr<StorageBuffer, array<u32, 256, stride 4>> group 0 binding 1 writable
entry compute @main workgroup_size(1, 1, 1)
fn @main() -> void {
`;
/** Input word n, and a condition on it. */
const read = (id: number, n: number, limit: number) => `  %${id} = AccessChain ptr<StorageBuffer, u32> @input, u32 ${n}
  %${id + 1} = Load u32 %${id}
  %${id + 2} = ULessThan bool %${id + 1}, u32 ${limit}
`;
const write = (id: number, value: string) => `  %${id} = AccessChain ptr<StorageBuffer, u32> @output, u32 0
  Store %${id}, ${value}
`;
const CASES: Readonly<Record<string, string>> = {
  "out of an if, past another": `block b0 (selection merge b4):
${read(0, 0, 0x80000000)}  BranchConditional %2, b1, b4
block b1 (selection merge b3):
${read(3, 1, 0x80000000)}  BranchConditional %5, b2, b3
block b2:
  Branch b4
block b3:
  Branch b4
block b4:
  %6 = Phi u32 b0: u32 1, b2: u32 2, b3: u32 3
${write(7, "%6")}  Return
}
`,
  "out of two loops with a value, to two places": `block b0 (selection merge b10):
  Branch b1
block b1 (loop merge b9 continue b8):
  %0 = Phi u32 b0: u32 0, b8: %17
  Branch b2
block b2 (loop merge b7 continue b6):
  %1 = Phi u32 b1: u32 0, b6: %15
${read(2, 0, 0x40000000)}  BranchConditional %4, b10, b3
block b3:
${read(5, 1, 0x40000000)}  BranchConditional %7, b9, b4
block b4:
${read(8, 2, 0x40000000)}  BranchConditional %10, b8, b5
block b5:
  %11 = IAdd u32 %1, %0
  %12 = UGreaterThan bool %11, u32 3
  BranchConditional %12, b7, b6
block b6:
  %15 = IAdd u32 %1, u32 1
  Branch b2
block b7:
  Branch b8
block b8:
  %16 = Phi u32 b4: u32 7, b7: %11
  %17 = IAdd u32 %0, %16
  %18 = UGreaterThan bool %17, u32 20
  BranchConditional %18, b9, b1
block b9:
  %19 = Phi u32 b3: u32 100, b8: %17
  Branch b10
block b10:
  %20 = Phi u32 b2: u32 200, b9: %19
${write(21, "%20")}  Return
}
`,
  "out of a switch in an if, both ways of one branch": `block b0 (selection merge b6):
${read(0, 0, 0xc0000000)}  BranchConditional %2, b1, b6
block b1 (selection merge b5):
  %3 = UMod u32 %1, u32 3
  Switch %3, b2, 0: b3, 1: b6
block b2:
${read(4, 1, 0x80000000)}  BranchConditional %6, b6, b5
block b3:
  Branch b5
block b5:
  %7 = Phi u32 b2: u32 5, b3: u32 6
  Branch b6
block b6:
  %8 = Phi u32 b0: u32 1, b1: u32 2, b2: u32 3, b5: %7
${write(9, "%8")}  Return
}
`,
};
test.each(Object.entries(CASES))("%s", (_, body) => {
  const result = parse(HEAD + body);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  expect(formatErrors(result.module, validate(result.module))).toBe("");
  for (let seed = 1; seed <= 6; seed++) sameMeaning(result.module, seed);
});

/** Words at which operations have edges, as integers or as floats: NaN, infinities, 2^31, 2^32, 1e20, -5.5. */
const EDGES = Uint32Array.of(
  0,
  1,
  2,
  31,
  32,
  33,
  0xffffffff,
  0x80000000,
  0x7fffffff,
  0x7fc00000,
  0x7f800000,
  0xff800000,
  0x4f000000,
  0x4f800000,
  0x60ad78ec,
  0xc0b00000,
);
/** Operation, type of its operands and of its result, how many operands. */
const OPERATIONS: readonly (readonly [string, "u32" | "i32" | "f32", "u32" | "i32" | "f32", 1 | 2 | 3])[] = [
  ...["UDiv", "UMod", "SDiv", "SRem", "UMulHigh", "SMin", "UMax"].flatMap((op) => [
    [op, "u32", "u32", 2] as const,
    [op, "i32", "i32", 2] as const,
  ]),
  ...["ShiftLeftLogical", "ShiftRightLogical", "ShiftRightArithmetic"].map((op) => [op, "i32", "i32", 2] as const),
  ...["CountLeadingZeros", "CountTrailingZeros", "FindSMsb", "FindUMsb", "FindILsb"].map((op) => [op, "i32", "i32", 1] as const),
  ...["BitFieldSExtract", "BitFieldUExtract", "SClamp", "UClamp"].map((op) => [op, "u32", "u32", 3] as const),
  ["Dot4I8Packed", "u32", "i32", 2],
  ["Dot4U8Packed", "u32", "u32", 2],
  ["ConvertFToS", "f32", "i32", 1],
  ["ConvertFToU", "f32", "u32", 1],
  ["Saturate", "f32", "f32", 1],
  ["FClamp", "f32", "f32", 3],
  ["FloatToHalfBits", "f32", "u32", 1],
  ["HalfBitsToFloat", "u32", "f32", 1],
];
test.each(OPERATIONS)("%s of %s, at its edges", (op, from, to, operands) => {
  let text = `${HEAD}block b0:\n`;
  let next = 0;
  const emit = (instruction: string) => {
    text += `  %${next} = ${instruction}\n`;
    return `%${next++}`;
  };
  const inputs = [...EDGES].map((_, i) => {
    const word = emit(`Load u32 ${emit(`AccessChain ptr<StorageBuffer, u32> @input, u32 ${i}`)}`);
    return from === "u32" ? word : emit(`Bitcast ${from} ${word}`);
  });
  for (let i = 0; i < 16; i++) {
    for (let j = 0; j < (operands === 1 ? 1 : 16); j++) {
      const args = [inputs[i]!, inputs[j]!, inputs[(i + 3 * j) % 16]!].slice(0, operands);
      const result = emit(`${op} ${to} ${args.join(", ")}`);
      const bits = to === "u32" ? result : emit(`Bitcast u32 ${result}`);
      const place = emit(`AccessChain ptr<StorageBuffer, u32> @output, u32 ${16 * i + j}`);
      text += `  Store ${place}, ${bits}\n`;
    }
  }
  const result = parse(`${text}  Return\n}\n`);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  expect(formatErrors(result.module, validate(result.module))).toBe("");
  const words = writeSpirv(result.module);
  const input = new Uint8Array(EDGES.buffer);
  expect(spirvOutputs(words, input)).toEqual(outputs(result.module, input));
  made.set(`${op} ${from}`, spirvBytes(words));
});

test.skipIf(!tools)("spirv-val accepts all of them (skipped where spirv-tools is not installed)", { timeout: 120_000 }, () => {
  expect(made.size).toBeGreaterThan(COUNT);
  expect(tools!.validate(made)).toBe("");
});
