/**
 * Miscompiles planted in the compiler, each modelled on a class that real compilers had: see SAFETY of docs/security.md for where. All of them
 * are bugs that a memory-safe language lets through. The verifier, or else the machine, must hold every one.
 */
import type { Planted } from "../planted/plant.ts";

/** A planted bug, with the part of a compiler's work that it is in. */
export interface Miscompile extends Planted {
  readonly part: string;
}

const bug =
  (file: string) =>
  (name: string, from: string, to: string): Planted => ({ name, file, from, to });
const access = bug("backend/access.ts");
const memory = bug("backend/select-memory.ts");
const slots = bug("backend/slots.ts");
const registers = bug("backend/regalloc.ts");
const copies = bug("backend/phis.ts");
const coalesce = bug("backend/coalesce.ts");
const bounds = bug("backend/bounds.ts");
const lower = bug("ir/passes/lower-access.ts");
const encode = bug("sandbox/isa/encode.ts");
const words = bug("backend/encode.ts");
const cases = bug("backend/switch.ts");

/** Bounds that a compiler drops, shortens or proves wrongly. */
const BOUNDS: readonly Planted[] = [
  access("a constant offset need not be inside", "inside < MAX_CONSTANT && at + piece.width <= min", "inside < MAX_CONSTANT"),
  access("a constant offset's end leaves out the width", "at + piece.width <= min", "at <= min"),
  access("a constant offset's end is one word too far", "at + piece.width <= min", "at + piece.width <= min + 4"),
  access("a constant is clamped to the extent, not to what fits", "Math.min(bits, extent - bytes)", "Math.min(bits, extent)"),
  access("a constant is not clamped", "extent === 0 ? bits : Math.min(bits, extent - bytes)", "bits"),
  access("a constant wraps at 16 bits", "const at = (base + inside) & aligned;", "const at = (base + inside) & 0xffff & aligned;"),
  access("the limit leaves out the access's size", "const limit = extent - bytes;", "const limit = extent;"),
  access("the limit is one element too far", "const limit = extent - bytes;", "const limit = extent - bytes + 4;"),
  access("the limit is in elements", "accessN(base, limit, contiguous)", "accessN(base, limit * 4, contiguous)"),
  access("the variable's place is left out of a bounded access", "accessN(base, limit, contiguous)", "accessN(0, limit, contiguous)"),
  access("a packed limit overflows its field", "base <= N_LIMIT_BYTES && limit <= N_LIMIT_BYTES", "base <= N_LIMIT_BYTES"),
  access(
    "the dropped clamp: fixed arrays are as open as the slot",
    "return plan(place, accessN(base, limit, contiguous), offset, -1, contiguous, -1);",
    "return plan(place, accessC(base, contiguous), offset, -1, contiguous, -1);",
  ),
  access(
    "the hoisted check: bounded by a constant, used as an offset",
    "return plan(place, accessC(base), offset, -1, false, limit);",
    "return plan(place, accessK(base), NONE, -1, false, limit);",
  ),
  access(
    "the explicit bound is forgotten",
    "return plan(place, accessC(base), offset, -1, false, limit);",
    "return plan(place, accessC(base), offset, -1, false, -1);",
  ),
  access(
    "masked accesses mask with the next power of two",
    "accessM(base, trailingZeros(extent))",
    "accessM(base, trailingZeros(extent) + 1)",
  ),
  access("every extent counts as a power of two", "if (classes.p.masked.has(v) && base % 4 === 0)", "if (extent >= 4 && base % 4 === 0)"),
  access(
    "the piece's place is added twice",
    "const base = place.base + start + piece.at;",
    "const base = place.base + start + 2 * piece.at;",
  ),
  access("members all start at the variable", "const base = place.base + start + piece.at;", "const base = place.base + piece.at;"),
  access(
    "a member's place is added twice",
    "const base = place.base + start + piece.at;",
    "const base = place.base + 2 * start + piece.at;",
  ),
  access("affine offsets of any step are contiguous", "&& classes.k[offset] === bytes", ""),
  access("contiguous in scratch", "if (place.kind === SLOT_KIND.scratch) return false;", ""),
  access("halves are words", "{ at: 0, width: 2 }],\n  [{ at: 0, width: 4 }]", "{ at: 0, width: 4 }],\n  [{ at: 0, width: 4 }]"),
];

/** Ranges of values, proved wrongly: an access that they make needless to check is open. */
const RANGES: readonly Planted[] = [
  bounds("a sum's bound is its first part's", "return fits(a() + b());", "return a();"),
  bounds("a product's bound is its first factor's", "return fits(a() * b());", "return a();"),
  bounds("a sum's bound wraps", "const fits = (x: number) => Math.min(x, ANY);", "const fits = (x: number) => x >>> 0;"),
  bounds("a shift's bound is not shifted", "return by < 0 ? ANY : fits(a() * 2 ** (by & 31));", "return by < 0 ? ANY : a();"),
  bounds("a remainder is at most a quarter of its divisor", "Math.min(a(), by - 1)", "Math.min(a(), (by >> 2))"),
  bounds("the greater of two is the smaller", "return Math.max(a(), b());", "return Math.min(a(), b());"),
  bounds("a choice is its first value", "return Math.max(b(), this.of(m.operand(v, 2)));", "return b();"),
  bounds("what is unknown is small", "(this.#known.get(v) ?? ANY)", "(this.#known.get(v) ?? 3)"),
  bounds("the invocation index is an axis of one", "this.#size.reduce((x, y) => x * y, 1) - 1", "this.#size[1]! - 1"),
];

/** Indices and members turned into offsets and extents. */
const ADDRESSES: readonly Planted[] = [
  lower("a member is one word further on", "const start = p.start + bytes;", "const start = p.start + bytes + 4;"),
  lower("the end of what is accessed is not moved", "end: isKnown ? start + this.m.types.sizeBytes(type) : p.end", "end: p.end"),
  lower(
    "the end is that of twice the type",
    "start + this.m.types.sizeBytes(type) : p.end",
    "start + 2 * this.m.types.sizeBytes(type) : p.end",
  ),
  lower("the extent starts at the variable", "p.end === NONE ? 0 : p.end - p.start", "p.end === NONE ? 0 : p.end"),
  lower("all extents are open", "p.end === NONE ? 0 : p.end - p.start", "0"),
  lower(
    "elements lie one word apart, whatever they are",
    'stride === 1 ? unsigned : this.at.emit("IMul", u32, unsigned, m.u32(stride))',
    'this.at.emit("IMul", u32, unsigned, m.u32(4))',
  ),
  lower("the stride is twice what it is", "unsigned, m.u32(stride))", "unsigned, m.u32(2 * stride))"),
  lower("indices are added, not scaled", "const bytes = stride === 1 ? unsigned", "const bytes = stride >= 1 ? unsigned"),
  lower(
    "the outer index is forgotten",
    'const offset = p.offset === NONE ? bytes : this.at.emit("IAdd", u32, p.offset, bytes);',
    "const offset = bytes;",
  ),
  lower(
    "a constant index is not looked at",
    "if ((!isOpen && index >= types.length(p.type)) || bytes > MAX_START)",
    "if (bytes > MAX_START)",
  ),
  lower("a runtime array's length is in bytes", "m.u32(m.types.stride(p.type)));", "m.u32(1));"),
];

/** Loads and stores of the wrong width, slot, register or lane. */
const SELECTION: readonly Planted[] = [
  memory(
    "the widened load",
    "this.#loadTo(LOADS[width / 4 - 1]!, loaded, access, item);",
    "this.#loadTo(LOADS[Math.min(3, width / 4)]!, loaded, access, item);",
  ),
  memory("the widened store", "STORES[data.length - 1]!, data, offset", "STORES[Math.min(3, data.length)]!, data, offset"),
  memory(
    "loads from the next slot",
    "this.#lir.mem(m, data, offset, access.word, access.place.slot, this.#e.where);",
    "this.#lir.mem(m, data, offset, access.word, access.place.slot + 1, this.#e.where);",
  ),
  memory(
    "stores to the slot before",
    "data, offset, access.word, access.place.slot, this.#e.where);\n    }\n  }\n  /** Pairs",
    "data, offset, access.word, Math.max(0, access.place.slot - 1), this.#e.where);\n    }\n  }\n  /** Pairs",
  ),
  memory("an atomic goes to the first slot", "const { slot } = access.place;", "const slot = 0;"),
  memory(
    "the bound of an offset is its greatest",
    "[offset, constant(access.atMost)]);\n  }\n\n  // ---- stores",
    "[offset, constant(0x7fffffff)]);\n  }\n\n  // ---- stores",
  ),
  memory("the mode's bits are cleared with the contiguous one", "return access.word & ~(1 << 28);", "return access.word & ~(0xf << 28);"),
  memory(
    "stores of one address write every lane's word beside it",
    "if (access.contiguous) return FILE_V;",
    "if (!access.contiguous) return FILE_V;",
  ),
];

/** Where variables lie. */
const LAYOUT: readonly Planted[] = [
  slots("variables of a workgroup overlap", "const base = alignUp(this.workgroupBytes, WORKGROUP_ALIGN);", "const base = 0;"),
  slots(
    "workgroup memory is as large as its last variable",
    "this.workgroupBytes = alignUp(base + m.types.sizeBytes",
    "this.workgroupBytes = alignUp(m.types.sizeBytes",
  ),
  slots("private variables have one word", "for (let i = 0; i < bytes; i += 4) this.spillWord();", "this.spillWord();"),
  slots("spills go where variables lie", "const at = this.scratchBytes;\n", "const at = 0;\n"),
  slots("spills are not counted", "this.scratchBytes += 4;", ""),
  slots(
    "the merged minimum: a buffer has two elements at least",
    "types.memberOffset(type, last) + types.stride(types.memberType(type, last))",
    "types.memberOffset(type, last) + 2 * types.stride(types.memberType(type, last))",
  ),
  slots("a buffer's minimum is a word", "const min = leastBytes(m.types, m.types.pointee(m.type(variable)));", "const min = 4;"),
  slots("what is written may only be read", "use(m.operand(v, 0), PERM.write);", "use(m.operand(v, 0), PERM.read);"),
  slots("constants may be written", "(uses & PERM.write) === 0", "(uses & PERM.read) !== 0"),
  slots("tables overlap", "tableBytes += bytes;\n", "tableBytes += 4;\n"),
];

/** Registers: the wrong one, one that is not free, one that is not in the file. */
const REGISTERS: readonly Planted[] = [
  registers(
    "a reload takes the spill slot after its own",
    "return accessK(this.#words.get(this.#classes.find(r))!);",
    "return accessK(this.#words.get(this.#classes.find(r))! + 4);",
  ),
  registers(
    "a register is free one instruction too early",
    "if (this.#until[r]! <= position) this.#free[r] = 1;",
    "if (this.#until[r]! <= position + 2) this.#free[r] = 1;",
  ),
  registers(
    "a register's last unit is not counted",
    "this.used[name] = Math.max(this.used[name], u.at + u.roots.length);",
    "this.used[name] = Math.max(this.used[name], u.at + u.roots.length - 1);",
  ),
  registers("values that live on have no end", "return Math.max(s[s.length - 1]!, s[0]! + 1);", "return s[0]! + 1;"),
  registers(
    "operands name the register after theirs",
    "out[r] = FILE_BASE[FILES[this.#lir.file.get(r)]!] + n;",
    "out[r] = FILE_BASE[FILES[this.#lir.file.get(r)]!] + n + 1;",
  ),
  registers("all files are one", "out[r] = FILE_BASE[FILES[this.#lir.file.get(r)]!] + n;", "out[r] = n;"),
  registers("a group's registers are one", "this.#number[root] = u.at + i;", "this.#number[root] = u.at;"),
  copies(
    "copies of an edge happen one after the other",
    "const ready = copies.filter((c) => !readers.has(c.d));",
    "const ready = [...copies];",
  ),
  copies("other lanes' values are overwritten", "masked: lanes && mustMask(s, v, to, item)", "masked: false"),
  coalesce("values that both live share a register", "if (start < before) return undefined;", "if (start < before - 8) return undefined;"),
  coalesce(
    "what is written while another lives is the same",
    "if (this.#writesOf(x).some(isWritten) || this.#writesOf(y).some(isWritten)) return undefined;",
    "",
  ),
];

/** Words that say something else than was meant. */
const ENCODING: readonly Planted[] = [
  encode(
    "a mode overflows into the next",
    "return ((mode << 29) | (contiguous ? 1 << 28 : 0) | payload) >>> 0;",
    "return (((mode + (contiguous ? 1 : 0)) << 29) | payload) >>> 0;",
  ),
  encode("the contiguous bit is the mode's", "(contiguous ? 1 << 28 : 0)", "(contiguous ? 1 << 29 : 0)"),
  encode("every access is contiguous", "(contiguous ? 1 << 28 : 0)", "(1 << 28)"),
  encode(
    "the sign of an offset: 28 bits are taken for 20",
    'return accessWord(MODE.K, contiguous, within(offset, OFFSET_LIMIT, "offset"));',
    "return accessWord(MODE.K, contiguous, ((offset << 20) >> 20) & 0xfffffff);",
  ),
  encode(
    "limit and offset change places",
    'words(offset, N_FIELD_LIMIT, "offset") | (words(limit, N_FIELD_LIMIT, "limit") << 14)',
    'words(limit, N_FIELD_LIMIT, "limit") | (words(offset, N_FIELD_LIMIT, "offset") << 14)',
  ),
  encode(
    "the limit is one bit to the left",
    '(words(limit, N_FIELD_LIMIT, "limit") << 14)',
    '(words(limit, N_FIELD_LIMIT, "limit") << 15)',
  ),
  encode("operands change places", "(op | (d << 8) | (a << 16) | (b << 24)) >>> 0", "(op | (a << 8) | (d << 16) | (b << 24)) >>> 0"),
  encode(
    "a register of another file",
    'return FILE_BASE.w + within(n, W_REGISTERS, "w register");',
    'return FILE_BASE.g + within(n, W_REGISTERS, "w register");',
  ),
];

/** Branches to another place, values of another branch, calls of another function. */
const CONTROL: readonly Planted[] = [
  words(
    "a branch skips the word it should reach",
    "this.#out.patch(this.#opener.get(c)!, this.#out.length);\n    this.#out.raw(",
    "this.#out.patch(this.#opener.get(c)!, this.#out.length + 1);\n    this.#out.raw(",
  ),
  words(
    "a branch around the first part ends before the second",
    "this.#out.patch(this.#opener.get(c)!, this.#out.length);\n        this.#opener.set(",
    "this.#out.patch(this.#opener.get(c)!, this.#out.length - 1);\n        this.#opener.set(",
  ),
  words(
    "a loop goes back to its second word",
    "this.#close(c, op, this.#opener.get(c)!);",
    "this.#close(c, op, this.#opener.get(c)! + 1);",
  ),
  words("a break leaves one construct more", "this.#nesting - this.#depth.get(c)!);", "this.#nesting - this.#depth.get(c)! + 1);"),
  words("a break leaves one construct only", "this.#nesting - this.#depth.get(c)!);", "0);"),
  words("a break in a loop counts from the outside", "this.#nesting - this.#depth.get(c)!);", "this.#depth.get(c)! - 1);"),
  words("a call reaches the function before", "params.length > 0 ? first : 0, 0), c);", "params.length > 0 ? first : 0, 0), c - 1);"),
  words(
    "a call's values stand one register further on",
    "params.length > 0 ? first : 0, 0), c);",
    "params.length > 0 ? first + 1 : 0, 0), c);",
  ),
  cases(
    "the first half of a switch takes one case more",
    "conditionOf(leaves.slice(low, middle), leaves.slice(middle, high))",
    "conditionOf(leaves.slice(low, middle + 1), leaves.slice(middle, high))",
  ),
  cases(
    "a switch's parts change places",
    "conditionOf(leaves.slice(low, middle), leaves.slice(middle, high))",
    "conditionOf(leaves.slice(middle, high), leaves.slice(low, middle))",
  ),
];

const part = (name: string, bugs: readonly Planted[]): Miscompile[] => bugs.map((bug) => ({ ...bug, part: name }));

export const COMPILER_BUGS: readonly Miscompile[] = [
  ...part("bounds of accesses", BOUNDS),
  ...part("ranges of values", RANGES),
  ...part("indices and members", ADDRESSES),
  ...part("widths and slots", SELECTION),
  ...part("where variables lie", LAYOUT),
  ...part("registers and copies", REGISTERS),
  ...part("control flow and calls", CONTROL),
  ...part("encoding", ENCODING),
];
