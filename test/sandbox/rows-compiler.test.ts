/** The rows of docs/security.md, "Where it comes from", that are about compilers: what the verifier is there for. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { validate } from "../../ir/validate.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { MachineAlarm } from "../../sandbox/machine/wave.ts";
import { unverifiedToken } from "../../sandbox/unsafe/unverified.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { bundlePatched } from "../../scripts/patched.ts";
import { checkShader, compileShader } from "../../webgpu/compile.ts";
import { COMPILER_BUGS } from "../campaign/faults/compiler-bugs.ts";
import { shaderOf } from "../campaign/faults/shaders.ts";
import { KERNEL_BUGS } from "../campaign/planted/kernel-bugs.ts";
import { REFERENCE_BUGS } from "../campaign/planted/reference-bugs.ts";
import { place } from "./harness.ts";

/** What escaped from other compilers, and the bugs planted in ours (P8) or in what zeroes memory (P7) that do the same. */
const ADVISORIES: readonly (readonly [string, readonly string[]])[] = [
  [
    "RUSTSEC-2021-0067: a spill reloaded with its sign",
    ["a reload takes the spill slot after its own", "the sign of an offset: 28 bits are taken for 20"],
  ],
  [
    "RUSTSEC-2023-0090: a shift folded into an address",
    ["the stride is twice what it is", "a shift's bound is not shifted", "the limit is one bit to the left"],
  ],
  ["RUSTSEC-2026-0006, 0087: a load widened when it sank", ["the widened load", "the widened store"]],
  [
    "RUSTSEC-2026-0086, 0094, 0095: upper bits taken as clear",
    ["a sum's bound wraps", "a constant wraps at 16 bits", "what is unknown is small"],
  ],
  [
    "RUSTSEC-2026-0096: an access checked for other bytes than it touches",
    ["a constant offset's end leaves out the width", "the limit leaves out the access's size"],
  ],
  ["CVE-2026-115889: a packed field that overflows", ["a packed limit overflows its field", "a mode overflows into the next"]],
  [
    "CVE-2026-115893: a branch table's wrong target",
    ["the first half of a switch takes one case more", "a switch's parts change places", "a branch skips the word it should reach"],
  ],
  ["RUSTSEC-2022-0098, 2026-0088: what the instance before left", ["a used block is not zeroed", "workgroup memory is not cleared"]],
  [
    "a clamp that goes, a check that moves",
    ["the dropped clamp: fixed arrays are as open as the slot", "the hoisted check: bounded by a constant, used as an offset"],
  ],
  [
    "another resource, another size",
    ["loads from the next slot", "stores to the slot before", "the merged minimum: a buffer has two elements at least"],
  ],
  ["values that share a register", ["values that both live share a register", "copies of an edge happen one after the other"]],
];

describe("Wasmtime and Cranelift: each class of their advisories is planted", () => {
  const planted = new Set([...COMPILER_BUGS, ...KERNEL_BUGS, ...REFERENCE_BUGS].map(({ name }) => name));
  test.each(ADVISORIES)("%s", (_, names) => {
    for (const name of names) expect(planted, name).toContain(name);
  });
  test("there are at least 60 in the compiler", () => expect(COMPILER_BUGS.length).toBeGreaterThanOrEqual(60));
});

describe("-fbounds-safety and spans: accesses carry their extent from the IR to the encoder", () => {
  const SPAN = /\bSpan(?:Load|Store|Atomic|UniformLoad)\b/g;
  const OPEN = /\b(?:Load|Store|AccessChain|Atomic[A-Z]\w*|WorkgroupUniformLoad)\b/g;
  const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;

  test("all accesses of all golden shaders and 20 made ones, at each level", () => {
    const folder = new URL("../files/run/", import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith(".wgsl"));
    const sources = [
      ...files.map((name) => readFileSync(new URL(name, folder), "utf8")),
      ...Array.from({ length: 20 }, (_, i) => shaderOf(i)),
    ];
    const seen = { modules: 0, before: 0, spans: 0, open: 0, wrong: 0 };
    for (const source of sources) {
      const shader = checkShader(source);
      for (const level of [0, 1, 2] as const) {
        compileShader({
          shader,
          level,
          onIr(when, text, module) {
            if (when === "lowered") {
              seen.before += count(text, OPEN);
              return;
            }
            seen.modules++;
            seen.spans += count(text, SPAN);
            seen.open += count(text, OPEN);
            seen.wrong += validate(module).length; // typing.ts: start + extent is inside the variable, and the access inside the extent
          },
        });
      }
    }
    console.log("accesses", seen);
    expect(seen).toMatchObject({ open: 0, wrong: 0 });
    expect(seen.modules).toBeGreaterThan(200);
    expect(seen.before).toBeGreaterThan(1000);
    expect(seen.spans).toBeGreaterThan(1000);
  }, 120_000);
});

describe("memory-safe languages: a logic bug in safe TypeScript emits code that escapes, and the verifier stops it", () => {
  const SHADER = `@group(0) @binding(0) var<storage, read_write> a: array<u32, 4>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { a[i * 100u] = 0x41414141u; }`;

  test("the limit leaves out the access's size", async () => {
    const bug = COMPILER_BUGS.find(({ name }) => name === "the limit leaves out the access's size")!;
    const folder = mkdtempSync(join(tmpdir(), "portcullis-rows-"));
    const file = join(folder, "compile.mjs");
    await bundlePatched("webgpu/compile.ts", [bug], file);
    const wrong = (await import(file)) as typeof import("../../webgpu/compile.ts");
    rmSync(folder, { recursive: true });
    const objects = [compileShader({ shader: checkShader(SHADER) }), wrong.compileShader({ shader: wrong.checkShader(SHADER) })];
    const [right, escaping] = objects.map((reply) => (reply.status === "ok" ? reply.object : undefined));
    const bound = { slots: { 0: [1, 2, 3, 4] } };
    const dirt = (object: Uint8Array, belt: boolean) => {
      const token = unverifiedToken(object)!;
      const placed = place(token, bound);
      return placed.result(runReference(token, placed.launch, { belt })).dirty.length;
    };
    expect(verify(right!).ok).toBe(true);
    expect(dirt(right!, false)).toBe(0);
    expect(verify(escaping!)).toMatchObject({ ok: false, rule: "V21" });
    expect(dirt(escaping!, false)).toBe(4); // one word of the neighbour, with both walls off
    expect(() => dirt(escaping!, true)).toThrow(MachineAlarm);
  }, 60_000);
});
