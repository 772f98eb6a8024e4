/**
 * The SPIR-V writer: every shader and IR file of the test suite, as the front end makes it and after the passes, gives a module in which all that
 * `reader.ts` asks holds, and that spirv-val accepts for Vulkan 1.1; its text is spirv-dis's, and spirv-as reads it back.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Module } from "../../../ir/module.ts";
import { parse } from "../../../ir/parse.ts";
import { printSpirv } from "../../../ir/spirv/print.ts";
import { spirvBytes, writeSpirv } from "../../../ir/spirv/write.ts";
import { checkShader, compileShader } from "../../../webgpu/compile.ts";
import { checkModule } from "./reader.ts";
import { hasSpirvTools, SpirvTools } from "./tools.ts";

const FILES = join(import.meta.dirname, "../../files");
const tools = hasSpirvTools ? new SpirvTools() : null;
afterAll(() => tools?.close());

/** All modules that tests below have made, for spirv-val at the end. */
const made = new Map<string, Uint8Array>();
function examine(name: string, words: Uint32Array): void {
  expect(checkModule(words)).toEqual([]);
  made.set(name, spirvBytes(words));
}

/** Modules of each entry point at each stage of compilation. */
function modulesOf(file: string): Map<string, Uint32Array> {
  const modules = new Map<string, Uint32Array>();
  const shader = checkShader(readFileSync(file, "utf8"));
  for (const fn of shader.checked?.functions ?? []) {
    if (fn.stage !== "compute") continue;
    for (const level of [0, 2] as const) {
      compileShader({
        shader,
        entryPoint: fn.name,
        stage: fn.stage,
        level,
        onIr: (when, _, module) => {
          if (when === "lowered" && level === 0) return;
          modules.set(`${fn.name} ${when === "lowered" ? "lowered" : `level ${level}`}`, writeSpirv(module));
        },
      });
    }
  }
  return modules;
}
/** The module of an IR file, a pass's input; null for files that are to be wrong. */
function readIr(file: string): Module | null {
  const read = parse(readFileSync(file, "utf8").split("//== after")[0]!);
  return read.ok ? read.module : null;
}
const filesOf = (folder: string, ending: string) =>
  readdirSync(join(FILES, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

describe("shaders", () => {
  const files = [...filesOf("run", ".wgsl"), ...filesOf("spirv", ".wgsl")];
  test.each(files)("%s", (file) => {
    const modules = modulesOf(join(FILES, file));
    expect(modules.size).toBeGreaterThanOrEqual(3);
    for (const [form, words] of modules) examine(`${file} ${form}`, words);
  });
});

describe("IR files", () => {
  const files = [...filesOf("passes", ".ir"), ...filesOf("backend", ".ir"), ...filesOf("ir", ".ir")];
  let written = 0;
  test.each(files)("%s", (file) => {
    const m = readIr(join(FILES, file));
    if (!m?.entry) return;
    examine(file, writeSpirv(m));
    written++;
  });
  test("most of them are modules", () => expect(written).toBeGreaterThan(files.length / 4));
});

/** `golden/<file>.spvasm`, of what the front end makes, or of IR with spans: BLESS=1 writes them anew. */
test.each(["run/saxpy.wgsl", "spirv/exits.wgsl", "spirv/spans.ir"])("golden text of %s", (name) => {
  const text = printSpirv(
    name.endsWith(".ir") ? writeSpirv(readIr(join(FILES, name))!) : modulesOf(join(FILES, name)).get("main lowered")!,
  );
  const path = join(import.meta.dirname, "golden", `${basename(name).split(".")[0]}.spvasm`);
  if (process.env.BLESS) writeFileSync(path, text);
  else expect(text).toBe(readFileSync(path, "utf8"));
});

test.skipIf(!tools)("spirv-val accepts all of them (skipped where spirv-tools is not installed)", { timeout: 120_000 }, () => {
  expect(made.size).toBeGreaterThan(100);
  expect(tools!.validate(made)).toBe("");
});

describe.skipIf(!tools)("text, by spirv-tools", () => {
  test.each(filesOf("run", ".wgsl").slice(0, 8))("%s", (file) => {
    for (const words of modulesOf(join(FILES, file)).values()) {
      const text = printSpirv(words);
      expect(text).toBe(tools!.disassemble(spirvBytes(words)));
      const back = new DataView(tools!.assemble(text).buffer);
      // word 2 names the program that wrote the module
      words.forEach((word, i) => {
        if (i !== 2 && back.getUint32(4 * i, true) !== word) throw new Error(`word ${i} is read back as another`);
      });
    }
  });
});

test("text of words that are no module", () => {
  expect(printSpirv(new Uint32Array())).toContain("not a SPIR-V module");
  expect(printSpirv(Uint32Array.of(0x07230203, 0x10300, 0, 1, 0, 0x00050001, 2))).toContain("word 5: not an instruction");
  expect(printSpirv(Uint32Array.of(0x07230203, 0x10300, 0, 1, 0, 0x00011234))).toContain("opcode 4660");
});
