import { expect, test } from "vitest";
import { bodies } from "../../ir/edit.ts";
import { parse } from "../../ir/parse.ts";
import { Scratch } from "../../ir/scratch.ts";

test("what is lent together is apart, and is as if new each time", () => {
  const scratch = new Scratch();
  const [a, b] = [scratch.i32(100), scratch.i32(100, -1)];
  a.fill(7);
  expect(b.every((value) => value === -1)).toBe(true);
  scratch.reuse();
  const again = scratch.i32(120, 3);
  expect(again.length).toBe(120);
  expect(again.every((value) => value === 3)).toBe(true);
  expect(again.buffer).toBe(a.buffer);
  // shorter than before, and not a value more
  scratch.reuse();
  expect(scratch.i32(5).length).toBe(5);
});

test("a column that has become too short is replaced", () => {
  const scratch = new Scratch();
  scratch.u8(8);
  scratch.reuse();
  const long = scratch.u8(10_000);
  expect(long.length).toBe(10_000);
  expect(long.every((value) => value === 0)).toBe(true);
});

test("functions of a module are worked on in the same columns", () => {
  const text = (name: string) => `fn @${name}(%u: u32) -> u32 {
block b0:
  ReturnValue %u
}
`;
  const parsed = parse(`entry compute @f workgroup_size(1, 1, 1)\n${text("f")}${text("g")}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  const m = parsed.module;
  expect([...bodies(m)].length).toBe(2);
  const buffers = new Set<unknown>();
  for (const _ of bodies(m)) buffers.add(m.scratch.i32(m.valueCount).buffer);
  expect(buffers.size).toBe(1);
});
