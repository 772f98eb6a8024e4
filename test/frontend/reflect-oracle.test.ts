/**
 * Our reflection against wgsl_reflect: entry points, workgroup sizes, bindings, layouts of structures. Where they differ, DIFFERENCES says
 * who is right and why; a difference that is not listed there fails, and so does one that is listed and is none.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { askWgslReflect, type Difference, differences, ourFacts, type Shader } from "./reflect-oracle.ts";
import { SHADERS } from "./reflect-oracle-shaders.ts";

const LIMIT_MS = 60_000;

interface Explained {
  readonly because: string;
  /** what it is about: [ours, theirs] */
  readonly differs: Readonly<Record<string, readonly [string, string]>>;
}

const WGSL = "https://www.w3.org/TR/WGSL/";
const ONE_ELEMENT =
  "we are right: a runtime-sized array counts with one element, as in https://www.w3.org/TR/webgpu/#minimum-buffer-binding-size; wgsl_reflect counts none";
const CONSTANTS = (what: string) => `we are right: ${what} takes any const-expression; wgsl_reflect parses a number or a name`;

const DIFFERENCES: Readonly<Record<string, Explained>> = {
  "arrays of a size declared later": {
    because: `we are right: the order of module-scope declarations does not matter, ${WGSL}#declaration-and-scope; wgsl_reflect takes the count for 1`,
    differs: {
      "struct S": ["size 32 align 4", "size 8 align 4"],
      "struct S member a": ["offset 0 size 28", "offset 0 size 4"],
      "struct S member b": ["offset 28 size 4", "offset 4 size 4"],
    },
  },
  "@align of a structure in a structure": {
    because: `we are right: the alignment of a structure is the largest of its members' (AlignOfMember, ${WGSL}#structure-member-layout); wgsl_reflect forgets @align of members that are structures`,
    differs: {
      "struct C": ["size 192 align 64", "size 48 align 16"],
      "struct C member b": ["offset 64 size 128", "offset 16 size 32"],
      "struct S": ["size 512 align 64", "size 128 align 16"],
      "struct S member c": ["offset 64 size 192", "offset 16 size 48"],
      "struct S member l": ["offset 256 size 256", "offset 64 size 64"],
    },
  },
  "@size and @align of constants": {
    because: CONSTANTS(`@align (${WGSL}#align-attr)`),
    differs: { "the module": ["valid", "Expected ')'. Line: 1"] },
  },
  "runtime-sized array last": { because: ONE_ELEMENT, differs: { "struct S": ["size 32 align 16", "size 16 align 16"] } },
  "runtime-sized array of vec3": { because: ONE_ELEMENT, differs: { "struct S": ["size 32 align 16", "size 16 align 16"] } },
  "bindings only in conditions and initialisers": {
    because: `we are right: a switch statement's selector accesses what it names, ${WGSL}#resource-interface; wgsl_reflect does not look there`,
    differs: { "entry main binding 0.5": ["f uniform", "nothing"] },
  },
  "bindings shadowed by locals": {
    because: `we are right: only an identifier that resolves to a variable accesses it, ${WGSL}#resource-interface; wgsl_reflect goes by its name`,
    differs: { "entry main binding 0.0": ["nothing", "a uniform"] },
  },
  "bindings by constants": {
    because: CONSTANTS(`@group and @binding (${WGSL}#binding-attr)`),
    differs: { "the module": ["valid", "Expected ')'. Line: 4"] },
  },
  "workgroup sizes by constants": {
    because: `we are right: 2u is a literal of type u32, ${WGSL}#numeric-literals; wgsl_reflect does not read its suffix`,
    differs: { "entry c workgroup size": ["8 2 1", "8 1 1"] },
  },
  "workgroup sizes by expressions": {
    because: CONSTANTS(`@workgroup_size (${WGSL}#workgroup-size-attr)`),
    differs: { "the module": ["valid", "Expected ')'. Line: 3"] },
  },
};

function repositoryShaders(): Shader[] {
  const root = join(import.meta.dirname, "../..");
  return ["test/files", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      // rules/: one per rule of the language, and wgsl_reflect knows few of the rules
      .filter((name) => name.endsWith(".wgsl") && !/^wgsl.rules/.test(name))
      .sort()
      .map((name) => ({ name: `${folder}/${name.replaceAll("\\", "/")}`, source: readFileSync(join(root, folder, name), "utf8") })),
  );
}

test("reflection is as wgsl_reflect has it, or the difference is explained", { timeout: 2 * LIMIT_MS }, async () => {
  const own = Object.entries(SHADERS).map(([name, source]) => ({ name, source }));
  const all = [...own, ...repositoryShaders()].map((shader) => ({ ...shader, facts: ourFacts(shader.source, shader.name in SHADERS) }));
  expect(all.filter(({ name, facts }) => name in SHADERS && facts === null).map(({ name }) => name)).toEqual([]);
  const asked = all.flatMap(({ name, source, facts }) => (facts ? [{ name, source, facts }] : []));
  const answers = await askWgslReflect(
    asked.map(({ name, source }) => ({ name, source })),
    LIMIT_MS,
  );
  const found = asked
    .map(({ name, facts }) => [name, differences(facts, answers.get(name)!)] as const)
    // shaders of other tests are there for what both can read
    .filter(([name, list]) => list.length > 0 && (name in SHADERS || list[0]!.what !== "the module"));
  expect(asked.filter(({ name }) => "facts" in answers.get(name)!).length).toBeGreaterThan(0.8 * asked.length);
  const pairs = (list: readonly Difference[]) => Object.fromEntries(list.map((d) => [d.what, [d.ours, d.theirs]]));
  expect(Object.fromEntries(found.map(([name, list]) => [name, pairs(list)]))).toEqual(
    Object.fromEntries(Object.entries(DIFFERENCES).map(([name, { differs }]) => [name, differs])),
  );
  // two that say nothing would agree
  expect(asked.reduce((sum, { facts }) => sum + Object.keys(facts).length, 0)).toBeGreaterThan(700);
});
