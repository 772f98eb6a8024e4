/**
 * Random programs of the shapes that the fast tier has special code for, and that random words seldom make: indices from wave and lane,
 * early returns against a size, contiguous accesses around a region's end, trees over barriers, loops that lanes leave one by one.
 */
import { assemble } from "../../sandbox/isa/assemble.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { pick } from "../campaign/random.ts";

const SIZES = ["4 1 1", "8 1 1", "16 1 1", "64 1 1", "8 8 1", "4 4 2", "6 1 1", "30 1 1", "32 1 1", "2 1 1"] as const;

export function kernelShape(next: () => number): ObjectParts {
  const shape = new Shape(next);
  const result = assemble(shape.text());
  if (!result.ok) throw new Error(`${result.errors.map((e) => `${e.line}: ${e.message}`).join("\n")}\n${shape.lines.join("\n")}`);
  return result.parts;
}

/** Slots: 0 input, 1 output, 2 uniform, 3 workgroup memory, 4 scratch. */
class Shape {
  readonly lines: string[] = [];
  readonly #next: () => number;
  #indent = 1;
  readonly #functions: string[] = [];
  /** lanes have returned: no barriers, no writes of g */
  #parted = false;
  readonly #ldsBytes: number;
  constructor(next: () => number) {
    this.#next = next;
    this.#ldsBytes = 4 * pick(next, [64, 65, 128, 100]);
  }
  #chance(percent: number): boolean {
    return this.#next() % 100 < percent;
  }
  #below(n: number): number {
    return this.#next() % n;
  }
  #put(line: string): void {
    this.lines.push("  ".repeat(this.#indent) + line);
  }

  text(): string {
    const mins = [pick(this.#next, [4, 16, 64, 100]), pick(this.#next, [4, 16, 64, 1024])];
    this.lines.push(`.workgroup ${pick(this.#next, SIZES)}`);
    this.lines.push(`.slot 0 storage read min=${mins[0]}`, `.slot 1 storage read write min=${mins[1]}`, ".slot 2 uniform read min=16");
    this.lines.push(`.slot 3 workgroup read write min=${this.#ldsBytes}`, ".slot 4 scratch read write min=32", ".func main");
    this.#indices();
    const parts = 1 + this.#below(4);
    for (let k = 0; k < parts; k++) this.#part();
    this.#results();
    this.lines.push("  ret", ".end", ...this.#functions);
    return this.lines.join("\n");
  }

  /** w0 = 4 * wave, w1 = w0 + workgroup base, v0 = local index, v1 = global index, g2 = elements of the input, g3 = a uniform */
  #indices(): void {
    this.#put("sys g0, workgroup_id.x");
    this.#put(`imul g0, g0, #${pick(this.#next, [4, 8, 64, 16])}`);
    if (this.#chance(40)) this.#put("sys g1, workgroup_id.y\n  shl g1, g1, #5\n  iadd g0, g0, g1");
    this.#put(`slot.len g2, s${this.#below(2)}`);
    this.#put("shr g2, g2, #2");
    this.#put(`ld.32 g3, s2[${4 * this.#below(4)}], K`);
    this.#put("and g3, g3, #63");
    this.#put("sys w0, wave");
    this.#put("shl w0, w0, #2");
    this.#put(
      pick(this.#next, ["iadd w1, w0, g0", "and w1, w0, #7\n  iadd w1, w1, g0", "shr w1, w0, #1\n  imul w1, w1, g3\n  iadd w1, w1, g0"]),
    );
    this.#put("sys v0, lane");
    this.#put("iadd v1, v0, w1");
    this.#put("iadd v0, v0, w0");
    for (let v = 2; v < 8; v++)
      this.#put(pick(this.#next, [`mov v${v}, #${this.#below(5)}`, `imul v${v}, v0, #${this.#below(9)}`, `mov v${v}, v1`]));
    this.#put("mov w2, w0");
    this.#put(`mov w3, #${this.#below(4)}`);
  }

  #part(): void {
    const kinds: (() => void)[] = [
      () => this.#contiguous(),
      () => this.#contiguous(),
      () => this.#gather(),
      () => this.#leaveEarly(),
      () => this.#guard(),
      () => this.#loop(),
      () => this.#loop(),
      () => this.#scratch(),
      () => this.#wrapping(),
      () => this.#rewritten(),
      () => this.#overwritten(),
      () => this.#returns(),
      () => this.#merges(),
      () => this.#misaligned(),
      () => this.#clobbers(),
    ];
    if (!this.#parted)
      kinds.push(
        () => this.#exchange(),
        () => this.#tree(),
        () => this.#broadcast(),
        () => this.#barrierLoop(),
        () => this.#some(),
        () => this.#callee(),
        () => this.#returnsBetween(),
      );
    pick(this.#next, kinds)();
  }

  #value(): string {
    return `v${2 + this.#below(6)}`;
  }

  /** Contiguous accesses of all widths and modes, at offsets that waves share out. */
  #contiguous(): void {
    const words = pick(this.#next, [1, 1, 1, 2, 3, 4]);
    const width = words * 32;
    const index = pick(this.#next, ["w0", "w1", "w1"]);
    this.#put(`imul w4, ${index}, #${words * 4}`);
    const off = this.#chance(30) ? ` + ${4 * this.#below(20)}` : "";
    const mode = this.#chance(5) ? "T" : pick(this.#next, ["C", "Z"]);
    const lds = this.#chance(25) && words === 1;
    if (lds) this.#put(`ld.32 v8, s3[w4], N lim=${this.#ldsBytes - 4}, contig`);
    else this.#put(`ld.${width} v8, s0[w4${off}], ${mode === "C" && words * 4 > 4 ? "Z" : mode}, contig`);
    for (let k = 0; k < words; k++) if (this.#chance(60)) this.#put(`iadd ${this.#value()}, v${8 + k}, ${this.#value()}`);
    // a copy: rows of four words are stored as they came
    if (words === 4 && this.#chance(50)) this.#put(`st.128 v8, s1[w4${off}], Z, contig`);
  }

  /** Offsets whose bound, worked out without wrap, is nowhere near what they are. */
  #wrapping(): void {
    this.#put(
      pick(this.#next, [
        `imul w4, w0, #${pick(this.#next, ["0x40000001", "0x10000001", "0x80000003"])}`,
        "shl w4, w0, #30",
        "ld.32 w4, s2[4], K",
      ]),
    );
    this.#put(pick(this.#next, ["iadd w4, w4, w1", "iadd w4, w0, w4", "imul w4, w4, #16", "shl w4, w4, #2"]));
    this.#put(`ld.32 v8, s0[w4], ${pick(this.#next, ["C", "Z"])}, contig`);
    this.#put(`iadd ${this.#value()}, v8, v0`);
  }

  /** A register of the workgroup that waves write on their way. */
  #rewritten(): void {
    if (this.#parted) return;
    this.#put("mov g11, #1");
    this.#put(`if g3\n    mov g11, #${pick(this.#next, [2, 9, 60, 700])}\n  end`);
    this.#put("imul w4, w0, g11");
    this.#put(`ld.32 v8, s${this.#below(2)}[w4], ${pick(this.#next, ["C", "Z"])}, contig`);
    this.#put(`iadd ${this.#value()}, v8, g11`);
    this.#put(`iadd g12, g11, #${this.#below(9)}`);
    this.#put(`xor ${this.#value()}, v0, g12`);
  }

  /** An offset that changes in a construct and is used after it. */
  #overwritten(): void {
    this.#put("shl w4, w0, #2");
    this.#put(`ld.32 v8, s0[w4], C, contig`);
    this.#put(pick(this.#next, ["ult v12, v0, #9", "uge v12, v0, g3", "ult v12, v1, g2"]));
    this.#put(`if v12\n    imul w4, w4, #${pick(this.#next, [3, 40, 5])}\n    iadd v9, v8, #1\n  end`);
    this.#put(`ld.32 v9, s0[w4], ${pick(this.#next, ["C", "Z"])}, contig`);
    this.#put(`xor ${this.#value()}, v8, v9`);
  }

  /** Lanes return inside of constructs that waves take whole. */
  #returns(): void {
    const kinds = ["if w3", "if w2", "block.w", "block.v", ...(this.#parted ? [] : ["if g3", "if g2", "block.g"])];
    this.#put(pick(this.#next, kinds));
    this.#put(pick(this.#next, ["  ieq v12, v0, #2", "  uge v12, v1, g2", "  and v12, v0, #1"]));
    if (this.#chance(30)) this.#put("  ult w5, w2, #9\n    ult w5, w5, #1\n    if w5\n      ret.if v12\n    end");
    else this.#put("  ret.if v12");
    this.#put("end");
    this.#put(`iadd ${this.#value()}, v0, #77`);
    this.#parted = true;
  }

  /** Lanes return between barriers or in another part of an if, and code that they leave out comes after the construct around. */
  #returnsBetween(): void {
    const kind = pick(this.#next, ["if g3", "if g2", "block.g"]);
    this.#put(kind);
    if (kind !== "block.g" && this.#chance(40)) {
      this.#put(pick(this.#next, ["  uge v12, v0, #3", "  ieq v12, v0, #1", "  and v12, v1, #1"]));
      this.#put(`  ret.if v12\n    iadd ${this.#value()}, v0, #5\n  else`);
    }
    this.#put("  barrier workgroup");
    if (this.#chance(50)) this.#put("  barrier workgroup");
    this.#put(pick(this.#next, ["  ieq v12, v0, #2", "  uge v12, v1, g2", "  ult v12, v0, #4"]));
    this.#put(this.#chance(30) ? "  if v12\n      ret.if v0\n    end" : "  ret.if v12");
    this.#put(`  iadd ${this.#value()}, v0, #3`);
    this.#put("end");
    this.#put(`iadd ${this.#value()}, v0, #9`);
    this.#parted = true;
  }

  /** A function that waits, of which some lanes return early. */
  #callee(): void {
    const name = `f${this.#functions.length}`;
    const args = `${this.#value()}`;
    this.#functions.push(`.func ${name} vargs=1 wargs=1 gargs=1 vresults=2
  sys w5, wave
  shl w5, w5, #4
  st.32 v0, s3[w5], N lim=${this.#ldsBytes - 4}, contig
  mov v1, #${this.#below(3)}
  ${this.#chance(50) ? "if g0" : "block.g"}
    barrier workgroup
    xor w5, w5, #16
    ld.32 v2, s3[w5], ${this.#chance(50) ? "Z" : "C"}, contig
    iadd v0, v2, w0
    ${pick(this.#next, ["ret.if v1", "ieq v3, v0, #9\n    ret.if v3", "and v3, v2, #1\n    ret.if v3", "iadd v4, v4, #1"])}
    iadd v0, v0, v4
  end
  iadd v1, v0, g0
  ret
.end`);
    const result = 2 + this.#below(5);
    this.#put("barrier workgroup");
    this.#put(`call ${name}, v${result}, ${args}, w3, g3`);
    this.#put("barrier workgroup");
  }

  /** A loop whose address is aligned at first. */
  #misaligned(): void {
    this.#put("shl v12, v0, #2\n  mov w4, #4\n  mov w6, #0");
    this.#put("loop.w");
    this.#put(`  ld.32 v8, s0[v12], ${pick(this.#next, ["C", "Z"])}`);
    this.#put("  ld.32 v9, s0[w4], C");
    this.#put(`  xor v7, v7, v8\n    xor v6, v6, v9`);
    this.#put(`  iadd v12, v12, #${1 + this.#below(6)}\n    iadd w4, w4, #${1 + this.#below(6)}`);
    this.#put("  iadd w6, w6, #1\n    uge w7, w6, #3\n    brk.if w7, 0");
    this.#put("endloop");
  }

  /** A then part writes all lanes of what the else part reads. */
  #clobbers(): void {
    const value = this.#value();
    this.#put(pick(this.#next, ["and v12, v0, #1", "ult v12, v0, #2", "uge v12, v1, g2"]));
    this.#put(`if v12\n    imul ${value}, v1, #3\n    mov w2, w3\n  else`);
    this.#put(`  iadd v13, ${value}, w2\n    mov.m ${this.#value()}, v13`);
    this.#put("end");
  }

  /** What is known of a value before some lanes get another one: its low bits, that it is a truth value. */
  #merges(): void {
    this.#put(pick(this.#next, ["shl v12, v0, #2", "mov v12, v1", "mov v12, #0", "ult v12, v0, #5"]));
    this.#put(pick(this.#next, ["ult v13, v0, #3", "uge v13, v1, g2", "and v13, v0, #1"]));
    this.#put("if v13");
    this.#put(
      `  ${pick(this.#next, ["mov.m v12, v0", "mov.m v12, v1", "mov.m v12, #8", "mov.m v12, v13", "shl v14, v1, #3\n    mov.m v12, v14"])}`,
    );
    if (this.#chance(50)) this.#put("  ld.32 v8, s0[v12], C\n    iadd v7, v7, v8");
    this.#put("end");
    if (this.#chance(50)) this.#put(`ld.32 v8, s0[v12], ${pick(this.#next, ["C", "Z"])}\n  xor ${this.#value()}, v8, v0`);
    else this.#put(`if v12\n    mov.m ${this.#value()}, #55\n  end`);
  }

  /** All that happens between two barriers happens in an if that some lanes take, not always those of the first waves. */
  #some(): void {
    const value = this.#value();
    this.#put("barrier workgroup");
    this.#put(pick(this.#next, ["and v12, v0, #7", "mov v12, v0", "shr v12, v0, #2", "xor v12, v0, #5", "isub v12, v0, #3"]));
    this.#put(pick(this.#next, ["ult v12, v12, #3", "ieq v12, v12, #0", "ult v12, v12, g3", "ieq v12, v12, #2", "uge v12, v12, #6"]));
    this.#put("if v12");
    this.#put("  shl w4, w0, #2");
    this.#put(`  st.32 v0, s3[w4], N lim=${this.#ldsBytes - 4}, contig`);
    if (this.#chance(40)) this.#put(`  iadd v13, ${value}, #7\n    mov.m ${value}, v13`);
    if (this.#chance(20)) this.#put("  iadd w2, w2, #1");
    this.#put("end");
    if (this.#chance(20)) this.#put("iadd w3, w3, #1");
    this.#put("barrier workgroup");
  }

  #gather(): void {
    const to = this.#value();
    this.#put(`imul v12, ${pick(this.#next, ["v0", "v1", this.#value()])}, #${pick(this.#next, [1, 4, 8, 16])}`);
    const words = pick(this.#next, [1, 1, 2, 3, 4]);
    this.#put(
      `ld.${words * 32} v8, s0[v12${this.#chance(30) ? " + 8" : ""}], ${this.#chance(5) ? "T" : words === 1 ? pick(this.#next, ["C", "Z"]) : "Z"}`,
    );
    this.#put(`xor ${to}, v${8 + this.#below(words)}, ${to}`);
  }

  #leaveEarly(): void {
    this.#put(pick(this.#next, ["uge v12, v1, g2", "uge v12, v0, g3", "uge v12, v1, #40", "ult v12, v0, #1", "ieq v12, v0, #3"]));
    if (this.#chance(20)) this.#put("uge w5, w1, g2\n  or v12, v12, w5");
    this.#put("ret.if v12");
    this.#parted = true;
  }

  /** if (index < n) { .. } */
  #guard(): void {
    this.#put(pick(this.#next, ["ult v12, v1, g2", "ult v12, v0, g3", "ult v12, v0, #7", "ieq v12, v0, #0", "ine v12, v0, #0"]));
    this.#put("if v12");
    this.#indent++;
    if (this.#chance(70)) this.#contiguous();
    if (this.#chance(50)) this.#put(`iadd v13, ${this.#value()}, #3\n    mov.m ${this.#value()}, v13`);
    if (this.#chance(30)) this.#put(`mov ${this.#value()}, #9`);
    this.#indent--;
    if (this.#chance(30)) {
      this.#put("else");
      this.#put(`  mov.m ${this.#value()}, v0`);
    }
    this.#put("end");
  }

  /** A loop that lanes leave one by one, with a counter of the wave's and one per lane. */
  #loop(): void {
    const sum = this.#value();
    const count = this.#value();
    this.#put("mov w6, #0");
    this.#put("mov v14, v0");
    this.#put("loop.v");
    this.#indent++;
    this.#put(`uge w7, w6, ${pick(this.#next, ["g3", "#5", "#17"])}`);
    this.#put("brk.if w7, 0");
    if (this.#chance(40)) {
      this.#put("and v15, v14, #1");
      this.#put("if v15");
      this.#put(`  iadd v14, v14, v14`);
      this.#put(`  iadd v14, v14, #${this.#below(3)}`);
      if (this.#chance(40)) this.#put("  ugt v15, v14, #200\n    brk.if v15, 1");
      this.#put("else");
      this.#put("  shr v14, v14, #1");
      this.#put("end");
    }
    this.#put(`uge v15, v14, ${pick(this.#next, ["#40", "#9", "g3"])}`);
    this.#put("brk.if v15, 0");
    if (this.#chance(40)) this.#put(`ld.32 v8, s2[${4 * this.#below(4)}], K\n    and v8, v8, #3\n    iadd v14, v14, v8`);
    if (this.#chance(20)) this.#put("and w8, w6, #12\n    ld.32 v8, s2[w8], N lim=12\n    and v8, v8, #1\n    iadd v14, v14, v8");
    if (this.#chance(20)) this.#put(`st.32 v14, s4[${4 * this.#below(8)}], K`);
    this.#put(`imul v14, v14, #${1 + this.#below(3)}`);
    this.#put("iadd v14, v14, w6");
    this.#put(`iadd v15, ${count}, #1`);
    this.#put(`mov.m ${count}, v15`);
    this.#put(`xor v15, ${sum}, v14`);
    this.#put(`mov.m ${sum}, v15`);
    this.#put("iadd w6, w6, #1");
    this.#indent--;
    this.#put("endloop");
    if (this.#chance(30)) this.#put(`iadd ${this.#value()}, v14, w6`);
  }

  #scratch(): void {
    this.#put(`and v12, ${this.#value()}, #28`);
    this.#put(`st.32 ${this.#value()}, s4[v12], N lim=28`);
    this.#put("shl w4, w3, #2");
    this.#put(`ld.32 v8, s4[w4], M bits=5`);
    this.#put(`iadd ${this.#value()}, v8, #1`);
    if (this.#chance(50)) this.#put(`st.64 v8, s4[8], K`);
    if (this.#chance(50)) this.#put(`st.128 v2, s4[${4 * this.#below(5)}], K\n  st.96 v4, s4[v12], N lim=20`);
    if (this.#chance(50))
      this.#put(`ld.${pick(this.#next, [64, 96, 128])} v8, s4[w4 + 4], C\n  xor v8, v8, v9\n  iadd ${this.#value()}, ${this.#value()}, v8`);
  }

  #store(value: string): void {
    this.#put("shl w4, w0, #2");
    this.#put(`st.32 ${value}, s3[w4], N lim=${this.#ldsBytes - 4}, contig`);
  }

  /** Each lane stores, all wait, each reads another's. */
  #exchange(): void {
    this.#store(this.#value());
    this.#put("barrier workgroup");
    this.#put(`xor v12, v0, #${this.#below(8)}`);
    this.#put("shl v12, v12, #2");
    this.#put(`ld.32 v8, s3[v12], ${pick(this.#next, [`N lim=${this.#ldsBytes - 4}`, "Z", "C"])}`);
    this.#put("barrier workgroup");
    const to = this.#value();
    this.#put(`iadd ${to}, ${to}, v8`);
  }

  #tree(): void {
    this.#store(this.#value());
    this.#put("barrier workgroup");
    this.#put(`mov g4, #${pick(this.#next, [32, 16, 4, 2])}`);
    this.#put("loop.g");
    this.#indent++;
    this.#put("shl g5, g4, #2");
    this.#put("ult v12, v0, g4");
    this.#put("if v12");
    this.#put("  shl w4, w0, #2");
    this.#put("  iadd w5, w4, g5");
    this.#put(`  ld.32 v8, s3[w4], N lim=${this.#ldsBytes - 4}, contig`);
    this.#put(`  ld.32 v9, s3[w5], N lim=${this.#ldsBytes - 4}, contig`);
    this.#put("  iadd v8, v8, v9");
    this.#put(`  st.32 v8, s3[w4], N lim=${this.#ldsBytes - 4}, contig`);
    this.#put("end");
    this.#put("barrier workgroup");
    this.#put("shr g4, g4, #1");
    this.#put("ieq g6, g4, #0");
    this.#put("brk.if g6, 0");
    this.#indent--;
    this.#put("endloop");
    this.#put(`ld.32 ${this.#value()}, s3[0], K`);
    this.#put("barrier workgroup");
  }

  #broadcast(): void {
    this.#put(`g.bcast g7, ${this.#value()}`);
    this.#put(`iadd ${this.#value()}, v0, g7`);
    if (this.#chance(40)) {
      this.#store(this.#value());
      this.#put(`ld.sync g8, s3[g7], ${pick(this.#next, ["C", "Z"])}`);
      this.#put(`xor ${this.#value()}, v0, g8`);
    }
  }

  /** Values that live around a loop of the workgroup with barriers in it. */
  #barrierLoop(): void {
    this.#put("mov g9, #0");
    this.#put("loop.g");
    this.#indent++;
    this.#exchange();
    if (this.#chance(50)) this.#guard();
    this.#put("iadd w2, w2, g9");
    this.#put(`iadd ${this.#value()}, v0, w2`);
    if (this.#chance(40)) this.#put("ieq g13, g9, #1\n    if g13\n      if g3\n        brk 2\n      end\n    end");
    this.#put("iadd g9, g9, #1");
    this.#put("uge g10, g9, #3");
    this.#put("brk.if g10, 0");
    if (this.#chance(30)) {
      this.#put("if g3\n      iadd w3, w3, #1\n    end");
    }
    this.#indent--;
    this.#put("endloop");
  }

  #results(): void {
    this.#put(`shl w4, ${pick(this.#next, ["w1", "w0"])}, #2`);
    this.#put(`st.32 ${this.#value()}, s1[w4], ${pick(this.#next, ["C", "Z"])}, contig`);
    this.#put("imul w4, w0, #4\n  sys w5, wave\n  shl w5, w5, #8");
    for (let v = 2; v < 8; v++) this.#put(`st.32 v${v}, s1[w5 + ${1024 + (v - 2) * 16}], Z, contig`);
    this.#put(`st.32 w2, s1[w5 + 1140], Z\n  st.32 w3, s1[w5 + 1144], Z`);
  }
}
