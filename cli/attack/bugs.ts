/**
 * Miscompiles to try the walls with: what a compiler with a bug would hand over, made out of the object of a correct one. Each is of a class
 * that a real compiler or driver had. The campaign P8 plants such bugs in the compiler's source instead; these need no source.
 */
import { accessK, accessN } from "../../sandbox/isa/encode.ts";
import { MODE, PERM } from "../../sandbox/isa/modes.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { ISA } from "../../sandbox/isa/table.ts";

export interface Bug {
  readonly name: string;
  readonly says: string;
  /** where a bug of this class was */
  readonly seen: string;
  /** whether it is about control, which only the reference machine runs without a verifier in front */
  readonly control?: true;
  /** Changes the code, or gives other parts. @throws never, for VICTIM's object */
  readonly plant: (parts: ObjectParts) => ObjectParts;
}

/** Every way to reach memory, at indices that the caller chooses. */
export const VICTIM = `@group(0) @binding(0) var<storage, read> at: array<u32>;
@group(0) @binding(1) var<storage, read_write> fixed: array<u32, 16>;
@group(0) @binding(2) var<storage, read_write> open: array<u32>;
@group(0) @binding(3) var<storage, read_write> found: array<u32, 16>;
var<workgroup> tile: array<u32, 12>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  let k = at[i];
  tile[k] = k;
  workgroupBarrier();
  fixed[k] = 0x41414141u;
  open[k] = 0x42424242u;
  found[i] = fixed[k] + open[k] + tile[k];
  var own: array<u32, 8>;
  own[k & 7u] = k;
  found[i + 4u] = own[at[i + 4u] & 7u];
  found[15] = 7u;
}
`;
const [AT, OPEN, FOUND] = [0, 2, 3] as const;
/** its slot of a fixed array, behind which the other tenant's bytes lie */
export const FIXED = 1;

const [STORE, LOAD, STORE_128] = [ISA["st.32"].code, ISA["ld.32"].code, ISA["st.128"].code];

/** The first word of an op in a mode, by slot (any, if undefined). @returns its index in the code */
function find({ code }: ObjectParts, op: number, mode: number, slot?: number): number {
  for (let i = 0; i < code.length; i += 2) {
    const isSlot = slot === undefined || code[i]! >>> 24 === slot;
    if ((code[i]! & 255) === op && code[i + 1]! >>> 29 === mode && isSlot) return i;
  }
  throw new Error(`no word of op ${op} in mode ${mode}`);
}

/** Replaces the high word. */
function high(parts: ObjectParts, at: number, to: (word: number) => number): ObjectParts {
  parts.code[at + 1] = to(parts.code[at + 1]!);
  return parts;
}
/** Replaces some bits of the low word: from bit `by`, eight of them. */
function low(parts: ObjectParts, at: number, by: number, byte: number): ObjectParts {
  parts.code[at] = ((parts.code[at]! & ~(255 << by)) | (byte << by)) >>> 0;
  return parts;
}
const limitOf = (word: number) => ((word >>> 14) & 0x3fff) * 4;

export const BUGS: readonly Bug[] = [
  {
    name: "dropped-clamp",
    says: "the bound of a fixed array is left out",
    seen: "robust access skipped for arrays of known size; naga's default was Unchecked",
    plant: (p) => high(p, find(p, STORE, MODE.N, FIXED), () => accessN(0, 0x3fff * 4)),
  },
  {
    name: "dropped-clamp-read",
    says: "the same for a load: what lies behind is read",
    seen: "LeftoverLocals (CVE-2023-4969): bytes of others come back",
    plant: (p) => high(p, find(p, LOAD, MODE.N, FIXED), () => accessN(0, 0x3fff * 4)),
  },
  {
    name: "limit-off-by-one",
    says: "a bound is one element too far",
    seen: "vc4_validate.c: an index is compared with > where >= is meant",
    plant: (p) => high(p, find(p, STORE, MODE.N, FIXED), (word) => accessN(0, limitOf(word) + 4)),
  },
  {
    name: "packed-field-shifted",
    says: "a packed limit is one bit to the left",
    seen: "Wasmtime CVE-2026-115889: a packed 24-bit field, guarded by a debug assertion only",
    plant: (p) => high(p, find(p, STORE, MODE.N, FIXED), (word) => accessN(0, limitOf(word) * 2)),
  },
  {
    name: "offset-forgotten",
    says: "the offset is added, but not in the proof",
    seen: "RUSTSEC-2023-0090: a shift folded into the address, which then has 35 bits",
    plant: (p) => high(p, find(p, STORE, MODE.N, FIXED), (word) => accessN(4352, limitOf(word))),
  },
  {
    name: "mask-too-wide",
    says: "an index is masked with the next power of two",
    seen: "crbug 1431761: sizes of stack arrays overflow in a shader compiler",
    plant: (p) => high(p, find(p, STORE, MODE.M), (word) => (word + (2 << 22)) >>> 0),
  },
  {
    name: "width-forgotten",
    says: "a constant offset is checked without the width of the access",
    seen: "HFI's model: TODO add size of move to offset_limit",
    plant: (p) => high(p, find(p, STORE, MODE.K, FOUND), () => accessK(64)),
  },
  {
    name: "widened-store",
    says: "a store of one word becomes one of four",
    seen: "RUSTSEC-2026-0006 and -0087: a load widened when it was sunk",
    plant: (p) => low({ ...p, gRegisters: 16 }, find(p, STORE, MODE.K, FOUND), 0, STORE_128),
  },
  {
    name: "sign-extended",
    says: "a negative offset is extended to 28 bits",
    seen: "RUSTSEC-2021-0067: a spill is reloaded with its sign extended",
    plant: (p) => high(p, find(p, STORE, MODE.K, FOUND), () => accessK(0xffffffc)),
  },
  {
    name: "misaligned",
    says: "a constant offset is not a multiple of the access",
    seen: "SwiftShader: a bounds check that is right only where offsets are aligned",
    plant: (p) => high(p, find(p, STORE, MODE.K, FOUND), () => accessK(58)),
  },
  {
    name: "store-to-read-only",
    says: "a store goes to a slot that may only be read",
    seen: "aarch64 Wasmtime, RUSTSEC-2026-0096: a store reaches the wrong heap",
    plant: (p) => low(p, find(p, STORE, MODE.C, OPEN), 24, AT),
  },
  {
    name: "slot-past-the-end",
    says: "a slot number is one past the last",
    seen: "vc4_validate.c as above; HFI's model checks region numbers with && for ||",
    plant: (p) => low(p, find(p, STORE, MODE.C, OPEN), 24, p.slots.length),
  },
  {
    name: "wrong-slot",
    says: "a store goes to another buffer of the same shader",
    seen: "any compiler: a wrong result inside of one's own buffers is a bug, and no escape",
    plant: (p) => low(p, find(p, STORE, MODE.C, OPEN), 24, FIXED),
  },
  {
    name: "merged-minimum",
    says: "the table claims that a buffer is larger than it need be",
    seen: "Linux eBPF: a range that the verifier believes, and that is wrong",
    plant(p) {
      const slots = p.slots.map((slot, i) => (i === FIXED ? { ...slot, min: 4096 } : slot));
      return high({ ...p, slots }, find(p, STORE, MODE.N, FIXED), () => accessN(0, 4092));
    },
  },
  {
    name: "lost-return",
    says: "a function has no end",
    seen: "mc-imperial shader-compiler-bugs 37: unreachable returns leak on iPhone",
    control: true,
    plant: (p) =>
      low(
        high(p, p.code.length - 2, () => 0),
        p.code.length - 2,
        0,
        ISA.mov.code,
      ),
  },
  {
    name: "wrong-target",
    says: "a call goes back to its own function",
    seen: "CVE-2026-115893: br_table to a wrong target; crbug 915197: nesting without a limit",
    control: true,
    plant: (p) =>
      low(
        high(p, p.code.length - 2, () => 0),
        p.code.length - 2,
        0,
        ISA.call.code,
      ),
  },
];

/** Slots that a program may write. */
export const isWritable = (permissions: number) => (permissions & (PERM.write | PERM.atomic)) !== 0;
