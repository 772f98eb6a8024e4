/**
 * The gate's kernels: hand-assembled, as a good compiler would emit them from the yardstick's WGSL (bounds modes and all), with the same
 * sizes, their inputs, and a plain JavaScript reference of each. What the fast tier makes of them is what it can do at best.
 */
import { readFileSync } from "node:fs";
import { assemble } from "../../sandbox/isa/assemble.ts";
import { SLOT_KIND } from "../../sandbox/isa/modes.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { compileProgram, type JitOptions, type JitProgram } from "../../sandbox/jit/index.ts";
import { CAUSE, type Launch, type Region } from "../../sandbox/machine/launch.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";

/** Bytes that a kernel may use. */
const ARENA_BYTES = { full: 40 << 20, smoke: 3 << 20 } as const;
const SAVE_BYTES = 1 << 20;

export interface Kernel {
  readonly name: string;
  /** sets the inputs and clears the outputs */
  reset(): void;
  /** one unit of work */
  run(): void;
  /** a description of the first wrong result, or undefined */
  check(): string | undefined;
}

/** A reproducible stream of numbers in [0, 1). */
function randoms(seed: number): () => number {
  let x = Math.imul(seed + 1, 0x9e3779b9) | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/** A kernel's program with memory to run in. Buffers are laid out one after the other. */
class Bench {
  readonly program: JitProgram;
  readonly token: Token;
  readonly memory: WebAssembly.Memory;
  readonly #buffers = new Map<number, { base: number; size: number }>();
  #next = 65_536;
  readonly #save: Region;

  constructor(name: string, options: JitOptions, memory: WebAssembly.Memory) {
    this.token = tokenOf(name);
    this.program = compileProgram(this.token, options);
    this.memory = memory;
    this.#save = { base: this.#take(SAVE_BYTES), size: SAVE_BYTES, stride: 0, kind: 0, permissions: 3, generation: 1 };
    const { slots, constants, workgroupSize } = Token.program(this.token);
    const waves = Math.ceil((workgroupSize[0] * workgroupSize[1] * workgroupSize[2]) / 4);
    slots.forEach((slot, i) => {
      if (slot.kind === SLOT_KIND.workgroup) this.place(i, slot.min);
      if (slot.kind === SLOT_KIND.scratch) this.place(i, slot.min * 4 * waves);
      if (slot.kind === SLOT_KIND.constant) new Uint8Array(memory.buffer).set(constants, this.place(i, slot.min));
    });
  }
  #take(bytes: number): number {
    const at = this.#next;
    this.#next += Math.ceil(bytes / 256) * 256;
    if (this.#next > this.memory.buffer.byteLength) throw new Error("the kernel's buffers do not fit");
    return at;
  }
  /** Binds `bytes` of memory to a slot. @returns its address */
  place(slot: number, bytes: number): number {
    const base = this.#take(bytes);
    this.#buffers.set(slot, { base, size: bytes });
    return base;
  }
  /** A word of memory that is bound only by `go`. */
  take(bytes: number): number {
    return this.#take(bytes);
  }
  floats(base: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, base, length);
  }
  words(base: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, base, length);
  }
  /** @param rebound slots bound elsewhere for this launch */
  go(x: number, y = 1, rebound: Readonly<Record<number, { base: number; size: number }>> = {}): void {
    const { slots } = Token.program(this.token);
    const regions = slots.map((s, i) => {
      const at = rebound[i] ?? this.#buffers.get(i);
      if (at === undefined) throw new Error(`slot ${i} is not bound`);
      return { ...at, stride: 0, kind: s.kind, permissions: s.permissions, generation: 1 };
    });
    const launch: Launch = { memory: this.memory, regions, save: this.#save, grid: [x, y, 1], fuel: 1e12 };
    const outcome = this.program.run(launch);
    if (outcome.cause !== CAUSE.end) throw new Error(`the launch ended with cause ${outcome.cause} at word ${outcome.pc}`);
  }
}

export const KERNEL_NAMES = ["saxpy", "mandelbrot", "nbody", "matmul_reg4x4", "reduce", "sha256"] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

export function sourceOf(name: KernelName): string {
  return readFileSync(new URL(`./${name}.isa`, import.meta.url), "utf8");
}

function tokenOf(name: string): Token {
  const result = assemble(readFileSync(new URL(`./${name}.isa`, import.meta.url), "utf8"));
  if (!result.ok) throw new Error(`${name}: ${result.errors.map((e) => `${e.line}: ${e.message}`).join("; ")}`);
  const verdict = verify(encodeObject(result.parts));
  if (!verdict.ok) throw new Error(`${name}: rejected by ${verdict.rule} at word ${verdict.word}: ${verdict.message}`);
  return verdict.token;
}

/** @param size "full" is the yardstick's, "smoke" is small enough for a test */
export function makeKernel(name: KernelName, size: "full" | "smoke", options: JitOptions): Kernel {
  const pages = ARENA_BYTES[size] / 65_536;
  const memory = new WebAssembly.Memory(options.shared ? { initial: pages, maximum: pages, shared: true } : { initial: pages });
  return MAKERS[name](new Bench(name, options, memory), size === "smoke");
}

const MAKERS: { readonly [N in KernelName]: (b: Bench, smoke: boolean) => Kernel } = {
  saxpy,
  mandelbrot,
  nbody,
  matmul_reg4x4: matmul,
  reduce,
  sha256,
};

function saxpy(b: Bench, smoke: boolean): Kernel {
  // not a multiple of the workgroup size in the small one: some lanes return early
  const n = smoke ? 5003 : 1 << 22;
  const repeats = smoke ? 1 : 3;
  const x = b.floats(b.place(0, n * 4), n);
  const y = b.floats(b.place(1, n * 4), n);
  b.floats(b.place(2, 16), 4)[0] = 0.25;
  return {
    name: "saxpy",
    reset() {
      const next = randoms(1);
      for (let i = 0; i < n; i++) x[i] = next();
      y.fill(1);
    },
    run() {
      for (let k = 0; k < repeats; k++) b.go(Math.ceil(n / 256));
    },
    check() {
      for (let i = 0; i < n; i += smoke ? 1 : 97) {
        let expected = 1;
        for (let k = 0; k < repeats; k++) expected = Math.fround(Math.fround(x[i]! * 0.25) + expected);
        if (y[i] !== expected) return `y[${i}] is ${y[i]}, not ${expected}`;
      }
      return undefined;
    },
  };
}

function mandelbrot(b: Bench, smoke: boolean): Kernel {
  const [w, h, limit] = smoke ? [44, 30, 50] : [512, 512, 256];
  b.words(b.place(0, 16), 4).set([w, h, limit, 0]);
  const out = b.words(b.place(1, w * h * 4), w * h);
  const f = Math.fround;
  const at = (x: number, y: number) => {
    const cx = f(f(x * f(3 / w)) - 2.25);
    const cy = f(f(y * f(2.5 / h)) - 1.25);
    let [zx, zy, i] = [0, 0, 0];
    while (i < limit && f(f(zx * zx) + f(zy * zy)) <= 4) {
      const t = f(f(f(zx * zx) - f(zy * zy)) + cx);
      zy = f(f(f(2 * zx) * zy) + cy);
      zx = t;
      i++;
    }
    return i;
  };
  return {
    name: "mandelbrot",
    reset: () => out.fill(0xffffffff),
    run: () => b.go(Math.ceil(w / 8), Math.ceil(h / 8)),
    check() {
      for (let y = 0; y < h; y += smoke ? 1 : 7)
        for (let x = 0; x < w; x++) if (out[y * w + x] !== at(x, y)) return `pixel ${x}, ${y} is ${out[y * w + x]}, not ${at(x, y)}`;
      return undefined;
    },
  };
}

function nbody(b: Bench, smoke: boolean): Kernel {
  const n = smoke ? 256 : 4096;
  const pos = b.floats(b.place(0, n * 16), n * 4);
  const acc = b.floats(b.place(1, n * 16), n * 4);
  const exact = (i: number): number[] => {
    const a = [0, 0, 0];
    for (let j = 0; j < n; j++) {
      const d = [0, 1, 2].map((k) => pos[j * 4 + k]! - pos[i * 4 + k]!);
      const inv = 1 / Math.sqrt(d[0]! ** 2 + d[1]! ** 2 + d[2]! ** 2 + 0.01);
      for (let k = 0; k < 3; k++) a[k]! += d[k]! * pos[j * 4 + 3]! * inv ** 3;
    }
    return a;
  };
  return {
    name: "nbody",
    reset() {
      const next = randoms(2);
      for (let i = 0; i < n * 4; i++) pos[i] = i % 4 === 3 ? next() / n : next() * 2 - 1;
      acc.fill(7);
    },
    run: () => b.go(n / 64),
    check() {
      for (let i = 0; i < n; i += smoke ? 5 : 331) {
        const e = exact(i);
        for (let k = 0; k < 4; k++) {
          const expected = e[k] ?? 0;
          if (!(Math.abs(acc[i * 4 + k]! - expected) < 1e-3)) return `acc[${i}][${k}] is ${acc[i * 4 + k]}, not ${expected}`;
        }
      }
      return undefined;
    },
  };
}

function matmul(b: Bench, smoke: boolean): Kernel {
  const n = smoke ? 64 : 512;
  const bufferA = b.floats(b.place(0, n * n * 4), n * n);
  const bufferB = b.floats(b.place(1, n * n * 4), n * n);
  const c = b.floats(b.place(2, n * n * 4), n * n);
  b.words(b.place(3, 16), 4)[0] = n;
  return {
    name: "matmul_reg4x4",
    reset() {
      const next = randoms(3);
      for (let i = 0; i < n * n; i++) {
        bufferA[i] = next() - 0.5;
        bufferB[i] = next() - 0.5;
      }
      c.fill(7);
    },
    run: () => b.go(n / 32, n / 32),
    check() {
      const next = randoms(9);
      for (let k = 0; k < 500; k++) {
        const [y, x] = [Math.floor(next() * n), Math.floor(next() * n)];
        let e = 0;
        for (let j = 0; j < n; j++) e += bufferA[y * n + j]! * bufferB[j * n + x]!;
        if (!(Math.abs(e - c[y * n + x]!) < 1e-3)) return `c[${y}][${x}] is ${c[y * n + x]}, not ${e}`;
      }
      return undefined;
    },
  };
}

function reduce(b: Bench, smoke: boolean): Kernel {
  const n = smoke ? 5001 : 1 << 20;
  const src = b.place(0, n * 4);
  const input = b.words(src, n);
  const steps: { from: { base: number; size: number }; to: { base: number; size: number }; groups: number }[] = [];
  let from = { base: src, size: n * 4 };
  while (from.size > 4) {
    const groups = Math.ceil(from.size / 4 / 256);
    const to = { base: b.take(groups * 4), size: groups * 4 };
    steps.push({ from, to, groups });
    from = to;
  }
  const result = b.words(from.base, 1);
  return {
    name: "reduce",
    reset() {
      const next = randoms(4);
      for (let i = 0; i < n; i++) input[i] = next() * 2 ** 32;
      result[0] = 0;
    },
    run() {
      for (const s of steps) b.go(s.groups, 1, { 0: s.from, 1: s.to });
    },
    check() {
      let sum = 0;
      for (let i = 0; i < n; i++) sum = (sum + input[i]!) >>> 0;
      return result[0] === sum ? undefined : `the sum is ${result[0]}, not ${sum}`;
    },
  };
}

const SHA_K = (() => {
  const out: number[] = [];
  for (let p = 2; out.length < 64; p++) {
    let q = 2;
    while (q * q <= p && p % q !== 0) q++;
    if (q * q > p) out.push(Math.floor((Math.cbrt(p) % 1) * 2 ** 32));
  }
  return out;
})();
const SHA_H = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

function shaWord(i: number): number {
  const rotate = (v: number, n: number) => (v >>> n) | (v << (32 - n));
  const w = new Int32Array(16);
  w.set([i, 0x80000000 | 0]);
  w[15] = 32;
  let [a, b, c, d, e, f, g, h] = SHA_H as [number, number, number, number, number, number, number, number];
  for (let k = 0; k < 64; k++) {
    if (k >= 16) {
      const p = w[(k + 1) & 15]!;
      const q = w[(k + 14) & 15]!;
      w[k & 15]! += (rotate(p, 7) ^ rotate(p, 18) ^ (p >>> 3)) + w[(k + 9) & 15]! + (rotate(q, 17) ^ rotate(q, 19) ^ (q >>> 10));
    }
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + SHA_K[k]! + w[k & 15]!) | 0;
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  return ((a + SHA_H[0]!) ^ (h + SHA_H[7]!)) >>> 0;
}

function sha256(b: Bench, smoke: boolean): Kernel {
  const n = smoke ? 1024 : 1 << 17;
  const out = b.words(b.place(0, n * 4), n);
  return {
    name: "sha256",
    reset: () => out.fill(0),
    run: () => b.go(n / 64),
    check() {
      for (let i = 0; i < n; i += smoke ? 3 : 371) if (out[i] !== shaWord(i)) return `o[${i}] is ${out[i]}, not ${shaWord(i)}`;
      return undefined;
    },
  };
}
