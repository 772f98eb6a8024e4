/** Strided copies and fills of the kernel: against a model, and what they refuse. */
import { describe, expect, test } from "vitest";
import { COMMAND, FAULT } from "../../sandbox/kernel/door.ts";
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import { randoms } from "../campaign/random.ts";

const { copyBox, fill } = COMMAND;
const SIZE = 4096;

const submit = (kernel: Kernel, ...numbers: number[]) => kernel.submit(Float64Array.from(numbers));

function contents(kernel: Kernel, handle: number): Uint8Array {
  const bytes = kernel.readBuffer(handle, 0, SIZE);
  if (typeof bytes === "number") throw new Error(`fault ${bytes}`);
  return bytes;
}

function setup() {
  const kernel = new Kernel({ tier: "reference" });
  const [a, b] = [kernel.createBuffer(SIZE), kernel.createBuffer(SIZE)];
  kernel.writeBuffer(
    a,
    0,
    Uint8Array.from({ length: SIZE }, (_, i) => i * 7 + (i >> 8)),
  );
  return { kernel, a, b };
}

const end = (offset: number, row: number, image: number, [bytes, rows, images]: readonly number[]) =>
  offset + (images! - 1) * image + (rows! - 1) * row + bytes!;

describe("copyBox", () => {
  test("copies what the same loops in JavaScript copy, and nothing else", () => {
    const { kernel, a, b } = setup();
    const random = randoms(11);
    const pick = (n: number) => random() % n;
    const source = contents(kernel, a);
    let copies = 0;
    for (let round = 0; round < 400; round++) {
      const shape = [1 + pick(40), 1 + pick(6), 1 + pick(4)] as const;
      const [bytes, rows, images] = shape;
      const layout = () => {
        const row = bytes + (pick(2) ? 0 : pick(20));
        const image = row * rows + (pick(2) ? 0 : pick(30));
        return [pick(300), row, image] as const;
      };
      const [from, to] = [layout(), layout()];
      if (end(...from, shape) > SIZE || end(...to, shape) > SIZE) continue;
      const model = contents(kernel, b);
      for (let z = 0; z < images; z++) {
        for (let y = 0; y < rows; y++) {
          const at = from[0] + z * from[2] + y * from[1];
          model.set(source.subarray(at, at + bytes), to[0] + z * to[2] + y * to[1]);
        }
      }
      expect(submit(kernel, copyBox, a, ...from, b, ...to, ...shape).status).toBe("done");
      expect(Buffer.compare(contents(kernel, b), model)).toBe(0);
      copies++;
    }
    expect(copies).toBeGreaterThan(100);
    expect(contents(kernel, a)).toEqual(source);
  });

  test.each<[string, number[], number]>([
    ["source row past the end", [0, 16, 0, 0, 16, 0, 16, 257, 1], FAULT.range],
    ["source image past the end", [0, 16, 2048, 0, 16, 1024, 16, 64, 3], FAULT.range],
    ["destination past the end", [0, 16, 0, 4081, 16, 0, 16, 1, 1], FAULT.range],
    ["rows that overlap", [0, 15, 0, 0, 16, 0, 16, 2, 1], FAULT.range],
    ["images that overlap", [0, 16, 31, 0, 16, 32, 16, 2, 2], FAULT.range],
    ["negative offset", [-1, 16, 0, 0, 16, 0, 16, 1, 1], FAULT.range],
    ["fractions", [0.5, 16, 0, 0, 16, 0, 16, 1, 1], FAULT.range],
    ["products past exact integers", [0, 2 ** 31 - 256, 2 ** 31 - 256, 0, 16, 16, 16, 2 ** 30, 2 ** 30], FAULT.range],
    ["NaN", [Number.NaN, 16, 0, 0, 16, 0, 16, 1, 1], FAULT.range],
  ])("refuses %s", (_, [o, r, i, p, s, j, ...shape], fault) => {
    const { kernel, a, b } = setup();
    const before = contents(kernel, b);
    const done = submit(kernel, copyBox, a, o!, r!, i!, b, p!, s!, j!, ...shape);
    expect(done).toMatchObject({ status: "refused", fault });
    expect(contents(kernel, b)).toEqual(before);
  });

  test("refuses to copy to where it copies from, and what is no buffer", () => {
    const { kernel, a } = setup();
    expect(submit(kernel, copyBox, a, 0, 64, 0, a, 32, 64, 0, 64, 2, 1)).toMatchObject({ fault: FAULT.overlap });
    expect(submit(kernel, copyBox, a, 0, 64, 0, a, 128, 64, 0, 64, 2, 1).status).toBe("done");
    expect(submit(kernel, copyBox, 0, 0, 64, 0, a, 128, 64, 0, 64, 2, 1)).toMatchObject({ fault: FAULT.handle });
    expect(submit(kernel, copyBox, a, 0, 64, 0, a, 128, 64, 0, 64, 2)).toMatchObject({ status: "refused" });
  });

  test("an empty box does nothing, wherever it is inside", () => {
    const { kernel, a, b } = setup();
    expect(submit(kernel, copyBox, a, SIZE, 0, 0, b, 0, 0, 0, 0, 5, 5).status).toBe("done");
    expect(submit(kernel, copyBox, a, SIZE + 1, 0, 0, b, 0, 0, 0, 0, 5, 5)).toMatchObject({ fault: FAULT.range });
  });
});

describe("fill", () => {
  test.each([1, 2, 3, 4, 8, 12, 16])("repeats a pattern of %i bytes, and nothing around it", (patternBytes) => {
    const { kernel, a } = setup();
    const words = [0x04030201, 0x08070605, 0x0c0b0a09, 0x100f0e0d];
    const model = contents(kernel, a);
    for (let i = 0; i < patternBytes * 21; i++) model[33 + i] = (i % patternBytes) + 1;
    expect(submit(kernel, fill, a, 33, patternBytes * 21, patternBytes, ...words).status).toBe("done");
    expect(contents(kernel, a)).toEqual(model);
  });

  test.each<[string, number[], number]>([
    ["past the end", [4090, 8, 4, 0, 0, 0, 0], FAULT.range],
    ["half a pattern", [0, 6, 4, 0, 0, 0, 0], FAULT.alignment],
    ["no pattern", [0, 8, 0, 0, 0, 0, 0], FAULT.alignment],
    ["a pattern of 17", [0, 17, 17, 0, 0, 0, 0], FAULT.alignment],
    ["a word that is none", [0, 8, 4, 2 ** 32, 0, 0, 0], FAULT.argument],
    ["a word left out", [0, 8, 4, 0, 0, 0], FAULT.argument],
  ])("refuses %s", (_, numbers, fault) => {
    const { kernel, a } = setup();
    const before = contents(kernel, a);
    expect(submit(kernel, fill, a, ...numbers)).toMatchObject({ status: "refused", fault });
    expect(contents(kernel, a)).toEqual(before);
  });
});
