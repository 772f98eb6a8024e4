/** The decoder against the instruction table, hostile inputs, limits at their edges, and tokens. What each rule rejects: verifier-files.test.ts. */
import { describe, expect, test } from "vitest";
import { assemble } from "../../sandbox/isa/assemble.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import * as table from "../../sandbox/isa/table.ts";
import { BY_CODE, ISA, type Operand, type Row, SYS } from "../../sandbox/isa/table.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { newChecker } from "../../sandbox/verifier/check.ts";
import { decode, FORM, G, MEMORY, MODE_K, V, W, Word } from "../../sandbox/verifier/decode.ts";
import { MAX_NESTING } from "../../sandbox/verifier/flow.ts";
import { MAX_CODE_WORDS, MAX_FUNCTIONS, MAX_SLOTS } from "../../sandbox/verifier/read.ts";
import { MAX_CALL_DEPTH, RULES } from "../../sandbox/verifier/rules.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { randoms } from "../campaign/random.ts";

function parts(text: string): ObjectParts {
  const result = assemble(text);
  if (!result.ok) throw new Error(result.errors.map((e) => `line ${e.line}: ${e.message}`).join("\n"));
  return result.parts;
}
const object = (text: string) => encodeObject(parts(text));
const ruleOf = (bytes: unknown) => {
  const verdict = verify(bytes as Uint8Array);
  return verdict.ok ? "ok" : verdict.rule;
};
const EMPTY = object(".func main\n ret\n.end");

const FILES: Record<Operand, number> = { v: V, w: W, g: G, gw: G | W, wv: W | V, gwv: G | W | V };

/** What the table says of one op byte, in the decoder's terms. */
function expectedFiles(row: Row, immediate: boolean): number[] {
  if (row.form === "mem") {
    const data = row.dst[0] ?? row.src[0]!;
    const isLength = row.width === 0;
    return [FILES[data], isLength ? 0 : FILES[row.src.at(-1)!], 0, 0];
  }
  const sources = row.src.slice(0, immediate ? -1 : undefined).map((s) => FILES[s]);
  return [row.dst.length > 0 ? FILES[row.dst[0]!] : 0, sources[0] ?? 0, sources[1] ?? 0, sources[2] ?? 0];
}

describe("the decoder and the table agree", () => {
  test("on all op bytes", () => {
    const w = new Word();
    for (let op = 0; op < 256; op++) {
      decode(w, 0, op, 1 << 29); // mode N: the offset register is in use
      const mnemonic = BY_CODE[op];
      expect(w.form !== FORM.none, `op ${op}`).toBe(mnemonic !== undefined);
      if (mnemonic === undefined) continue;
      const row: Row = ISA[mnemonic];
      const immediate = op === row.imm;
      expect([w.is.dFiles, w.aFiles, w.is.bFiles, w.is.cFiles], mnemonic).toEqual(expectedFiles(row, immediate));
      expect(w.is.immediate, mnemonic).toBe(immediate);
      expect(w.is.regs, mnemonic).toBe(row.regs);
      expect(w.is.width, mnemonic).toBe(row.width);
      expect((w.form & MEMORY) !== 0, mnemonic).toBe(row.form === "mem" && row.width > 0);
      const effects = { load: FORM.load, store: FORM.store, atomic: FORM.atomic } as const;
      if (row.effect in effects) expect(w.form, mnemonic).toBe(effects[row.effect as keyof typeof effects]);
      if (row.effect === "sync") expect([FORM.barrier, FORM.bcast, FORM.loadSync], mnemonic).toContain(w.form);
    }
  });

  test("on which single words are instructions, over random ones", () => {
    const next = randoms(7);
    const check = newChecker(RULES.filter((rule) => rule.id === "V03" || rule.id === "V04" || rule.id === "V05" || rule.id === "V22"));
    const base = { ...parts(".func main\n ret\n.end"), vRegisters: 128, wRegisters: 64, gRegisters: 64 };
    const differ: string[] = [];
    let accepted = 0;
    for (let i = 0; i < 100_000; i++) {
      const fields = next() % 4; // most random words have a field too many: keep one, two or three fields only
      const low = (next() & 255) | (fields > 0 ? next() & 0xff00 : 0) | (fields > 1 ? next() & 0xff0000 : 0) | (fields > 2 ? next() : 0);
      const high = next() % 3 === 0 ? next() >>> 0 : next() % 3 === 0 ? next() & 255 : 0;
      const code = Uint32Array.of(low >>> 0, high);
      const bytes = encodeObject({ ...base, functions: [{ ...base.functions[0]!, count: 1 }], code });
      const verdict = check.check(bytes);
      if (verdict.ok) accepted++;
      if (verdict.ok !== isInstruction(low >>> 0, high)) differ.push(`${(low >>> 0).toString(16)} ${high.toString(16)}`);
    }
    expect(differ).toEqual([]);
    expect(accepted).toBeGreaterThan(10_000);
  });

  test("on limits", () => {
    expect(MAX_CODE_WORDS).toBe(table.MAX_WORDS);
    expect(MAX_FUNCTIONS).toBe(table.MAX_FUNCTIONS);
    expect(MAX_NESTING).toBe(table.MAX_NESTING);
    expect(MAX_CALL_DEPTH).toBe(table.MAX_CALL_DEPTH);
    expect(MAX_SLOTS).toBe(table.MAX_SLOTS);
  });

  test("on system values: all of the table, in their files and stages, and no others", () => {
    const file = { v: "v0", w: "w0", g: "g0" };
    for (let index = 0; index < 40; index++) {
      const found = Object.values(SYS).find((s) => s.index === index);
      for (const d of ["v", "w", "g"] as const) {
        const stages = ["compute", "vertex", "fragment"].filter((stage) => {
          return ruleOf(object(`.stage ${stage}\n.func main\n sys ${file[d]}, #${index}\n ret\n.end`)) === "ok";
        });
        const readable = found !== undefined && (d === "v" || found.file === "g" || found.file === d);
        expect(stages.length > 0, `value ${index} in ${d}`).toBe(readable);
      }
    }
  });
});

/** The same question as V03, V04, V05 and V22 ask, answered from the table. */
function isInstruction(low: number, high: number): boolean {
  const mnemonic = BY_CODE[low & 255];
  if (mnemonic === undefined) return false;
  const row: Row = ISA[mnemonic];
  const [d, a, b] = [(low >>> 8) & 255, (low >>> 16) & 255, low >>> 24];
  const fits = (operand: number, role: Operand, count = 1) => {
    const [first, size, file] = operand < 128 ? [0, 128, V] : operand < 192 ? [128, 64, W] : [192, 64, G];
    return (FILES[role] & file) !== 0 && operand - first + count <= size;
  };
  if (row.form === "alu") {
    const immediate = (low & 255) === row.imm;
    const sources = row.src.slice(0, immediate ? -1 : undefined);
    const operands = immediate ? [a, b] : [a, b, high & 255];
    if (!immediate && high > 255) return false;
    return fits(d, row.dst[0]!) && operands.every((operand, i) => (sources[i] === undefined ? operand === 0 : fits(operand, sources[i])));
  }
  if (mnemonic === "slot.len") return a === 0 && high === 0 && fits(d, "gwv");
  if (row.form === "mem") {
    const mode = high >>> 29;
    if (mode > 5 || (mode === 2 && (high & 0x08000000) !== 0) || !fits(d, row.dst[0] ?? row.src[0]!, row.regs)) return false;
    return mode === MODE_K ? a === 0 : fits(a, row.src.at(-1)!);
  }
  if (mnemonic === "call") return (high & 0x00fff000) === 0;
  if (b !== 0) return false;
  if (mnemonic === "block" || mnemonic === "loop") return d <= 2 && a === 0;
  if (row.dst.length === 0 ? d !== 0 : !fits(d, row.dst[0]!)) return false;
  if (row.src.length === 0 ? a !== 0 : !fits(a, row.src[0]!)) return false;
  if (mnemonic === "barrier") return high <= 7;
  const highIsUsed = ["if", "else", "endloop", "brk", "brk.if"].includes(mnemonic);
  return highIsUsed || high === 0;
}

describe("hostile input", () => {
  test("values that are no Uint8Array are V01", () => {
    const hostile = new Proxy(EMPTY, {
      get: () => {
        throw new Error("touched");
      },
    });
    const fake = { length: 80, byteLength: 80, [Symbol.toStringTag]: "Uint8Array", buffer: EMPTY.buffer };
    for (const value of [
      undefined,
      null,
      0,
      "PCO1",
      [],
      {},
      () => 1,
      new Uint8ClampedArray(80),
      new DataView(EMPTY.buffer),
      hostile,
      fake,
    ]) {
      expect(ruleOf(value)).toBe("V01");
    }
  });

  test("a subclass whose properties lie is read as the bytes it has", () => {
    class Liar extends Uint8Array {
      override get length(): number {
        throw new Error("touched");
      }
      override get byteLength(): number {
        return 4;
      }
    }
    const liar = new Liar(EMPTY.buffer as ArrayBuffer);
    expect(ruleOf(liar)).toBe("ok");
  });

  test("shared, offset, detached and shrunk arrays", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(EMPTY.length));
    shared.set(EMPTY);
    expect(ruleOf(shared)).toBe("ok");
    const wide = new Uint8Array(EMPTY.length + 3);
    wide.set(EMPTY, 3);
    expect(ruleOf(wide.subarray(3))).toBe("ok");
    const gone = Uint8Array.from(EMPTY);
    structuredClone(gone, { transfer: [gone.buffer] });
    expect(ruleOf(gone)).toBe("V01");
  });

  test("every cut, and every single byte changed, gets an answer", () => {
    const bytes = object(`.slot 0 storage read write min=16\n.slot 1 constant read min=4\n.const 7
      .func main\n if v0\n st.32 v0, s0[v0], C\n end\n call f\n ret\n.end\n.func f\n loop.g\n brk.if g0, 0\n endloop\n ret\n.end`);
    expect(ruleOf(bytes)).toBe("ok");
    for (let n = 0; n < bytes.length; n++) expect(ruleOf(bytes.subarray(0, n))).toBe("V01");
    for (let i = 0; i < bytes.length; i++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff, bytes[i]! ^ 4]) {
        const changed = Uint8Array.from(bytes);
        changed[i] = value;
        expect(ruleOf(changed)).toMatch(/^(ok|V\d\d)$/);
        expect(ruleOf(changed)).not.toBe("V30");
      }
    }
  });

  test("random bytes and random words in a good header", () => {
    const next = randoms(3);
    for (let i = 0; i < 2000; i++) {
      const noise = Uint8Array.from({ length: next() % 400 }, () => next());
      expect(ruleOf(noise)).toBe("V01");
      const framed = new Uint8Array(EMPTY.length + 8 * 40);
      framed.set(EMPTY);
      for (let k = EMPTY.length; k < framed.length; k++) framed[k] = next();
      framed[56] = 41; // code words
      framed[68] = 41; // of function 0
      expect(ruleOf(framed)).toMatch(/^V(?!30|01)/);
    }
  });

  test("what follows the verified part is a debug section of its stated length, or nothing", () => {
    const debug = (...tail: number[]) => Uint8Array.of(...EMPTY, ...tail);
    expect(ruleOf(debug(0))).toBe("V01");
    expect(ruleOf(debug(0x44, 0x42, 0x47, 0x31, 3, 0, 0, 0, 1, 2, 3))).toBe("ok");
    expect(ruleOf(debug(0x44, 0x42, 0x47, 0x31, 4, 0, 0, 0, 1, 2, 3))).toBe("V01");
    expect(ruleOf(debug(0x44, 0x42, 0x47, 0x31, 0xff, 0xff, 0xff, 0xff))).toBe("V01");
    expect(ruleOf(debug(0x44, 0x42, 0x47, 0x30, 0, 0, 0, 0))).toBe("V01");
  });

  test("counts in the header that would need more memory than the object has", () => {
    for (let word = 11; word <= 15; word++) {
      for (const count of [0, 1000, 0x7fffffff, 0x80000000, 0xffffffff]) {
        if (word === 13 && count === 0) continue; // no IO is what the object has
        if ((word === 12 || word === 15) && count === 0) continue;
        const bytes = Uint8Array.from(EMPTY);
        new DataView(bytes.buffer).setUint32(word * 4, count, true);
        expect(ruleOf(bytes)).toBe("V01");
      }
    }
  });
});

/** The least time of some runs: other work on the machine only adds. */
function timeOf(bytes: Uint8Array, runs = 5): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    verify(bytes);
    return performance.now() - start;
  });
  return Math.min(...times);
}

describe("limits at their edges", () => {
  test("V10: 255 constructs nest, 256 do not", () => {
    const nest = (n: number) => object(`.func main\n${"if v0\n".repeat(n)}${"end\n".repeat(n)}ret\n.end`);
    expect(ruleOf(nest(255))).toBe("ok");
    expect(verify(nest(256))).toMatchObject({ rule: "V10", word: 255 });
    const loops = (n: number) => object(`.func main\n${"loop.v\nbrk.if v0, 0\n".repeat(n)}${"endloop\n".repeat(n)}ret\n.end`);
    expect(ruleOf(loops(255))).toBe("ok");
    expect(ruleOf(loops(256))).toBe("V10");
  });

  test("V12: calls are 64 deep, not 65; breadth does not count", () => {
    const chain = (n: number) => {
      const functions = Array.from({ length: n }, (_, i) => `.func f${i}\n${i + 1 < n ? `call f${i + 1}\n`.repeat(3) : ""}ret\n.end`);
      return object(functions.join("\n"));
    };
    expect(ruleOf(chain(65))).toBe("ok");
    expect(ruleOf(chain(66))).toBe("V12");
  });

  test("V01: 2^20 words pass, with a table full of functions, in linear time", () => {
    const full = (words: number) => {
      const base = parts(".func main\n ret\n.end");
      const each = words / MAX_FUNCTIONS;
      const code = new Uint32Array(words * 2);
      for (let f = 1; f <= MAX_FUNCTIONS; f++) code[(f * each - 1) * 2] = ISA.ret.code; // all others are mov v0, v0
      const functions = Array.from({ length: MAX_FUNCTIONS }, (_, i) => ({ ...base.functions[0]!, first: i * each, count: each }));
      return encodeObject({ ...base, vRegisters: 1, functions, code });
    };
    const [small, large] = [full(MAX_CODE_WORDS / 8), full(MAX_CODE_WORDS)];
    expect([ruleOf(small), ruleOf(large)]).toEqual(["ok", "ok"]);
    expect(timeOf(large, 2) / timeOf(small)).toBeLessThan(8 * 8);
  });

  test("V13 stays linear: many returns inside many nested loops", () => {
    const nested = (n: number) => {
      return object(
        `.func main\n${"loop.g\nmov v0, #0\n".repeat(200)}${"ret.if v0\n".repeat(n)}${"brk 0\nendloop\n".repeat(200)}ret\n.end`,
      );
    };
    const bytes = nested(64_000); // to look at the loops' words again at each return would take a hundred times as long
    const straight = object(`.func main\n${"mov v0, #0\n".repeat(65_000)}ret\n.end`);
    expect([ruleOf(bytes), ruleOf(straight)]).toEqual(["ok", "ok"]);
    expect(timeOf(bytes) / timeOf(straight)).toBeLessThan(30);
  });
});

describe("tokens", () => {
  test("hold a copy: bytes changed afterwards change nothing", () => {
    const bytes = Uint8Array.from(EMPTY);
    const verdict = verify(bytes);
    if (!verdict.ok) throw new Error(verdict.rule);
    bytes.fill(0xff);
    expect([...Token.program(verdict.token).code]).toEqual([ISA.ret.code, 0]);
    expect(Token.program(verdict.token).functions).toHaveLength(1);
  });

  test("cannot be made, borrowed from or changed by their holders", () => {
    const verdict = verify(EMPTY);
    if (!verdict.ok) throw new Error(verdict.rule);
    const { token } = verdict;
    expect(token.constructor).toBe(Object);
    expect(() => Token.program(Object.create(Object.getPrototypeOf(token)))).toThrow(TypeError);
    expect(() => Token.program(structuredClone(token))).toThrow(TypeError);
    expect(() => Token.program({} as unknown as Token)).toThrow(TypeError);
    expect(() => new Token(Symbol("mint"), Token.program(token))).toThrow(TypeError);
    expect(Reflect.ownKeys(token)).toEqual([]);
    const program = Token.program(token);
    for (const record of [program, program.functions, program.functions[0], program.slots, program.io, program.workgroupSize]) {
      expect(Object.isFrozen(record)).toBe(true);
    }
  });

  test("say nothing of the debug section", () => {
    const result = assemble(".func main\n ret\n.end", { debug: true });
    if (!result.ok) throw new Error("does not assemble");
    const verdict = verify(encodeObject(result.parts));
    if (!verdict.ok) throw new Error(verdict.rule);
    const program = Token.program(verdict.token);
    expect(program.code.buffer.byteLength).toBe(8);
    expect(program.constants.buffer.byteLength).toBe(0);
  });
});
