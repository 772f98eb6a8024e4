import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expand, readInput, readInputs, readOne, UsageError, writeOutput } from "../../cli/files.ts";
import { expandBraces, expandGlob, isGlob, matchName } from "../../cli/glob.ts";

describe("matchName", () => {
  test.each([
    ["a.wgsl", "*.wgsl"],
    ["a.wgsl", "*"],
    ["a.wgsl", "?.????"],
    ["😀.wgsl", "?.wgsl"],
    ["abcabd", "*ab?"],
    ["aXbXc", "a*X*c"],
    ["", ""],
    ["", "**"],
    ["b1", "[a-c][0-9]"],
    ["d", "[!a-c]"],
    ["d", "[^a-c]"],
    ["]", "[]]"],
    ["-", "[a-]"],
    ["[", "["],
    ["[a", "[a"],
    ["a+b(1).wgsl", "a+b(1).*"],
    ["a.b", "a.b"],
  ])("'%s' matches %s", (name, pattern) => expect(matchName(name, pattern)).toBe(true));
  test.each([
    ["a.wgsl", "*.wgs"],
    ["a.wgsl", "?.wgsl?"],
    ["axb", "a.b"],
    ["a", ""],
    ["", "?"],
    ["b", "[!a-c]"],
    ["z", "[a-c]"],
    ["ab", "[ab]"],
  ])("'%s' does not match %s", (name, pattern) => expect(matchName(name, pattern)).toBe(false));
  test("takes no exponential time", () => {
    expect(matchName("a".repeat(2000), `${"a*".repeat(200)}b`)).toBe(false);
  });
});

test("expandBraces", () => {
  expect(expandBraces("a{b,c{d,e},}f")).toEqual(["abf", "acdf", "acef", "af"]);
  expect(expandBraces("{a,b}{1,2}")).toEqual(["a1", "a2", "b1", "b2"]);
  expect(expandBraces("a{b")).toEqual(["a{b"]);
  expect(expandBraces("a}b{c}")).toEqual(["a}bc"]);
  expect(expandBraces("{a,b}".repeat(30))).toBeNull();
});

describe("files", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "portcullis-glob-"));
    for (const folder of ["sub/deep", "sub.wgsl", "node_modules/x", ".hidden", "two"]) mkdirSync(join(root, folder), { recursive: true });
    const files = ["a.wgsl", "b.wgsl", "c.txt", ".d.wgsl", "x[1].wgsl", "sub/a.wgsl", "sub/deep/a.wgsl", "two/e.wgsl"];
    for (const file of [...files, "node_modules/x/n.wgsl", ".hidden/h.wgsl"]) writeFileSync(join(root, file), file);
    symlinkSync("..", join(root, "sub/loop"));
    symlinkSync("nowhere", join(root, "broken.wgsl"));
    symlinkSync("itself.wgsl", join(root, "itself.wgsl"));
  });
  afterAll(() => rmSync(root, { recursive: true }));
  const found = (pattern: string) => (expandGlob(`${root}/${pattern}`) ?? []).map((path) => path.slice(root.length + 1));

  test.each([
    ["*.wgsl", ["a.wgsl", "b.wgsl", "x[1].wgsl"]],
    ["**/*.wgsl", ["a.wgsl", "b.wgsl", "sub/a.wgsl", "sub/deep/a.wgsl", "two/e.wgsl", "x[1].wgsl"]],
    ["**/**/a.wgsl", ["a.wgsl", "sub/a.wgsl", "sub/deep/a.wgsl"]],
    ["sub/**", ["sub/a.wgsl", "sub/deep/a.wgsl"]],
    ["s*/*/a.wgsl", ["sub/deep/a.wgsl", "sub/loop/a.wgsl"]],
    ["*/a.wgsl", ["sub/a.wgsl"]],
    [".*.wgsl", [".d.wgsl"]],
    [".hidden/*", [".hidden/h.wgsl"]],
    ["{a,b,a}.wgsl", ["a.wgsl", "b.wgsl"]],
    ["{sub,two}/*.wgsl", ["sub/a.wgsl", "two/e.wgsl"]],
    ["[!a].*", ["b.wgsl", "c.txt"]],
    ["sub/../?.txt", ["sub/../c.txt"]],
    ["none*", []],
    ["nowhere/*", []],
    ["a.wgsl/*", []],
    ["broken*", []],
  ])("%s", (pattern, expected) => expect(found(pattern)).toEqual(expected));

  test("expand takes names that look like globs, and refuses what matches nothing", () => {
    expect(expand([`${root}/x[1].wgsl`, `${root}/c.txt`])).toEqual([`${root}/x[1].wgsl`, `${root}/c.txt`]);
    expect(expand([`${root}/missing.wgsl`])).toEqual([`${root}/missing.wgsl`]);
    expect(() => expand([`${root}/*.glsl`])).toThrow(new UsageError(`no file matches '${root}/*.glsl'`));
    expect(() => expand(["{a,b}".repeat(30)])).toThrow("stand for too many patterns");
    expect(() => expand([])).toThrow("name at least one file");
    expect(() => expand(["-", "-"])).toThrow("standard input, which can be read only once");
    expect(isGlob("a.wgsl")).toBe(false);
  });

  test("reading says what is wrong", () => {
    expect(() => readInput(`${root}/missing`)).toThrow(new UsageError(`cannot read '${root}/missing': no such file or folder`));
    expect(() => readInput(root)).toThrow(`cannot read '${root}': it is a folder`);
    expect(() => readInput(`${root}/a.wgsl/b`)).toThrow("a part of its path is no folder");
    expect(() => readInput(`${root}/itself.wgsl`)).toThrow("its links go in a circle");
    expect(() => readInput(`${root}/${"n".repeat(5000)}`)).toThrow("its name is too long");
    expect(() => readInput("a\0b")).toThrow("its name has a null character");
    expect(() => readOne(`${root}/{a,b}.wgsl`)).toThrow("matches 2 files; name one");
    expect(() => writeOutput(root, new Uint8Array())).toThrow(`cannot write '${root}': it is a folder`);
    expect(() => writeOutput(`${root}/no/where`, new Uint8Array())).toThrow("no such file or folder");
  });

  test("reading gives names and bytes", () => {
    const bytes = Uint8Array.from({ length: 700_000 }, (_, i) => i * 7);
    writeOutput(`${root}/two/big.bin`, bytes);
    expect(Buffer.compare(readInput(`${root}/two/big.bin`).bytes, bytes)).toBe(0);
    expect(readInputs([`${root}/two/*.wgsl`])).toEqual([
      { name: `${root}/two/e.wgsl`, bytes: new Uint8Array(new TextEncoder().encode("two/e.wgsl")) },
    ]);
  });

  test("a device without end is not read to its end", () => {
    expect(() => readInput("/dev/zero")).toThrow("'/dev/zero' has more than 67108864 bytes");
  });
});
