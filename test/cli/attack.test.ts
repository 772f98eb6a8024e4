/** `portcullis attack`: what each wall holds by itself, seen from outside. */
import { expect, test } from "vitest";
import { BUGS } from "../../cli/attack/bugs.ts";
import { Folder } from "./harness.ts";

const folder = new Folder();

interface Attempt {
  readonly bug: string;
  readonly off: readonly string[];
  readonly stoppedBy: string;
  readonly how: string;
  readonly escapes: boolean;
  readonly reaches: boolean;
}
const ran = folder.run("attack", "--json");
const attempts: readonly Attempt[] = JSON.parse(ran.out).attempts;
const off = (...walls: string[]) => attempts.filter((a) => a.off.join() === walls.join());

test("the counters move only when two independent walls are off", () => {
  expect(ran.code).toBe(0);
  expect(attempts.length).toBe(8 * BUGS.length);
  for (const a of attempts) {
    const hasBoth = a.off.includes("verifier") && a.off.includes("regions");
    expect({ ...a, escapes: a.escapes && !hasBoth, reaches: a.reaches && a.off.length < 3 }).toEqual({
      ...a,
      escapes: false,
      reaches: false,
    });
  }
  expect(off("verifier", "regions").filter((a) => a.escapes).length).toBeGreaterThanOrEqual(9);
  expect(off("verifier", "regions").some((a) => a.reaches)).toBe(false);
  const reaching = off("verifier", "regions", "memory").filter((a) => a.reaches);
  expect(reaching.map((a) => a.bug)).toEqual(expect.arrayContaining(["dropped-clamp", "dropped-clamp-read"]));
});

test("the verifier names the rule, the region check the word and the slot, the engine the memory", () => {
  const of = (bug: string, ...walls: string[]) => off(...walls).find((a) => a.bug === bug);
  expect(of("dropped-clamp")).toMatchObject({ stoppedBy: "verifier", how: expect.stringMatching(/^V21 at word \d+$/) });
  expect(of("dropped-clamp", "verifier")).toMatchObject({ stoppedBy: "regions", how: expect.stringMatching(/word \d+: .* slot 1 /) });
  expect(of("sign-extended", "verifier", "regions")).toMatchObject({ stoppedBy: "memory", escapes: false });
  expect(of("merged-minimum")).toMatchObject({ stoppedBy: "bind" });
  expect(of("wrong-target", "verifier")).toMatchObject({ stoppedBy: "machine", how: expect.stringContaining("calls are too deep") });
  expect(of("wrong-slot")).toMatchObject({ stoppedBy: "nothing", escapes: false });
});

test("text, one bug and one set of walls", () => {
  const { code, out } = folder.run("attack", "--bug", "widened-store", "--walls", "memory");
  expect(code).toBe(0);
  expect(out).toContain("off: verifier, regions              LEAVES ITS BUFFERS, stays in its device");
  expect(out).toContain("verifier, regions             1 of 1              0 of 1");
  expect(folder.run("attack", "--list").out.split("\n").length).toBeGreaterThan(BUGS.length);
});

test("usage", () => {
  expect(folder.run("attack", "--bug", "droped-clamp")).toMatchObject({
    code: 2,
    err: expect.stringContaining("did you mean 'dropped-clamp'"),
  });
  expect(folder.run("attack", "--walls", "verifier,moat")).toMatchObject({
    code: 2,
    err: expect.stringContaining("there is no wall 'moat'"),
  });
  expect(folder.run("attack", "x.wgsl")).toMatchObject({ code: 2 });
});
