/**
 * The builds that are compared: lean, as shipped; belt, which checks again what was proved; and bare, the same sources with every check taken
 * out by patches of their text. Bare is no build of ours: it shows what a driver that trusts its shaders could have.
 */
import { join } from "node:path";
import { bundlePatched, type Patch } from "../../scripts/patched.ts";
import type { Opened } from "./open.ts";

const patch = (file: string, name: string, from: string, to: string): Patch => ({ name, file, from, to });

/**
 * What goes: bounds of accesses in every mode, the versions and precomputed limits that serve them, traps, alignment, fuel, zeroing of
 * memory and registers, sizes checked at bind and at enter. What stays, as it is not ours to leave out: masks of active lanes, zeros that
 * WGSL asks for in private memory (they are stores of the shader then), and mode M, which the compiler uses for masks in the shader's text.
 */
export const BARE: readonly Patch[] = [
  patch(
    "sandbox/jit/bounds.ts",
    "accesses are where their offsets say",
    "  return !isFree && !belt && isInside(e, x, unit, m) ? { ...x, mode: UNBOUNDED } : x;",
    "  return x.mode === MODE.K || x.mode === MODE.M ? x : { ...x, mode: UNBOUNDED };",
  ),
  patch(
    "sandbox/jit/bounds.ts",
    "offsets keep their low bits",
    "  if (x.align === 0 || (x.a !== NONE && 1 << e.zeros[x.a]! > x.align)) return;",
    "  return;",
  ),
  patch(
    "backend/access.ts",
    "large arrays of a known size are not clamped",
    "return plan(place, accessC(base), offset, -1, false, limit);",
    "return plan(place, accessC(base, contiguous), offset, -1, contiguous, -1);",
  ),
  patch(
    "backend/prepare.ts",
    "private memory is not zero at entry",
    "    if (!this.#isPrivate(variable) || this.#written.has(variable) || m.argCount(variable) > 1) return false;",
    "    return false;",
  ),
  patch(
    "sandbox/jit/fuel.ts",
    "turns of a loop cost nothing",
    "  charge(e, words, uniform);\n  e.code.brIf(top);\n  trapFuel(e, pc);",
    "  e.code.br(top);",
  ),
  patch("sandbox/jit/fuel.ts", "calls cost nothing", '  charge(e, words, uniform);\n  e.code.op("i32.eqz");', "  return;"),
  patch("sandbox/jit/fuel.ts", "loops cost nothing", "  const turns = c.local(I64);", "  return;"),
  patch("sandbox/jit/entry.ts", "workgroups cost nothing", "    if (!isPaid) chargeWorkgroup(e, this.#firstFuel);\n", ""),
  patch("sandbox/jit/entry.ts", "calls of workgroups cost nothing", "    if (isStatic) chargeWorkgroups(e, COUNT, this.#firstFuel);\n", ""),
  patch(
    "sandbox/jit/entry.ts",
    "loops of a workgroup cost nothing",
    `    code.get(e.fuel);
    code.i64((flat.pc[i]! - flat.pc[opener]!) * this.#unit.waves);
    code.op("i64.sub");
    code.tee(e.fuel);
    code.i64(0);
    code.op("i64.ge_s");
    code.brIf(top);
    trapFuel(e, flat.pc[opener]!);
`,
    "    code.br(top);\n",
  ),
  patch(
    "sandbox/jit/entry.ts",
    "registers keep what was in them",
    "    for (let reg = 0; reg < flat.registers; reg++) {",
    "    for (let reg = 0; reg < 0; reg++) {",
  ),
  patch(
    "sandbox/jit/waves.ts",
    "registers of a wave keep what was in them",
    "        if (e.copy === 1 && e.shared[reg] === 1) return;\n        if (!this.#isSplit || isFirst) {",
    "        if (e.copy === 1 && e.shared[reg] === 1) return;\n        if ((!this.#isSplit || isFirst) && reg !== e.flat.killed) return;\n        if (!this.#isSplit || isFirst) {",
  ),
  patch(
    "sandbox/jit/zero.ts",
    "workgroup memory keeps what was in it",
    "  const slot = e.unit.workgroupSlot;\n  if (slot < 0) return;",
    "  return;",
  ),
  patch(
    "sandbox/jit/zero.ts",
    "scratch memory keeps what was in it",
    "  return unit.scratchSlot < 0 ? 0 : unit.program.slots[unit.scratchSlot]!.min * 4;",
    "  return 0;",
  ),
  patch(
    "sandbox/jit/runtime.ts",
    "launches are not looked at",
    "    const refused = this.#check(launch);\n    if (refused !== undefined) return refused;\n",
    "",
  ),
  patch(
    "sandbox/kernel/commands.ts",
    "bindings may be of any size",
    "    return region.size < min ? this.#refuse(FAULT.minimum) : region;",
    "    return region;",
  ),
  patch(
    "sandbox/memory/regions.ts",
    "regions may be of any size",
    '    if (region.size < min && supplied < 0) return { slot, reason: "minimum" };\n',
    "",
  ),
];

export const BUILDS = ["lean", "belt", "bare"] as const;
export type BuildName = (typeof BUILDS)[number];

export type Builds = { readonly [N in BuildName]: () => Promise<Opened> };

/** Bundles the builds. @returns what opens devices of each, on one thread, with a memory of their own */
export async function loadBuilds(folder: string): Promise<Builds> {
  const load = async (name: string, patches: readonly Patch[]) => {
    const outfile = join(folder, `${name}.mjs`);
    await bundlePatched("bench/walls/open.ts", patches, outfile);
    return (await import(outfile)) as typeof import("./open.ts");
  };
  const [shipped, bare] = [await load("shipped", []), await load("bare", BARE)];
  return { lean: () => shipped.open("jit"), belt: () => shipped.open("belt"), bare: () => bare.open("jit") };
}
