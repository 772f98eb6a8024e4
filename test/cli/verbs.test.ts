/** Every verb through `main`, in this process: what it prints where, and its exit code. `command.test.ts` does it from outside. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { main } from "../../cli/main.ts";

let root = "";
const at = (name: string) => join(root, name);
const put = (name: string, content: string | Uint8Array) => writeFileSync(at(name), content);

const SCALE = `@group(0) @binding(0) var<storage, read_write> v: array<u32, 4>;
override K: u32 = 3;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { v[i] = v[i] * K; }
`;
const FLOATS = `@group(1) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(0) var<storage, read_write> o: array<f32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u) {
  o[w.x + n.x * w.y] = a[w.x] + f32(w.y);
}
`;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "portcullis-cli-"));
  put("good.wgsl", SCALE);
  put("floats.wgsl", FLOATS);
  put("wrong.wgsl", "fn f() {\n  let x = 1u;\n  x = 2u;\n}\n");
  put("empty.wgsl", "");
});
afterAll(() => rmSync(root, { recursive: true }));

/** @returns texts without colours and without the name of the folder; `raw` is stdout as it is */
function run(args: string[]): { code: number; out: string; err: string; raw: string } {
  const texts = { out: "", err: "" };
  const write = (to: "out" | "err") => (text: unknown) => {
    texts[to] += text;
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(write("out")),
    vi.spyOn(process.stderr, "write").mockImplementation(write("err")),
  ];
  try {
    const code = main(args);
    if (typeof code !== "number") throw new Error("it goes on");
    const plain = (text: string) => stripVTControlCharacters(text).replaceAll(`${root}/`, "");
    return { code, out: plain(texts.out), err: plain(texts.err), raw: texts.out };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
function portcullis(...args: string[]): { code: number; out: string; err: string } {
  const { code, out, err } = run(args);
  return { code, out, err };
}

describe("usage", () => {
  test.each([
    [[], "name a verb"],
    [["frob"], "unknown verb 'frob'"],
    [["toString"], "unknown verb 'toString'"],
    [["check"], "name at least one file"],
    [["check", "--frob", "x"], "Unknown option '--frob'"],
    [["check", "x", "--format"], "'--format <value>' argument missing"],
    [["check", "x", "--format", "xml"], "--format takes pretty or json or ndjson or sarif or github or junit, not 'xml'"],
    [["check", "x", "--max-warnings", "few"], "--max-warnings takes a whole number, not 'few'"],
    [["check", "x", "--max-warnings="], "--max-warnings takes a whole number, not ''"],
    [["compile"], "name one file, not 0"],
    [["compile", "a", "b"], "name one file, not 2"],
    [
      ["compile", "x", "--emit", "isa,elf"],
      "--emit takes lowered or ir or isa or wat or spvasm or lowered-spvasm or object or spirv or lowered-spirv, not 'elf'",
    ],
    [["compile", "x", "--emit", "object"], "an object is no text: name a file for it with -o"],
    [["compile", "x", "-O", "3"], "--level takes 0 or 1 or 2, not '3'"],
    [["compile", "x", "--override", "K"], "--override: 'K' is not of the form name=value"],
    [["dis", "x", "--emit", "object"], "an object is no text"],
    [["dis", "x", "--emit", "spirv"], "a SPIR-V module is no text: 'compile --emit spirv -o FILE' writes it"],
    [["compile", "x", "--emit", "lowered-spirv"], "a SPIR-V module is no text: name a file for it with -o"],
    [["compile", "x", "--emit", "object,spirv", "-o", "y"], "one file holds one form: object or spirv"],
    [["verify"], "name at least one file"],
    [["run"], "name one file, not 0"],
    [["run", "x", "--tier", "gpu"], "--tier takes jit or reference, not 'gpu'"],
    [["run", "x", "--fuel", "-1"], "argument is ambiguous"],
    [["run", "x", "--fuel=-1"], "--fuel takes a whole number, not '-1'"],
  ])("%j exits 2", (args, message) => {
    const { code, out, err } = portcullis(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`error: `);
    expect(err).toContain(message);
  });

  test("help is a result", () => {
    expect(portcullis("--help")).toMatchObject({ code: 0, err: "" });
    for (const verb of ["check", "compile", "dis", "verify", "run"]) {
      expect(portcullis("help").out).toContain(`\n  ${verb} `);
      expect(portcullis(verb, "--help").out).toContain(`portcullis ${verb} `);
      expect(portcullis(verb, "-h").code).toBe(0);
    }
  });
});

describe("check", () => {
  test("prints findings with a caret, and counts", () => {
    expect(portcullis("check", at("wrong.wgsl"), at("good.wgsl"))).toEqual({
      code: 1,
      out: `error[W0291]: cannot assign to 'x', declared with 'let'
 --> wrong.wgsl:3:3
3 |   x = 2u;
  |   ^
note: 'x' is declared here; use 'var' to make it assignable
 --> wrong.wgsl:2:7
2 |   let x = 1u;
  |       ^
help: use: 'var'
`,
      err: "2 files, 1 error, 0 warnings\n",
    });
  });

  test("takes empty files", () => expect(portcullis("check", at("empty.wgsl")).code).toBe(0));

  test("checks the rest where a file cannot be read", () => {
    const { code, out, err } = portcullis("check", at("missing.wgsl"), at("wrong.wgsl"), root);
    expect(code).toBe(2);
    expect(out).toContain("wrong.wgsl:3:3");
    expect(err).toContain("cannot read 'missing.wgsl': no such file or folder");
    expect(err).toContain("it is a folder");
    expect(err).toContain("1 file, 1 error, 0 warnings, 2 unreadable");
  });

  test("prints JSON", () => {
    const { code, out, err } = portcullis("check", "--format", "json", at("wrong.wgsl"), at("empty.wgsl"));
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      files: [
        { file: "wrong.wgsl", diagnostics: [{ severity: "error", code: "W0291", line: 3, column: 3, offset: 25, length: 1 }] },
        { file: "empty.wgsl", diagnostics: [] },
      ],
    });
  });

  test("bounds what it says", () => {
    put("many.wgsl", `fn f() { ${"_ = 1u + 1i; ".repeat(5000)} }\n`);
    const { out } = portcullis("check", at("many.wgsl"));
    expect(out).toContain("and 4900 more");
    expect(out.length).toBeLessThan(100_000);
    expect(JSON.parse(portcullis("check", "--format=json", at("many.wgsl")).out).files[0]).toMatchObject({ dropped: 4900 });
  });

  test("--max-warnings makes warnings findings", () => {
    put("warned.wgsl", "diagnostic(off, frobnication);\n");
    expect(portcullis("check", at("warned.wgsl"))).toEqual({
      code: 0,
      out: expect.stringContaining("warning[W0252]: "),
      err: "1 file, 0 errors, 1 warning\n",
    });
    expect(portcullis("check", at("warned.wgsl"), "--max-warnings", "1").code).toBe(0);
    expect(portcullis("check", at("warned.wgsl"), "--max-warnings", "0").code).toBe(1);
  });

  test.each([
    [
      "latin1",
      [0x2f, 0x2f, 0x0a, 0x2f, 0x2f, 0xe9, 0x0a],
      "error[W0003]: the source is not UTF-8: byte 0xe9 at offset 5\n --> bytes.wgsl:2:3",
    ],
    ["cut short", [0x2f, 0x2f, 0xe2, 0x82], "error[W0003]: the source is not UTF-8: byte 0xe2 at offset 2\n --> bytes.wgsl:1:3"],
    ["overlong", [0x2f, 0x2f, 0xc0, 0xaf], "error[W0003]: the source is not UTF-8: byte 0xc0 at offset 2\n --> bytes.wgsl:1:3"],
    [
      "surrogate",
      [0x2f, 0x2f, 0xc3, 0xa9, 0xed, 0xa0, 0x80],
      "error[W0003]: the source is not UTF-8: byte 0xed at offset 4\n --> bytes.wgsl:1:4",
    ],
    ["null", [0x2f, 0x2f, 0x0a, 0x00], "error[W0101]: the source contains a null code point\n --> bytes.wgsl:2:1"],
    ["byte order mark", [0xef, 0xbb, 0xbf, 0x2f, 0x2f], " --> bytes.wgsl:1:1"],
  ])("bytes that are no text: %s", (_, bytes, message) => {
    put("bytes.wgsl", Uint8Array.from(bytes));
    const { code, out } = portcullis("check", at("bytes.wgsl"));
    expect(out).toContain(message);
    expect(code).toBe(1);
    expect(portcullis("compile", at("bytes.wgsl")).out).toBe(out);
  });

  test("a replacement character in the source is text", () => {
    put("bytes.wgsl", "// \ufffd\n");
    expect(portcullis("check", at("bytes.wgsl")).code).toBe(0);
  });

  test("lets no control character through", () => {
    put("bytes.wgsl", "fn \u001b[2Jf() { let \u202ex = 1; }\u0007\n");
    const { code, raw } = run(["check", at("bytes.wgsl")]);
    expect(code).toBe(1);
    expect(raw).toContain("\ufffd[2Jf() { let \ufffdx = 1; }\ufffd");
    expect(["\u001b[2J", "\u202e", "\u0007"].filter((c) => raw.includes(c))).toEqual([]);
  });
});

describe("compile, dis and verify", () => {
  test("an object is written, accepted, printed and run", () => {
    expect(portcullis("compile", at("good.wgsl"), "-o", at("good.pco"))).toMatchObject({ code: 0, out: "" });
    expect(portcullis("verify", at("good.pco"))).toEqual({ code: 0, out: "good.pco: accepted\n", err: "" });
    const dis = portcullis("dis", at("good.pco"));
    expect(dis.code).toBe(0);
    expect(dis.out).toMatch(/^== isa ==\n\.stage compute\n.*\n== wat ==\n\(module\n.*\n\)\n$/s);
    expect(portcullis("run", at("good.pco"), "--bind", "0.0=u32:1,2,3,4")).toMatchObject({ code: 0, out: "0.0 u32 3 6 9 12\n" });
  });

  test("SPIR-V, as text and as bytes", () => {
    const { code, out } = portcullis("dis", at("good.wgsl"), "--emit", "spvasm,lowered-spvasm");
    expect(code).toBe(0);
    expect(out).toMatch(/^== spvasm ==\n; SPIR-V\n.*\n== lowered-spvasm ==\n; SPIR-V\n.*OpEntryPoint GLCompute %1 "main"/s);
    expect(portcullis("compile", at("good.wgsl"), "--emit", "spirv", "-o", at("good.spv"))).toMatchObject({ code: 0, out: "" });
    expect([...readFileSync(at("good.spv")).subarray(0, 8)]).toEqual([3, 2, 0x23, 7, 0, 3, 1, 0]);
  });

  test("forms are printed as asked", () => {
    const { code, out } = portcullis("compile", at("good.wgsl"), "--emit", "lowered,ir");
    expect(code).toBe(0);
    expect(out.match(/^fn @main/gm)?.length).toBe(2);
    expect(portcullis("compile", at("good.wgsl")).out).toMatch(/^\.stage compute\n/);
    expect(portcullis("dis", at("good.wgsl"), "--emit", "isa").out).toMatch(/^== isa ==\n\.stage compute\n/);
  });

  test("overrides and entry points are chosen", () => {
    put("two.wgsl", `${SCALE}@compute @workgroup_size(1) fn other() { v[0] = 7u; }\n`);
    expect(portcullis("compile", at("two.wgsl"))).toMatchObject({ code: 1, out: expect.stringContaining("'main', 'other'") });
    expect(portcullis("run", at("two.wgsl"), "--entry", "other", "--bind", "0.0=zero:16").out).toBe("0.0 u32 7 0 0 0\n");
    expect(portcullis("compile", at("two.wgsl"), "--entry", "third")).toMatchObject({ code: 1, out: expect.stringContaining("'third'") });
    expect(portcullis("compile", at("good.wgsl"), "--override", "J=1")).toMatchObject({ code: 1, out: expect.stringContaining("'J'") });
    expect(portcullis("compile", at("good.wgsl"), "--override", "K=-1")).toMatchObject({ code: 1 });
    expect(portcullis("compile", at("empty.wgsl"))).toMatchObject({ code: 1, out: "error: there is no entry point\n --> empty.wgsl\n" });
    expect(portcullis("dis", at("wrong.wgsl"))).toMatchObject({ code: 1, out: expect.stringContaining("error[W0291]") });
  });

  test("changed objects are rejected with rule, word and reason", () => {
    portcullis("compile", at("good.wgsl"), "-o", at("good.pco"));
    const bytes = new Uint8Array(readFileSync(at("good.pco")));
    const codeAt = 4 * (16 + 3 + 6); // header, one function, one slot
    put("changed.pco", bytes.with(codeAt, 0xff));
    const verify = portcullis("verify", at("changed.pco"), at("good.pco"), at("empty.wgsl"));
    expect(verify.code).toBe(1);
    expect(verify.out).toMatch(/^changed\.pco: rejected by V03 at word 0: .+\ngood\.pco: accepted\nempty\.wgsl: rejected by V01: .+\n$/);
    const dis = portcullis("dis", at("changed.pco"));
    expect(dis.code).toBe(1);
    expect(dis.out).toContain(".word 0x");
    expect(dis.out).toContain("changed.pco: rejected by V03");
    expect(portcullis("run", at("changed.pco"))).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^changed\.pco: rejected by V03 at word 0/),
    });
  });

  test.each([
    [["compile", "good.wgsl", "-o", "no/where.pco"], "cannot write 'no/where.pco': no such file or folder"],
    [["verify", "missing.pco"], "cannot read 'missing.pco'"],
    [["dis", "good.pco", "--emit", "ir"], "IR is of shaders; an object has none"],
    [["dis", "good.pco", "--emit", "spvasm"], "SPIR-V is of shaders; an object has none"],
    [["run", "good.pco", "--entry", "main"], "an object is compiled already"],
    [["run", "good.pco", "--override", "K=2"], "an object is compiled already"],
  ])("%j exits 2", (args, message) => {
    portcullis("compile", at("good.wgsl"), "-o", at("good.pco"));
    const { code, err } = portcullis(...args.map((arg) => (arg.includes(".wgsl") || arg.includes(".pco") ? at(arg) : arg)));
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });
});

describe("run", () => {
  test("binds on top of the file's directives", () => {
    put("told.wgsl", `//! dispatch 2; bind 1.2 f32 1 -0 0.1; bind 0.0 f32 zero 4\n${FLOATS}`);
    expect(portcullis("run", at("told.wgsl"))).toMatchObject({ code: 0, out: "0.0 f32 1 0 0 0\n" });
    expect(portcullis("run", at("told.wgsl"), "--dispatch", "2,2,1")).toMatchObject({ out: "0.0 f32 1 0 2 1\n" });
    expect(portcullis("run", at("told.wgsl"), "--bind", "1.2=f32:inf,nan").out).toBe("0.0 f32 inf nan 0 0\n");
    expect(portcullis("run", at("told.wgsl"), "--bind", "1.2=f32:range:2", "--bind", "0.0=f32:5,6,7", "--dispatch=1").out).toBe(
      "0.0 f32 0 6 7\n",
    );
    expect(portcullis("run", at("told.wgsl"), "--dispatch", "0").out).toBe("0.0 f32 0 0 0 0\n");
  });

  test("binds files", () => {
    put("data.bin", new Uint8Array(Uint32Array.of(1, 2, 3, 4, 5).buffer).subarray(0, 18));
    expect(portcullis("run", at("good.wgsl"), "--bind", `0.0=@${at("data.bin")}`)).toMatchObject({ code: 0, out: "0.0 u32 3 6 9 12 5\n" });
    expect(portcullis("run", at("good.wgsl"), "--bind", `0.0=@${at("none.bin")}`)).toMatchObject({ code: 2 });
  });

  test("both tiers give the same", () => {
    const [jit, reference] = ["jit", "reference"].map((tier) =>
      portcullis("run", at("good.wgsl"), "--bind", "0.0=u32:range:4", "--override", "K=0x10", "--tier", tier, "-O0"),
    );
    expect(jit).toMatchObject({ code: 0, out: "0.0 u32 0 16 32 48\n", err: expect.stringContaining("jit: 1 x 1 x 1 workgroups") });
    expect(reference).toMatchObject({ code: 0, out: jit!.out, err: expect.stringContaining("reference: 1 x 1 x 1 workgroups") });
  });

  test("says which buffers nothing uses", () => {
    const { code, err } = portcullis("run", at("good.wgsl"), "--bind", "0.0=zero:16", "--bind", "0.5=zero:4");
    expect(code).toBe(0);
    expect(err).toContain("binding 0.5 is not used by the shader");
  });

  test("prints the first words of large buffers", () => {
    const { out } = portcullis("run", at("good.wgsl"), "--bind", "0.0=u32:range:1000");
    expect(out.trimEnd().split(" ").length).toBe(2 + 256 + 3);
    expect(out).toMatch(/ 255 \.\.\. 744 more\n$/);
  });

  test.each([
    [["--bind", "nonsense"], "--bind: 'nonsense' is not of the form group.binding=contents"],
    [["--bind", "0=u32:1"], "--bind: '0' is not of the form group.binding"],
    [["--bind", "0.0="], "--bind: '' is none of u32, i32, f32, zero"],
    [["--bind", "0.0=u32:"], "--bind: '' is no u32"],
    [["--bind", "0.0=u32:1,,2"], "--bind: '' is no u32"],
    [["--bind", "0.0=u32:1.5"], "--bind: '1.5' is no u32"],
    [["--bind", "0.0=u64:1"], "--bind: 'u64' is none of u32, i32, f32, zero"],
    [["--bind", "0.0=zero:-1"], "--bind: 'zero' takes a byte count"],
    [["--bind", "0.0=zero:1e9"], "--bind: 'zero' takes a byte count"],
    [["--bind", "0.0=zero:268435456", "--bind", "0.1=zero:4"], "--bind: all buffers together have more than 268435456 bytes"],
    [["--bind", "0.0=@"], "cannot read ''"],
    [["--bind", "0.0=@/"], "cannot read '/': it is a folder"],
    [["--dispatch", "1,2,3,4"], "--dispatch takes one to three workgroup counts"],
    [["--dispatch", ""], "--dispatch takes one to three workgroup counts"],
    [["--dispatch", "70000"], "--dispatch takes one to three workgroup counts"],
    [[], "the shader uses binding 0.0: give it contents with 'bind 0.0 ...'"],
    [["--bind", "0.0=zero:12"], "binding 0.0 has 12 bytes, the shader needs at least 16"],
    [["--bind", "0.0=zero:16", "--png", "x.png"], "--png needs an image"],
  ])("%j exits 2", (args, message) => {
    const { code, err, out } = portcullis("run", at("good.wgsl"), ...args);
    expect({ code, err, out }).toEqual({ code: 2, err: expect.stringContaining(`error: ${message}`), out: "" });
  });

  test("wrong directives exit 2 with their line", () => {
    put("told.wgsl", `// hello\n//! dispatch many\n${SCALE}`);
    expect(portcullis("run", at("told.wgsl"))).toMatchObject({ code: 2, err: expect.stringContaining("told.wgsl:2: 'dispatch' takes") });
  });

  test("findings exit 1", () => {
    expect(portcullis("run", at("wrong.wgsl"))).toMatchObject({ code: 1, out: expect.stringContaining("error[W0291]") });
    put("vertex.wgsl", "@vertex fn v() -> @builtin(position) vec4f { return vec4f(); }");
    expect(portcullis("run", at("vertex.wgsl"))).toMatchObject({
      code: 1,
      out: "error: there is no compute entry point\n --> vertex.wgsl\n",
    });
  });

  test.each(["jit", "reference"])("an endless loop is a trap at its line: %s", (tier) => {
    put(
      "endless.wgsl",
      `@group(0) @binding(0) var<storage, read_write> v: array<u32, 4>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  var x = i;
  loop {
    x = x * 5u + 1u;
    if (v[3] == 1u) { break; }
  }
  v[i] = x;
}
`,
    );
    const { code, out } = portcullis("run", at("endless.wgsl"), "--bind", "0.0=zero:16", "--fuel", "100000", "--tier", tier);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^trap\[T06\]: the dispatch ran out of fuel.*\n --> endless\.wgsl:[456]:\d+\n[456] \|.*\n {2}\| *\^\nnote: workgroup 0, code word \d+\n$/,
    );
    portcullis("compile", at("endless.wgsl"), "-o", at("endless.pco"));
    const object = portcullis("run", at("endless.pco"), "--bind", "0.0=zero:16", "--fuel", "100000", "--tier", tier);
    expect(object).toMatchObject({ code: 1, out: expect.stringMatching(/\n --> endless\.pco:[456]:\d+\nnote: /) });
  });

  test("pictures", () => {
    put(
      "picture.wgsl",
      `//! dispatch 3 2; bind 0.0 u32 zero 6; image 0.0 3 2
@group(0) @binding(0) var<storage, read_write> p: array<u32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) w: vec3u) { p[w.x + 3u * w.y] = 0xff000000u | (w.x * 100u) | (w.y << 8u); }
`,
    );
    const shown = portcullis("run", at("picture.wgsl"));
    expect(shown.code).toBe(0);
    expect(shown.out.split("\n").length).toBe(2);
    expect(portcullis("run", at("picture.wgsl"), "--png", at("p.png"))).toMatchObject({ code: 0, out: "" });
    const { width, height, data } = decode(readFileSync(at("p.png")));
    expect({ width, height, data: [...data] }).toEqual({
      width: 3,
      height: 2,
      data: [0, 100, 200].flatMap((r) => [r, 0, 0, 255]).concat([0, 100, 200].flatMap((r) => [r, 1, 0, 255])),
    });
    expect(portcullis("run", at("picture.wgsl"), "--png", at("no/p.png"))).toMatchObject({ code: 2 });
    const small = portcullis("run", at("picture.wgsl"), "--bind", "0.0=zero:20");
    expect(small).toMatchObject({ code: 0, err: expect.stringContaining("binding 0.0, is no buffer of 3 x 2 words") });
    expect(portcullis("run", at("picture.wgsl"), "--bind", "0.0=zero:20", "--png", at("q.png")).code).toBe(2);
  });
});
