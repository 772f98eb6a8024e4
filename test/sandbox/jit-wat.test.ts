/** The text of WebAssembly modules, against wabt: it assembles the text to the same bytes, so no instruction is misnamed or left out. */
import { beforeAll, describe, expect, test } from "vitest";
import loadWabt from "wabt";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { compileProgram, type JitOptions } from "../../sandbox/jit/index.ts";
import {
  ATOMIC,
  type AtomicName,
  Bytes,
  Code,
  F32,
  F64,
  I32,
  I64,
  MEM,
  type MemName,
  MISC,
  ModuleWriter,
  OP,
  type OpName,
  SIMD,
  type SimdName,
  V128,
  VLANE,
  type VlaneName,
  VMEM,
  type VmemName,
} from "../../sandbox/jit/wasm.ts";
import { printWat } from "../../sandbox/jit/wat.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { generate } from "../campaign/generate.ts";
import { randoms } from "../campaign/random.ts";
import { CALL_CASES } from "./cases/calls.ts";
import { CONTROL_CASES } from "./cases/control.ts";
import { SYNC_CASES } from "./cases/sync.ts";
import { tokenOf } from "./harness.ts";

const FEATURES = {
  simd: true,
  threads: true,
  bulk_memory: true,
  sat_float_to_int: true,
  multi_value: true,
  mutable_globals: true,
  exceptions: false,
};
const PLAIN: JitOptions = { shared: false, plainAtomics: true };
const SHARED: JitOptions = { shared: true, plainAtomics: false };

let wabt: Awaited<ReturnType<typeof loadWabt>>;
beforeAll(async () => {
  wabt = await loadWabt();
});

/** wabt's bytes of a module, from its text or its binary. It leaves out branches of `else` that are empty. */
function bytesOf(module: ReturnType<typeof wabt.parseWat>): Uint8Array {
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}
const assembleWat = (text: string) => bytesOf(wabt.parseWat("printed.wat", text, FEATURES));

/** Prints, assembles, compares; says where they part. @returns the text */
function roundTrip(bytes: Uint8Array): string {
  const text = printWat(bytes);
  const again = assembleWat(text);
  const expected = bytesOf(wabt.readWasm(bytes, { ...FEATURES, check: false }));
  const at = expected.findIndex((b, i) => again[i] !== b);
  expect({ at, length: again.length }).toEqual({ at: -1, length: expected.length });
  return text;
}

describe("what the jit emits", () => {
  test.each([...CONTROL_CASES, ...CALL_CASES, ...SYNC_CASES].map((c) => [c.name, c.asm] as const))("%s", (_, asm) => {
    for (const options of [PLAIN, SHARED]) roundTrip(compileProgram(tokenOf(asm), options).wasm);
  });

  test("random programs", () => {
    for (let seed = 1; seed <= 120; seed++) {
      const verdict = verify(encodeObject(generate(randoms(seed))));
      if (!verdict.ok) throw new Error(`seed ${seed}: ${verdict.message}`);
      roundTrip(compileProgram(verdict.token, seed % 2 === 0 ? PLAIN : SHARED).wasm);
    }
  });
});

/** One function around some code, which need not be valid. */
function moduleOf(fill: (code: Code) => void, parameters: readonly number[] = []): Uint8Array {
  const writer = new ModuleWriter(false);
  const code = new Code(parameters.length);
  fill(code);
  const index = writer.declare(parameters, []);
  writer.body(index, code);
  writer.exportFunction("run", index);
  return writer.finish();
}

const keys = <T extends string>(table: Readonly<Record<T, unknown>>) => Object.keys(table) as T[];

test("every instruction of the writer's tables is named as wabt names it", () => {
  const text = roundTrip(
    moduleOf((code) => {
      for (const name of keys<OpName>(OP)) code.op(name);
      for (const name of keys<SimdName>(SIMD)) code.simd(name);
      for (const name of keys<keyof typeof MISC>(MISC)) code.misc(name);
      for (const name of keys<MemName>(MEM)) code.mem(name, 5);
      for (const name of keys<VmemName>(VMEM)) code.vmem(name, 4_294_967_295);
      for (const name of keys<VlaneName>(VLANE)) code.vlane(name, 0, 1);
      for (const name of keys<AtomicName>(ATOMIC)) code.atomic(name);
    }),
  );
  const all = [OP, SIMD, MISC, MEM, VMEM, VLANE, ATOMIC].flatMap((table) => Object.keys(table));
  const printed = new Set(text.split(/[ \n]+/));
  expect(all.filter((name) => !printed.has(name))).toEqual([]);
});

test("numbers keep their bits", () => {
  const text = roundTrip(
    moduleOf((code) => {
      for (const value of [0, 1, -1, 63, 64, -64, -65, 0x7fffffff, -0x80000000]) {
        code.i32(value);
        code.i64(value);
      }
      const floats = [0, 0x80000000, 0x3f800000, 0x3dcccccd, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0xffabcdef, 1];
      for (const bits of [...floats, 0x80000001, 0x7f7fffff, 0x00800000]) code.f32(bits);
      code.v128(0, 1, 0x80000000, 0xffffffff);
      code.shuffleBytes([0, 31, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    }),
  );
  for (const line of ["i32.const -2147483648", "f32.const -0", "f32.const -inf", "f32.const -nan:0x2bcdef", "i8x16.shuffle 0 31 2"])
    expect(text).toContain(`    ${line}`);
});

test("globals, locals, blocks", () => {
  const writer = new ModuleWriter(true);
  for (const type of [I32, I64, F64, V128]) writer.exportGlobal(`global "${type}"\\`, writer.global(type));
  const code = new Code(2);
  code.local(I32);
  code.local(V128);
  code.local(V128);
  const outer = code.block();
  const inner = code.loop();
  code.get(0);
  code.if(F32);
  code.f32(0);
  code.brIf(outer);
  code.else();
  code.f32(0x40490fdb);
  code.br(inner);
  code.end();
  code.set(3);
  code.tee(1);
  code.globalGet(2);
  code.globalSet(3);
  code.selectOf(V128);
  code.call(0);
  code.end();
  code.end();
  writer.declare([I32, F32], [V128]);
  writer.body(0, code);
  writer.exportFunction("run", 0);
  const text = roundTrip(writer.finish());
  expect(text).toContain(`  (export "global \\22127\\22\\5c" (global 0))`);
  expect(text.slice(text.indexOf("  (func"))).toBe(`  (func (;0;) (type 0) (param i32 f32) (result v128)  ;; "run"
    (local i32)  ;; 2
    (local v128 v128)  ;; 3 to 4
    block  ;; @1
      loop  ;; @2
        local.get 0
        if (result f32)  ;; @3
          f32.const 0
          br_if 2 (;@1;)
        else
          f32.const 3.1415927410125732
          br 1 (;@2;)
        end
        local.set 3
        local.tee 1
        global.get 2
        global.set 3
        select (result v128)
        call 0
      end
    end
  )
)
`);
});

/** Appends a "name" section; `entries` are its subsections. */
function withNames(module: Uint8Array, ...subsections: readonly (readonly [number, (b: Bytes) => void])[]): Uint8Array {
  const body = new Bytes();
  body.text("name");
  for (const [kind, fill] of subsections) {
    const sub = new Bytes();
    fill(sub);
    body.u8(kind);
    body.section(sub);
  }
  const out = new Bytes();
  for (const b of module) out.u8(b);
  out.u8(0);
  out.section(body);
  return out.data.slice(0, out.length);
}

function nameMap(out: Bytes, names: Readonly<Record<number, string>>): void {
  out.u32(Object.keys(names).length);
  for (const [index, name] of Object.entries(names)) {
    out.u32(Number(index));
    out.text(name);
  }
}

describe("names", () => {
  const module = moduleOf(
    (code) => {
      code.local(I32);
      code.local(I32);
      code.local(I32);
      code.get(0);
      code.get(1);
      code.set(2);
      code.set(4);
      code.call(0);
    },
    [I32, F32],
  );
  const locals = (names: Readonly<Record<number, string>>) => (b: Bytes) => {
    b.u32(1);
    b.u32(0);
    nameMap(b, names);
  };

  test("stand where numbers would", () => {
    const named = withNames(module, [1, (b) => nameMap(b, { 0: "main" })], [2, locals({ 0: "x", 3: "sum" })]);
    const text = printWat(named);
    for (const line of [
      `(export "run" (func $main))`,
      `(func $main (;0;) (type 0) (param $x i32) (param f32)  ;; "run"`,
      "(local i32)  ;; 2",
      "(local $sum i32)  ;; 3",
      "(local i32)  ;; 4",
      "local.get $x",
      "local.set 2",
      "call $main",
    ])
      expect(text).toContain(line);
    expect(assembleWat(text)).toEqual(module);
  });

  test.each([
    ["twice", { 0: "x", 1: "x" }, "local.get $x", "local.get 1"],
    ["no identifiers", { 0: "a b", 1: "" }, "local.get 0", "local.get 1"],
    ["too long", { 0: "a".repeat(5000), 1: "b" }, "local.get 0", "local.get $b"],
  ] as const)("that are %s are left out", (_, names, ...lines) => {
    const text = printWat(withNames(module, [2, locals(names)]));
    for (const line of lines) expect(text).toContain(line);
    expect(assembleWat(text)).toEqual(module);
  });

  test("a broken name section names what it can", () => {
    const broken = withNames(module, [1, (b) => nameMap(b, { 0: "main" })], [2, (b) => b.u32(4_294_967_295)]);
    const text = printWat(broken);
    expect(text).toContain("call $main");
    expect(assembleWat(text)).toEqual(module);
  });
});

describe("what is no module of ours", () => {
  const module = compileProgram(tokenOf(CALL_CASES[0]!.asm), PLAIN).wasm;
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const last = (bytes: readonly number[]) => printWat(Uint8Array.from(bytes)).trimEnd().split("\n").at(-1);
  /** function 0 of type () -> () with this body */
  const body = (...code: number[]) => [...header, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, code.length + 2, 1, code.length, ...code];

  test.each([
    [[], ";; byte 0: not a WebAssembly module: it does not start with '\\0asm'"],
    [[1, 2, 3, 4, 5, 6, 7, 8], ";; byte 0: not a WebAssembly module: it does not start with '\\0asm'"],
    [[...header.slice(0, 4), 2, 0, 0, 0], ";; byte 4: version 2 is not 1"],
    [[...header, 1], ";; byte 9: the bytes end too early"],
    [[...header, 1, 200, 1, 0], ";; byte 11: 200 bytes are announced, 1 are left"],
    [[...header, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 1], ";; byte 14: a number of more than 32 bits"],
    [[...header, 4, 1, 0], ";; byte 10: a table section is not what wasm.ts writes"],
    [[...header, 77, 1, 0], ";; byte 10: a section 77 section is not what wasm.ts writes"],
    [[...header, 1, 5, 1, 0x60, 0, 0, 9], ";; byte 14: the type section has 1 bytes too many"],
    [[...header, 3, 2, 1, 0], ";; byte 12: 1 functions are declared, but 0 have code"],
    [[...header, 10, 4, 1, 2, 0, 0x0b], ";; byte 12: function 0 has no type"],
    [body(0, 0x0b), ")"],
    [body(0, 0x06, 0x0b), ";; byte 24: one-byte instruction 0x6 is not what wasm.ts writes"],
    [body(0, 0xfd, 0xff, 0x7f, 0x0b), ";; byte 26: vector instruction 0x3fff is not what wasm.ts writes"],
    [body(0, 0x05, 0x0b), ";; byte 23: an else outside of any block"],
    [body(0, 0x02, 0x40, 0x0b), ";; byte 26: the bytes end too early"],
    [body(0, 0x02, 0x70, 0x0b), ";; byte 25: 0x70 is no value type"],
    [body(0, 0x0b, 0x0b), ";; byte 24: function 0 has 1 bytes too many"],
    [body(1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b), ";; byte 29: 4294967295 locals"],
    [body(0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b), ";; byte 29: a number of more than 32 bits"],
  ])("%j ends with %s", (bytes, line) => expect(last(bytes)).toBe(line));

  test("every prefix prints", () => {
    for (let length = 0; length < Math.min(module.length, 4000); length++) {
      const text = printWat(module.subarray(0, length));
      expect(text.startsWith(";; byte ") || text.startsWith("(module\n"), String(length)).toBe(true);
    }
  });

  test("changed bytes print", () => {
    const next = randoms(7);
    for (let round = 0; round < 1500; round++) {
      const changed = module.slice();
      for (let k = 0; k < 3; k++) changed[next() % changed.length] = next() & 255;
      expect(typeof printWat(changed)).toBe("string");
    }
  });

  test("the text is bounded", () => {
    // a function of seven bytes that declares 49,999 locals, of which no engine would take ten thousand
    const locals = body(1, 0xcf, 0x86, 3, 0x7f, 0x0b);
    expect(printWat(Uint8Array.from(locals)).length).toBeGreaterThan(200_000);
    expect(printWat(Uint8Array.from(locals), 100_000).slice(-90)).toContain("the text ends here: it is over 100000 characters");
  });
});
