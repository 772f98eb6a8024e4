/**
 * Random valid objects, from the instruction table: every row, every mode, odd sizes, all kinds of constructs, calls and barriers. The
 * verifier must accept all of them; mutants of them are what the campaign runs.
 */
import { MODE, PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import type { FunctionInfo, SlotInfo } from "../../sandbox/isa/shapes.ts";
import { type File, ISA, MNEMONICS, type Mnemonic, type Operand, type Row, SYS } from "../../sandbox/isa/table.ts";
import { pick } from "./random.ts";

const RANK = { g: 0, w: 1, v: 2 } as const;
const BASE = { v: 0, w: 128, g: 192 } as const;
const ODD_SIZES = [1, 2, 3, 4, 5, 7, 8, 12, 13, 16, 17, 31, 41, 64, 100, 255, 256, 511, 1023, 1024];
const REGISTERS = { v: 12, w: 6, g: 6 };
const ALU = MNEMONICS.filter((m) => ISA[m].form === "alu" && m !== "sys");
const MEM = MNEMONICS.filter((m) => ISA[m].form === "mem");
const SHAPES = [
  [1, 1, 1],
  [4, 1, 1],
  [5, 1, 1],
  [3, 3, 1],
  [2, 2, 2],
  [1, 1, 7],
] as const;

export function generate(next: () => number): ObjectParts {
  return new Generator(next).object();
}

interface Open {
  readonly word: number;
  readonly kind: File;
  readonly isLoop: boolean;
}

class Generator {
  readonly #next: () => number;
  readonly #code: number[] = [];
  #slots: SlotInfo[] = [];
  #functions: { info: FunctionInfo; syncs: boolean }[] = [];
  #fn = 0;
  #open: Open[] = [];
  /** lanes have left this function early */
  #parted = false;
  #budget = 0;

  constructor(next: () => number) {
    this.#next = next;
  }

  #chance(percent: number): boolean {
    return this.#next() % 100 < percent;
  }

  object(): ObjectParts {
    const constants = Uint8Array.from({ length: 4 * (1 + (this.#next() % 5)) }, () => this.#next());
    const scratchBytes = 4 * (1 + (this.#next() % 12));
    const workgroupBytes = 4 * (1 + (this.#next() % 20));
    this.#slots = this.#makeSlots(constants.length, scratchBytes, workgroupBytes);
    const has = (kind: number) => this.#slots.some((s) => s.kind === kind);
    const count = pick(this.#next, [1, 1, 2, 2, 3, 4]);
    for (let i = 0; i < count; i++) this.#functions.push({ info: this.#signature(i), syncs: this.#chance(60) });
    for (this.#fn = 0; this.#fn < count; this.#fn++) this.#function();
    return {
      stage: 0,
      workgroupSize: [...pick(this.#next, SHAPES)],
      vRegisters: REGISTERS.v,
      wRegisters: REGISTERS.w,
      gRegisters: REGISTERS.g,
      scratchBytes: has(SLOT_KIND.scratch) ? scratchBytes : 0,
      workgroupBytes: has(SLOT_KIND.workgroup) ? workgroupBytes : 0,
      functions: this.#functions.map((f) => f.info),
      slots: this.#slots,
      io: [],
      code: Uint32Array.from(this.#code),
      constants: has(SLOT_KIND.constant) ? constants : new Uint8Array(0),
    };
  }

  #makeSlots(constantBytes: number, scratchBytes: number, workgroupBytes: number): SlotInfo[] {
    const slot = (kind: number, permissions: number, min: number, binding = 0) => ({
      kind,
      permissions,
      min,
      stride: 0,
      group: 0,
      binding,
    });
    const odd = () => pick(this.#next, ODD_SIZES);
    const all = [
      slot(SLOT_KIND.storage, 7, odd(), 1),
      slot(SLOT_KIND.storage, PERM.read, odd(), 2),
      slot(SLOT_KIND.storage, 3, this.#chance(30) ? 0 : odd(), 3),
      slot(SLOT_KIND.storage, PERM.write, odd(), 4),
      slot(SLOT_KIND.uniform, PERM.read, odd(), 5),
      slot(SLOT_KIND.workgroup, this.#chance(50) ? 7 : 3, workgroupBytes),
      slot(SLOT_KIND.scratch, 3, scratchBytes),
      slot(SLOT_KIND.constant, PERM.read, constantBytes),
    ];
    return all.filter(() => this.#chance(70));
  }

  #signature(i: number): FunctionInfo {
    const upTo = (n: number) => (i === 0 ? 0 : this.#next() % n);
    return { first: 0, count: 0, vArgs: upTo(4), wArgs: upTo(3), gArgs: upTo(3), vResults: upTo(4) };
  }

  #function(): void {
    const first = this.#code.length / 2;
    this.#open = [];
    this.#parted = false;
    this.#budget = 6 + (this.#next() % 30);
    if (this.#fn === 0 || this.#chance(30)) this.#prologue();
    this.#body();
    this.#put(ISA.ret.code, 0, 0, 0, 0);
    const f = this.#functions[this.#fn]!;
    f.info = { ...f.info, first, count: this.#code.length / 2 - first };
  }

  /** Gives the first registers values that differ by lane and wave, so that conditions part them. */
  #prologue(): void {
    this.#put(ISA.sys.imm, BASE.v, 0, 0, SYS.lane.index);
    this.#put(ISA.and.imm, BASE.v + 1, BASE.v, 0, 1 + (this.#next() % 3));
    this.#put(ISA.sys.imm, BASE.w, 0, 0, SYS.wave.index);
    if (this.#chance(50)) this.#put(ISA.ieq.imm, BASE.v + 2, BASE.v, 0, this.#next() % 4);
    if (this.#chance(50)) this.#put(ISA.xor.imm, BASE.w + 1, BASE.w, 0, 1);
    if (this.#chance(50) && this.#isUniform) this.#put(ISA.mov.imm, BASE.g, 0, 0, 1);
  }

  #put(op: number, d: number, a: number, b: number, high: number): number {
    this.#code.push((op | (d << 8) | (a << 16) | (b << 24)) >>> 0, high >>> 0);
    return this.#code.length / 2 - 1;
  }

  /** Words up to where a construct ends. */
  #body(): void {
    const length = 1 + (this.#next() % 6);
    for (let i = 0; i < length && this.#budget > 0; i++) this.#word();
  }

  #word(): void {
    this.#budget--;
    const roll = this.#next() % 100;
    if (roll < 34) this.#alu();
    else if (roll < 40) this.#sys();
    else if (roll < 72) this.#mem();
    else if (roll < 76 && this.#open.length < 12 && this.#isUniform) this.#counted();
    else if (roll < 84 && this.#open.length < 12) this.#construct();
    else if (roll < 88) this.#leave();
    else if (roll < 91) this.#ret();
    else if (roll < 95) this.#call();
    else if (roll < 99) this.#sync();
    else this.#put(ISA.discard.code, 0, 0, 0, 0);
  }

  /** Words that need uniform flow may stand here. */
  get #isUniform(): boolean {
    return this.#functions[this.#fn]!.syncs && !this.#parted && this.#open.every((o) => o.kind === "g");
  }

  #file(role: Operand, most: File): File {
    const files = (["v", "w", "g"] as const).filter((f) => (role as string).includes(f) && RANK[f] <= RANK[most]);
    return pick(this.#next, files);
  }

  #register(file: File, count = 1): number {
    return BASE[file] + (this.#next() % (REGISTERS[file] - count + 1));
  }

  /** A register of a condition: often one that the prologue has set. */
  #condition(file: File): number {
    return this.#chance(60) ? BASE[file] + (this.#next() % 3) : this.#register(file);
  }

  #destination(role: Operand): File {
    for (;;) {
      const file = this.#file(role, "v");
      if (file !== "g" || this.#isUniform) return file;
    }
  }

  #alu(): void {
    const row: Row = ISA[pick(this.#next, ALU)];
    const file = this.#destination(row.dst[0]!);
    const most = row.src[0] === "v" ? "v" : file; // votes read lanes into a scalar
    const d = this.#register(file);
    const immediate = row.imm >= 0 && this.#chance(40);
    const sources = row.src.slice(0, immediate ? -1 : undefined).map((role) => this.#register(this.#file(role, most)));
    if (immediate) this.#put(row.imm, d, sources[0] ?? 0, sources[1] ?? 0, this.#immediate());
    else this.#put(row.code, d, sources[0] ?? 0, sources[1] ?? 0, sources[2] ?? 0);
  }

  #immediate(): number {
    return pick(this.#next, [0, 1, 2, 3, 4, 16, 0xffffffff, 0x80000000, 0x3f800000, this.#next(), this.#next() & 255]);
  }

  #sys(): void {
    const known = Object.values(SYS).filter((s) => s.index <= 7);
    const value = pick(this.#next, known);
    const files = (["v", "w", "g"] as const).filter((f) => RANK[f] >= RANK[value.file] && (f !== "g" || this.#isUniform));
    this.#put(ISA.sys.imm, this.#register(pick(this.#next, files)), 0, 0, value.index);
  }

  #mem(): void {
    for (let tries = 0; tries < 8; tries++) {
      const m = pick(this.#next, MEM);
      const b = this.#next() % Math.max(1, this.#slots.length);
      const slot = this.#slots[b];
      if (slot !== undefined && this.#access(m, b, slot)) return;
    }
  }

  /** @returns false when the row cannot access this slot */
  #access(m: Mnemonic, b: number, slot: SlotInfo): boolean {
    const row: Row = ISA[m];
    const isScratch = slot.kind === SLOT_KIND.scratch;
    if (row.width === 0) {
      if (!isScratch) this.#put(row.code, this.#register(this.#destination("gwv")), 0, b, 0);
      return !isScratch;
    }
    if (row.effect === "sync") return slot.kind === SLOT_KIND.workgroup && this.#isUniform && this.#emit(row, b, slot, "g", "g", false);
    const need = row.effect === "store" ? PERM.write : row.effect === "atomic" ? PERM.atomic : PERM.read;
    if ((slot.permissions & need) === 0) return false;
    let data = row.effect === "load" ? this.#destination("gwv") : this.#file(row.dst[0] ?? row.src[0]!, "v");
    if (row.effect === "load" && (isScratch || (data === "g" && (slot.permissions & PERM.write) !== 0))) data = "v";
    const offset = this.#file("gwv", row.effect === "load" ? data : "v");
    const contiguous = row.effect !== "atomic" && data === "v" && offset !== "v" && !isScratch && this.#chance(50);
    return this.#emit(row, b, slot, data, offset, contiguous);
  }

  #emit(row: Row, b: number, slot: SlotInfo, data: File, offset: File, contiguous: boolean): boolean {
    const high = this.#mode(row.width, slot.min, contiguous);
    const isK = high >>> 29 === MODE.K;
    const a = isK ? 0 : this.#register(offset);
    const edge = pick(this.#next, [slot.min, slot.min - row.width, slot.min + 1, slot.min - 1, 0xffffffff, 0x80000000, 0x7fffffff]);
    if (!isK && (offset !== "g" || this.#isUniform) && this.#chance(30)) this.#put(ISA.mov.imm, a, 0, 0, edge);
    this.#put(row.code, this.#register(data, row.regs), a, b, high);
    return true;
  }

  /** A mode that proves itself for this width and minimum, often at the last place that does. */
  #mode(width: number, min: number, contiguous: boolean): number {
    const align = Math.min(width, 4);
    const bit = contiguous ? 1 << 28 : 0;
    const reach = contiguous ? 4 * width : width;
    const last = (n: number, to: number) => {
      const most = Math.floor(n / to);
      return (this.#chance(50) ? most : this.#next() % (most + 1)) * to;
    };
    const word = (mode: number, payload: number) => ((mode << 29) | bit | payload) >>> 0;
    const choice = this.#next() % 6;
    if (choice === MODE.K && min >= reach) return word(MODE.K, last(Math.min(min - reach, 0xfffff), align));
    if (choice === MODE.N && min >= width) {
      const whole = last(min - width, 4) / 4;
      const off = this.#next() % (whole + 1);
      return word(MODE.N, off | ((whole - off) << 14));
    }
    const power = width === 12 ? 16 : width;
    if (choice === MODE.M && !contiguous && min >= Math.max(4, power)) {
      const most = Math.floor(Math.log2(min));
      const least = Math.max(2, Math.log2(power));
      const m = least + (this.#next() % (most - least + 1));
      return word(MODE.M, (last(min - 2 ** m, 4) / 4) | (m << 22));
    }
    const off = pick(this.#next, [0, 0, align, last(min, align), last(min + 64, align)]) & 0xfffffff;
    if (choice === MODE.C && min >= width) return word(MODE.C, off);
    return word(this.#chance(20) ? MODE.T : MODE.Z, off);
  }

  #construct(): void {
    const isIf = this.#chance(50);
    const condition = this.#file("gwv", "v");
    const kind = isIf ? condition : pick(this.#next, ["g", "w", "v"] as const);
    const isLoop = !isIf && this.#chance(50);
    const op = isIf ? ISA.if.code : isLoop ? ISA.loop.code : ISA.block.code;
    const word = isIf ? this.#put(op, 0, this.#condition(condition), 0, 0) : this.#put(op, RANK[kind], 0, 0, 0);
    const before = this.#parted;
    this.#open.push({ word, kind, isLoop });
    this.#body();
    if (isLoop && this.#chance(95)) this.#breakOut(0);
    let target = word;
    if (isIf && this.#chance(40)) {
      target = this.#put(ISA.else.code, 0, 0, 0, 0);
      this.#code[word * 2 + 1] = target;
      const afterFirst = this.#parted;
      if (this.#open.every((o) => !o.isLoop)) this.#parted = before;
      this.#body();
      this.#parted ||= afterFirst;
    }
    const end = this.#put(isLoop ? ISA.endloop.code : ISA.end.code, 0, 0, 0, isLoop ? word : 0);
    this.#code[target * 2 + 1] = end;
    this.#open.pop();
  }

  /** A loop of kind g that runs a few times, so that what it does happens again. */
  #counted(): void {
    const counter = BASE.g + REGISTERS.g - 1;
    this.#put(ISA.mov.imm, counter, 0, 0, 0);
    const word = this.#put(ISA.loop.code, RANK.g, 0, 0, 0);
    this.#open.push({ word, kind: "g", isLoop: true });
    if (this.#chance(70)) this.#sync();
    this.#body();
    if (this.#chance(30)) this.#sync();
    if (this.#isUniform) this.#put(ISA.iadd.imm, counter, counter, 0, 1);
    if (this.#isUniform) this.#put(ISA.uge.imm, counter - 1, counter, 0, 1 + (this.#next() % 4));
    this.#put(ISA["brk.if"].code, 0, counter - 1, 0, 0);
    this.#code[word * 2 + 1] = this.#put(ISA.endloop.code, 0, 0, 0, word);
    this.#open.pop();
  }

  #leave(): void {
    if (this.#open.length > 0) this.#breakOut(this.#next() % this.#open.length);
  }

  /** Leaves `depth` + 1 constructs, where no lanes would part that may not. */
  #breakOut(depth: number): void {
    const left = this.#open[this.#open.length - 1 - depth]!;
    const inner = this.#open.slice(this.#open.length - depth);
    const flow = Math.max(0, ...inner.map((o) => RANK[o.kind]));
    if (flow > RANK[left.kind]) return;
    if (this.#chance(left.isLoop ? 20 : 50)) this.#put(ISA.brk.code, 0, 0, 0, depth);
    else this.#put(ISA["brk.if"].code, 0, this.#condition(this.#file("gwv", left.kind)), 0, depth);
  }

  #ret(): void {
    const file = this.#file("gwv", "v");
    const parts = file !== "g" || this.#open.some((o) => o.kind !== "g");
    const { syncs } = this.#functions[this.#fn]!;
    const outer = this.#open.findIndex((o) => o.kind !== "g");
    const isInLoop = this.#open.slice(0, outer < 0 ? undefined : outer).some((o) => o.isLoop);
    if (parts && syncs && isInLoop) return; // what the loop did before would happen again, without these lanes
    if (parts) this.#parted = true;
    this.#put(ISA["ret.if"].code, 0, this.#condition(file), 0, 0);
  }

  #call(): void {
    const callee = this.#fn + 1 + (this.#next() % 3);
    const f = this.#functions[callee];
    if (f === undefined || (f.syncs && !this.#isUniform)) return;
    const window = (file: File, count: number) => (count === 0 ? 0 : this.#register(file, count));
    const { vArgs, wArgs, gArgs, vResults } = f.info;
    const low = [window("v", vResults), window("v", vArgs), window("w", wArgs)] as const;
    this.#put(ISA.call.code, ...low, ((window("g", gArgs) << 24) | callee) >>> 0);
  }

  #sync(): void {
    if (!this.#isUniform) return;
    if (this.#chance(50)) this.#put(ISA.barrier.code, 0, 0, 0, 1 + (this.#next() % 7));
    else this.#put(ISA["g.bcast"].code, this.#register("g"), this.#register("v"), 0, 0);
  }
}
