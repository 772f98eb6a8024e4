/** Bugs planted in the reference machine: its memory, masks, control stack, calls, barriers and fuel. */
import type { Planted } from "./plant.ts";

const bug =
  (file: string) =>
  (name: string, from: string, to: string, harmless?: string): Planted => {
    return { name, file: `sandbox/machine/${file}`, from, to, ...(harmless === undefined ? {} : { harmless }) };
  };
const access = bug("access.ts");
const wave = bug("wave.ts");
const execute = bug("execute.ts");
const fuel = bug("fuel.ts");

export const REFERENCE_BUGS: readonly Planted[] = [
  access("the check forgets the access's width", "bounded + width <= size)", "bounded < size)"),
  access("the check lets one byte more", "bounded + width <= size)", "bounded + width <= size + 1)"),
  access("checked modes are not checked", "(mode >= MODE.T || this.#belt)", "this.#belt"),
  access("belt does not check what modes have proved", "(mode >= MODE.T || this.#belt)", "mode >= MODE.T"),
  access("and for or: only belt checks T and Z", "(mode >= MODE.T || this.#belt)", "(mode >= MODE.T && this.#belt)"),
  access("a lane outside traps in mode Z too", "if (mode === MODE.T && ((this.answered >> lane) & 1) === 0) {", "if (mode >= MODE.T) {"),
  access("a lane outside is not dropped", "this.lanes &= ~(1 << lane);", ""),
  access("clamped to the size, not to what fits", "min(base + index, size - this.width)", "min(base + index, size)"),
  access("the clamp leaves out the word's offset", "min(base + index, size - this.width)", "base + min(index, size - this.width)"),
  access("a fixed array's limit counts in bytes", "((high >>> 14) & 0x3fff) * 4", "((high >>> 14) & 0x3fff) * 16"),
  access("mode N does not clamp", "base + min(index, ((high >>> 14) & 0x3fff) * 4)", "base + index"),
  access("the mask is one bit too wide", "(1 << ((high >>> 22) & 31))", "(2 << ((high >>> 22) & 31))"),
  access("the mask keeps low bits of wide accesses", "- powerOf2(this.width)))", "- 1))"),
  access("offsets wrap at 2^32", ": base + index;\n  }", ": (base + index) >>> 0;\n  }"),
  access("offsets are signed", "contiguous * lane) >>> 0;", "contiguous * lane) | 0;"),
  access("contiguous lanes are one word apart, however wide", "((high >>> 28) & 1) * width", "((high >>> 28) & 1) * 4"),
  access(
    "low bits of an offset stay",
    "width >= 4 ? bounded - (bounded & 3)",
    "width >= 4 ? bounded",
    "words are found by address >>> 2, which drops the low bits again",
  ),
  access(
    "of several words only two are aligned",
    "width >= 4 ? bounded - (bounded & 3)",
    "width === 8 ? bounded - (bounded & 3)",
    "words are found by address >>> 2, which drops the low bits again",
  ),
  access("stores obey exec alone", "needs === PERM.read ? wave.exec : wave.exec & wave.live", "wave.exec"),
  access("inactive lanes access", "if (((this.lanes >> lane) & 1) === 0) continue;\n      const index", "const index"),
  access("permissions are those of the region alone", "region.permissions & permissions;", "region.permissions;"),
  access("any permission will do", "(permissions & needs) === 0", "permissions === 0"),
  access("atomics need write permission only", ": op < FIRST_ATOMIC ? PERM.write : PERM.atomic", ": PERM.write"),
  access("scratch is not interleaved", "(floor(offset / 4) * 4 + lane) * 4", "(floor(offset / 4) + lane) * 4"),
  access("all waves have one scratch", "return wave * this.#size[this.slot]! * 4 +", "return"),
  access("scratch of one wave only is cleared", "this.#perLane[slot] === 1 ? 4 * waves : 1", "this.#perLane[slot] === 1 ? 4 : 1"),
  access("a region's kind is not looked at", "region.kind === kind && ", ""),
  access(
    "a region may end outside of memory",
    "region.base + region.size > byteLengthOf(this.#bytes)",
    "region.base > byteLengthOf(this.#bytes)",
  ),
  access("a slot's minimum is not looked at", "region.size >= least;", "region.size >= 0;"),
  access(
    "a lane that does not load keeps its register",
    "isLoaded ? this.#read(first + i, word) : this.answers[first + i]!",
    "isLoaded ? this.#read(first + i, word) : wave.registers[at + word * lanes + i]!",
  ),
  access("a scalar load reads lane 0 even where it is inactive", "31 - clz32(this.asked)", "0"),
  access("16-bit stores write one byte", "if (this.width === 2) this.#bytes[address + 1] = value >> 8;", ""),
  access("an atomic load writes", "isActing && op !== AT_LD", "isActing"),
  access("inactive lanes do atomics", "const isActing = ((this.lanes >> lane) & 1) !== 0;", "const isActing = true;"),
  wave("the else runs all lanes", "this.exec = this.#other[d]!;", "this.exec = this.#join[d]!;"),
  wave("lanes that wait for the else run both sides", "this.exec &= ~other;", ""),
  wave(
    "lanes rejoin after they left",
    "this.#join[d]! &= ~lanes;\n    this.exec &= ~lanes;\n  }\n\n  /** The given active lanes leave the function",
    "{}\n    this.exec &= ~lanes;\n  }\n\n  /** The given active lanes leave the function",
  ),
  wave(
    "a break leaves one construct too few",
    "for (let d = this.#depth - 1; d > last; d--) this.#join[d]!",
    "for (let d = this.#depth - 1; d > last + 1; d--) this.#join[d]!",
  ),
  wave(
    "returned lanes come back at an end",
    "for (let d = this.#depth - 1; d >= this.#base[this.#calls]!; d--) this.#join[d]! &= ~lanes;",
    "",
  ),
  wave("a break may leave the function", "last < this.#base[this.#calls]! || count < 1", "count < 1"),
  wave("an end may close the caller's construct", "if (d < this.#base[this.#calls]!) throw", "if (d < 0) throw"),
  wave(
    "a callee finds the registers of the call before",
    "const window = this.#windows[c + 1]!;\n    this.#zero(window);",
    "const window = this.#windows[c + 1]!;",
  ),
  wave("a wave finds the registers of the workgroup before", "this.#zero(this.registers);", ""),
  wave("w registers are not zeroed", "fill(window, 0, SCALARS_AT, SCALARS_AT + wRegisters);", ""),
  wave("recursion has no end", "if (this.#calls >= MAX_CALLS) throw", "if (this.#calls >= 1e9) throw"),
  wave("nesting is not counted", "if (d - this.#base[this.#calls]! >= MAX_NESTING) throw", "if (false) throw"),
  wave("the callee's lanes go on in the caller", "this.exec = this.#exec[c]!;", ""),
  wave(
    "a result overwrites the register after it",
    "this.#results[c] = callee.vResults * 4;",
    "this.#results[c] = callee.vResults * 4 + 4;",
  ),
  execute("lanes past the workgroup's end run", "15 >> (waves * 4 - lanes)", "15"),
  execute("workgroup memory is not cleared", "kind === SLOT_KIND.workgroup || kind === SLOT_KIND.scratch", "kind === SLOT_KIND.scratch"),
  execute("scratch is not cleared", "kind === SLOT_KIND.workgroup || kind === SLOT_KIND.scratch", "kind === SLOT_KIND.workgroup"),
  execute("loops are free", "if (!this.#charge(loopFuel(high, wave.pc), high, wave.index)) return TRAPPED;", ""),
  execute("calls are free", "if (!this.#charge(callFuel(callee), wave.pc, wave.index)) return TRAPPED;", ""),
  execute("fuel may go below zero", "if (units <= this.#launch.fuel) {", "if (this.#launch.fuel >= 0) {"),
  execute("the last unit of fuel is refused", "if (units <= this.#launch.fuel) {", "if (units < this.#launch.fuel) {"),
  execute("an access that may not be goes on", "if (result !== DONE) {", "if (result !== DONE && result !== NOT_PERMITTED) {"),
  execute("waves may stand at different barriers", "isTogether &&= this.#waves[i]!.pc === pc;", "isTogether &&= true;"),
  execute(
    "a wave may end while others wait",
    "let isTogether = waiting === this.#waves.length;\n    for (let i = 0; i < this.#waves.length; i++) isTogether &&= this.#waves[i]!.pc === pc;",
    "let isTogether = true;\n    for (let i = 0; i < this.#waves.length; i++) isTogether &&= this.#waves[i]!.isDone || this.#waves[i]!.pc === pc;",
  ),
  execute(
    "g.bcast gives each wave its own value",
    "if (op !== BARRIER) wave.registers[registerAt(d)] = value;",
    "if (op !== BARRIER) wave.registers[registerAt(d)] = wave.registers[registerAt(op === BCAST ? (low >>> 16) & 255 : d)]!;",
  ),
  execute("discard ends nothing", "wave.live &= ~exec;", ""),
  execute("an endloop without lanes repeats", "if (exec === 0) {\n          wave.close();", "if (false) {\n          wave.close();"),
  execute("a function number wraps", "this.#program.functions[high & 0xfff]", "this.#program.functions[high & 0x1]"),
  fuel("starting a workgroup costs one wave", "return entry.count * waves;", "return entry.count;"),
  fuel("a loop costs a word less", "return endloop - loop;", "return endloop - loop - 1;"),
];
