/** The two builds of the fast tier's region checks: what they compute is equal, and one of them needs no verifier to stay inside. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDirectives } from "../../cli/directives.ts";
import { launch, type Tier } from "../../cli/launch.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { compileProgram, JitAlarm } from "../../sandbox/jit/index.ts";
import { unverifiedToken } from "../../sandbox/unsafe/unverified.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { checkShader, compileShader } from "../../webgpu/compile.ts";
import { assembleOrThrow, place } from "./harness.ts";

const FILES = join(import.meta.dirname, "../files/run");
const FUEL = 20_000_000;

test("golden shaders give the same in the lean and the belt build, to the fuel they use", () => {
  let compared = 0;
  for (const name of readdirSync(FILES, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith(".wgsl"))) {
    const source = readFileSync(join(FILES, name), "utf8");
    const { binds, dispatch, sections, overrides, entry } = parseDirectives(source);
    if (!sections.includes("run")) continue;
    const reply = compileShader({ shader: checkShader(source), entryPoint: entry ?? undefined, constants: overrides });
    if (reply.status !== "ok") continue;
    const run = (tier: Tier) => {
      const result = launch({ object: reply.object, binds, dispatch, tier, fuel: FUEL });
      // what memory holds after a trap is not defined
      return result.status === "done" ? { ...result, milliseconds: 0 } : result.status === "trapped" ? result.trap.cause : result;
    };
    expect({ name, belt: run("belt") }).toEqual({ name, belt: run("jit") });
    compared++;
  }
  expect(compared).toBeGreaterThan(40);
});

/** An access to 64 bytes at a place that its word says is inside, and is not. */
const WRONG: readonly (readonly [string, string, string])[] = [
  ["K", "st.32 v1, s0[64], K", "st.32 v1, s0[60], K"],
  ["K, contiguous", "st.32 v1, s0[52], K, contig", "st.32 v1, s0[48], K, contig"],
  ["N", "st.32 v1, s0[v0], N lim=64", "st.32 v1, s0[v0], N lim=60"],
  ["N, contiguous", "st.32 v1, s0[w0], N lim=64, contig", "st.32 v1, s0[w0], N lim=60, contig"],
  ["M", "st.32 v1, s0[v0], M bits=7", "st.32 v1, s0[v0], M bits=6"],
  ["N, a load", "ld.32 v1, s0[v0 + 4], N lim=60", "ld.32 v1, s0[v0 + 4], N lim=56"],
  ["K, an atomic", "at.add v1, s0[64], K", "at.add v1, s0[60], K"],
  ["a store without permission", "st.32 v1, s1[v0], C", "ld.32 v1, s1[v0], C"],
];

test.each(WRONG)("a wrong proof is an alarm in belt and a reject by the verifier: %s", (_, wrong, right) => {
  const object = (access: string) => {
    const lines = [
      ".stage compute",
      ".workgroup 4 1 1",
      ".slot 0 storage read write atomic min=64 group=0 binding=0",
      ".slot 1 storage read min=64 group=0 binding=1",
      ".func main",
      "  mov w0, #500",
      "  mov v0, #500",
      "  mov v1, #1",
      `  ${access}`,
      "  st.32 v1, s0[0], K", // a load that nobody uses is not made
      "  ret",
      ".end",
    ];
    return encodeObject(assembleOrThrow(`${lines.join("\n")}\n`));
  };
  const run = (bytes: Uint8Array, belt: boolean) => {
    const token = unverifiedToken(bytes)!;
    const { launch } = place(token, { slots: { 0: Array(16).fill(0), 1: Array(16).fill(0) } });
    return compileProgram(token, { shared: false, plainAtomics: true, belt }).run(launch);
  };
  const bad = object(wrong);
  expect(verify(bad).ok).toBe(false);
  expect(() => run(bad, true)).toThrow(JitAlarm);
  const good = object(right);
  expect(verify(good).ok).toBe(true);
  expect(run(good, true)).toEqual(run(good, false));
});
