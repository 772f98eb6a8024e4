/** The text form: every mnemonic, every mode, random words and random objects read back bit for bit; errors carry their place. */
import { describe, expect, test } from "vitest";
import { assemble } from "../../sandbox/isa/assemble.ts";
import { disassemble } from "../../sandbox/isa/disassemble.ts";
import { accessC, accessK, accessM, accessN, accessT, accessZ, CodeWriter, g, lowWord, v, w } from "../../sandbox/isa/encode.ts";
import { printListing } from "../../sandbox/isa/listing.ts";
import { MODE } from "../../sandbox/isa/modes.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { BY_CODE, ISA, type MemMnemonic, MNEMONICS, type Mnemonic, SYS } from "../../sandbox/isa/table.ts";
import { MODE_NAMES } from "../../sandbox/isa/word-fields.ts";
import { encodeObject, readObject } from "../../sandbox/isa/write-object.ts";

function ok(text: string): ObjectParts {
  const result = assemble(text);
  if (!result.ok) throw new Error(result.errors.map((e) => `${e.line}:${e.column} ${e.message}`).join("\n"));
  return result.parts;
}

/** A reproducible stream of u32. */
function randoms(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

const isAccess = (m: Mnemonic): m is Exclude<MemMnemonic, "slot.len"> => ISA[m].form === "mem" && m !== "slot.len";

function objectOf(code: Uint32Array): ObjectParts {
  const count = code.length / 2;
  return {
    ...ok(".func main\n.end"),
    functions: [{ first: 0, count, vArgs: 0, wArgs: 0, gArgs: 0, vResults: 0 }],
    code,
  };
}

const EXAMPLE = `
.stage compute
.workgroup 256 1 1
.slot 0 storage read min=4 group=0 binding=0        ; comments with ';'
.slot 1 uniform read min=16 group=0 binding=2       // or so
.slot 2 workgroup read write atomic min=1024
.slot 3 scratch read write min=64
.slot 4 constant read min=256
.const 1 2 0xdeadbeef 1.5f
.func main
  sys g0, workgroup_id.x
  shl g0, g0, #8
  mov v0, #-1.5f
  iadd v1, w0, v0
  ld.32 v2, s0[w1], C, contig
  ld.128 v2, s0[v1+16], N lim=48
  ld.32 v2, s1[12], K          //~ V19
  if v3
    brk.if v1, 0
  else
    loop.v
      block.v
        brk 1
      end
      at.cas v4, s2[v1], M bits=10
    endloop
  end
  call f, v8, v0, w2, g1
  barrier workgroup storage
  g.bcast g3, v2
  ret
.end
.func f vargs=1 wargs=1 gargs=1 vresults=1
  ret.if v3
  ret
.end
`;

describe("assemble", () => {
  test("computes targets, register counts and memory sizes", () => {
    const parts = ok(EXAMPLE);
    expect([parts.vRegisters, parts.wRegisters, parts.gRegisters]).toEqual([9, 3, 4]);
    expect([parts.scratchBytes, parts.workgroupBytes]).toEqual([64, 1024]);
    const highOf = (word: number) => parts.code[word * 2 + 1];
    expect([7, 9, 10, 11, 15].map(highOf)).toEqual([9, 16, 15, 13, 10]);
    expect(parts.functions.map((f) => [f.first, f.count])).toEqual([
      [0, 21],
      [21, 2],
    ]);
    expect(highOf(17)).toBe(((g(1) << 24) | 1) >>> 0);
    expect([...parts.constants.subarray(8)]).toEqual([0xef, 0xbe, 0xad, 0xde, 0, 0, 0xc0, 0x3f]);
  });

  test("the example reads back", () => {
    const parts = ok(EXAMPLE);
    expect(ok(disassemble(parts))).toEqual(parts);
  });

  test("reports every error with line and column", () => {
    const result = assemble(
      ".func main\n  iadd v1, v2\n  bogus\n  ld.32 v200, s0[v1], C\n  ld.32 v1, s0[v1], K\n  if v1\n  call nobody\n.end\n.what",
    );
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.errors.map((e) => [e.line, e.column])).toEqual([
      [2, 14],
      [3, 3],
      [4, 3],
      [5, 21],
      [6, 1],
      [9, 1],
      [7, 1],
    ]);
  });

  test("is total on garbage", () => {
    const next = randoms(7);
    const alphabet = " \n\t.,#[]+-=;/abcdefgvwskKNMCTZ0123456789xu_\u{1f600}\0";
    for (let i = 0; i < 300; i++) {
      const text = Array.from({ length: 200 }, () => alphabet[next() % alphabet.length]).join("");
      expect(() => assemble(text)).not.toThrow();
    }
  });
});

describe("round trip", () => {
  const registers = [v(0), v(127), w(0), w(63), g(0), g(63)];
  const words = new CodeWriter();
  for (const m of MNEMONICS) {
    const row = ISA[m];
    const n = row.src.length;
    if (row.form === "alu" && m !== "sys") {
      for (const r of registers) {
        words.raw(((row.code | (r << 8)) >>> 0) + (n > 0 ? v(3) << 16 : 0) + (n > 1 ? w(5) * 2 ** 24 : 0), n > 2 ? g(7) : 0);
        for (const imm of row.imm < 0 ? [] : [0, 1, 0xffffffff, 0x80000000, 0x3fc00000, 0x7fc00000, 0x7f800000, 0xff800000, 1, 70000]) {
          words.raw(((row.imm | (r << 8)) >>> 0) + (n > 1 ? v(3) << 16 : 0) + (n > 2 ? w(5) * 2 ** 24 : 0), imm);
        }
      }
    }
    if (isAccess(m)) {
      for (const contiguous of [false, true]) {
        words.mem(m, v(4), 0, 255, accessK(0xffffffc, contiguous));
        words.mem(m, w(4), g(9), 0, accessN(0xfffc, 0xfffc, contiguous));
        words.mem(m, g(4), w(9), 0, accessN(0, 0, contiguous));
        words.mem(m, v(4), v(0), 3, accessM(0xfffffc, 31, contiguous));
        words.mem(m, v(4), v(1), 3, accessC(0, contiguous));
        words.mem(m, v(4), v(1), 3, accessT(17, contiguous));
        words.mem(m, v(4), v(1), 3, accessZ(16, contiguous));
      }
    }
  }
  words.slotLen(g(1), 9);
  for (const { index } of Object.values(SYS)) words.raw(lowWord(ISA.sys.imm, v(2), 0, 0), index);
  for (const kind of ["g", "w", "v"] as const) {
    words.block(kind, words.length + 1);
    words.end();
    words.loop(kind, words.length + 2);
    words.brk(0);
    words.endloop(words.length - 2);
  }
  words.if(w(2), words.length + 2);
  words.brkIf(v(2), 0);
  words.else(words.length + 1);
  words.end();
  for (const order of [0, 1, 2, 3, 4, 5, 6, 7, 8]) words.barrier(order);
  words.bcast(g(2), v(1));
  words.discard();
  words.retIf(g(1));
  words.call(1, v(2), v(3), w(4), g(5));
  words.call(4095, 0, 0, 0, 0);
  words.ret();

  test("every mnemonic has a text of its own", () => {
    const parts = objectOf(words.code());
    const used = new Set(Array.from({ length: words.length }, (_, i) => BY_CODE[parts.code[i * 2]! & 255]));
    expect(MNEMONICS.filter((m) => !used.has(m))).toEqual([]);
    const text = disassemble(parts);
    expect(text).not.toContain(".word");
    expect(text).not.toContain(".loose");
    expect([...ok(text).code]).toEqual([...parts.code]);
  });

  test("random words of any op", () => {
    const next = randoms(99);
    const code = new Uint32Array(40_000);
    for (let i = 0; i < code.length; i += 2) {
      code[i] = i % 8 === 0 ? next() : (next() & 0x3f7f7fff) >>> 0;
      code[i + 1] = i % 3 === 0 ? next() & 15 : next();
    }
    const again = ok(disassemble(objectOf(code)));
    expect(Buffer.compare(Buffer.from(again.code.buffer), Buffer.from(code.buffer))).toBe(0);
  });

  test("objects with any tables", () => {
    const next = randoms(5);
    const small = () => next() % 7;
    for (let round = 0; round < 200; round++) {
      const words = next() % 12;
      const code = Uint32Array.from({ length: words * 2 }, () => (next() & 1 ? next() : 0xe0 + (next() % 12)));
      const parts: ObjectParts = {
        stage: small(),
        workgroupSize: [small(), next(), 1],
        vRegisters: small(),
        wRegisters: small(),
        gRegisters: small(),
        scratchBytes: small(),
        workgroupBytes: next(),
        functions: Array.from({ length: small() }, () => ({
          first: small(),
          count: small(),
          vArgs: small(),
          wArgs: 0,
          gArgs: 255,
          vResults: 1,
        })),
        slots: Array.from({ length: small() }, () => ({
          kind: next() % 12,
          permissions: next() % 12,
          min: next(),
          stride: small(),
          group: 0,
          binding: next(),
        })),
        io: Array.from({ length: small() }, () => ({ location: small(), components: 255, kind: small(), offset: next() })),
        code,
        constants: Uint8Array.from({ length: small() * 4 }, () => next()),
      };
      expect(ok(disassemble(parts))).toEqual(parts);
      const bytes = encodeObject(parts);
      const read = readObject(bytes);
      expect(read).toEqual({ ok: true, parts });
    }
  });
});

describe("object bytes", () => {
  test("debug section survives, and a broken one is dropped", () => {
    const result = assemble(EXAMPLE, { debug: true });
    if (!result.ok) throw new Error("does not assemble");
    const bytes = encodeObject(result.parts);
    expect(readObject(bytes)).toEqual({ ok: true, parts: result.parts });
    bytes[bytes.length - 2] = 0;
    const { debug: _, ...rest } = result.parts;
    expect(readObject(bytes)).toEqual({ ok: true, parts: rest });
  });

  test("truncation at every length gives a message", () => {
    const bytes = encodeObject(ok(EXAMPLE));
    for (let length = 0; length < bytes.length; length++) expect(readObject(bytes.subarray(0, length)).ok).toBe(false);
  });

  test("counts past the end do not allocate", () => {
    const bytes = encodeObject(ok(EXAMPLE));
    for (let word = 11; word < 16; word++) {
      const copy = bytes.slice();
      copy.set([255, 255, 255, 255], word * 4);
      expect(readObject(copy).ok).toBe(false);
    }
  });

  test("fields that do not fit are refused", () => {
    const parts = ok(EXAMPLE);
    expect(() => encodeObject({ ...parts, scratchBytes: 2 ** 32 })).toThrow(RangeError);
    expect(() => encodeObject({ ...parts, constants: new Uint8Array(3) })).toThrow(RangeError);
    expect(() => encodeObject({ ...parts, functions: [{ ...parts.functions[0]!, vArgs: 256 }] })).toThrow(RangeError);
  });
});

test("modes are named by number", () => {
  expect(MODE_NAMES.map((name) => MODE[name])).toEqual(Object.keys(MODE).map((_, i) => i));
});

describe("encode", () => {
  test("ranges are asserted", () => {
    const c = new CodeWriter();
    for (const make of [
      () => v(128),
      () => w(64),
      () => g(-1),
      () => v(0.5),
      () => accessK(2 ** 28),
      () => accessN(2, 0),
      () => accessN(0x10000, 0),
      () => accessN(0, 0x10000),
      () => accessM(0x1000000, 0),
      () => accessM(0, 32),
      () => c.mem("ld.32", v(0), 0, 256, accessK(0)),
      () => c.mem("ld.32", 256, 0, 0, accessK(0)),
      () => c.aluImm("iadd", v(0), v(1), 2 ** 32),
      () => c.aluImm("fsin", v(0), 1),
      () => c.call(4096, 0, 0, 0, 0),
      () => c.patch(0, 0),
    ]) {
      expect(make, make.toString()).toThrow(RangeError);
    }
    expect(c.length).toBe(0);
  });
});

test("a listing shows words, hex and source", () => {
  const result = assemble(".func main\n  mov v1, #1.5f ; one and a half\n  ret\n.end\n", { debug: true });
  if (!result.ok) throw new Error("does not assemble");
  expect(printListing(result.parts, { source: true })).toBe(
    [
      ".stage compute",
      ".workgroup 1 1 1",
      ".func main",
      `${" ".repeat(28)}| 2  mov v1, #1.5f ; one and a half`,
      "      0  00000180 3fc00000   mov v1, #1.5f",
      `${" ".repeat(28)}| 3  ret`,
      "      1  000000e8 00000000   ret",
      ".end",
      "",
    ].join("\n"),
  );
});
