import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { launch } from "../../cli/launch.ts";
import { describeTrap } from "../../cli/trap.ts";
import { assemble } from "../../sandbox/isa/assemble.ts";
import type { DebugInfo, ObjectParts } from "../../sandbox/isa/object.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { CAUSE_ALARM, type TrapRecord } from "../../sandbox/kernel/door.ts";
import { LineIndex } from "../../support/source.ts";

/** Invocation 2 of workgroup 1 is the first to store past 24 bytes. */
const PAST_THE_END = `
.stage compute
.workgroup 4 1 1
.slot 0 storage read write min=4 group=1 binding=7
.func main
  sys v0, lane
  sys g0, workgroup_id.x
  shl g0, g0, #2
  iadd v0, v0, g0
  shl v0, v0, #2
  st.32 v0, s0[v0], T
  ret
.end
`;
const LINES = new LineIndex("one\ntwo\n  v[i] = i;\n");

function partsOf(debug?: DebugInfo): ObjectParts {
  const result = assemble(PAST_THE_END);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return debug ? { ...result.parts, debug } : result.parts;
}

function trapOf(tier: "jit" | "reference"): TrapRecord {
  const binds = [{ group: 1, binding: 7, scalar: "u32", words: new Uint32Array(6) }] as const;
  const result = launch({ object: encodeObject(partsOf()), binds, dispatch: [2, 1, 1], tier });
  if (result.status !== "trapped") throw new Error(JSON.stringify(result));
  return result.trap;
}
const told = (...args: Parameters<typeof describeTrap>) => stripVTControlCharacters(describeTrap(...args));
const debug = (lines: number[]): DebugInfo => ({ source: "x.wgsl", functions: ["main"], slots: ["v"], lines });

test.each(["jit", "reference"] as const)("an access past its buffer: binding, byte, invocation, line: %s", (tier) => {
  const trap = trapOf(tier);
  expect(told(trap, "x.wgsl", partsOf(debug([...Array(10).fill(1), 3, 3, 1, 1])), LINES)).toBe(`trap[T02]: an access outside of its buffer
 --> x.wgsl:3:3
3 |   v[i] = i;
  |   ^
note: the access was to 'v', binding 1.7, at byte 24
note: workgroup 1, invocation 2 of 4, code word 5
`);
  expect(told(trap, "x.pco", partsOf(), null)).toBe(`trap[T02]: an access outside of its buffer
 --> x.pco
note: the access was to binding 1.7, at byte 24
note: workgroup 1, invocation 2 of 4, code word 5
`);
});

test("a word without a place has the next one's, in its function", () => {
  const trap = trapOf("reference");
  const place = (lines: number[]) => told(trap, "x", partsOf(debug(lines)), null).split("\n")[1];
  expect(place([...Array(10).fill(9), 0, 0, 3, 3])).toBe(" --> x:3:3");
  expect(place([...Array(10).fill(9), 0, 0, 0, 0, 8, 8])).toBe(" --> x");
  expect(place(Array(10).fill(9))).toBe(" --> x");
  expect(place([...Array(10).fill(9), 70, 0])).toBe(" --> x:70:1");
});

test("what an object's names and lines say is not believed", () => {
  const hostile = { ...debug([...Array(10).fill(1), 4_000_000_000, 4_000_000_000]), slots: ["\u001b[2J"] };
  const text = describeTrap(trapOf("reference"), "x", partsOf(hostile), LINES);
  expect(text).toContain("'\ufffd[2J'");
  expect(stripVTControlCharacters(text)).toContain(" --> x:4000000000:4000000000\n");
});

test("a trap that says nothing is told, too", () => {
  const nothing = { cause: CAUSE_ALARM, command: 0, program: 1, pc: -1, fn: -1, workgroup: -1, wave: -1, lane: -1, slot: -1, offset: -1 };
  expect(told(nothing, "x", partsOf(), LINES)).toBe("trap[T16]: the machine failed, which is a bug of portcullis\n --> x\n");
  expect(told({ ...nothing, cause: 77 }, "x", null, null)).toBe("trap[T77]: cause 77\n --> x\n");
});
