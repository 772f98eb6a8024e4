/** The page of every code: that it is there, and that its examples are what it says they are. They are compiled, or verified, or run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkFile } from "../../cli/check/file.ts";
import { settingsOf } from "../../cli/check/settings.ts";
import { parseDirectives, readOverride } from "../../cli/directives.ts";
import { launch } from "../../cli/launch.ts";
import { CAUSE_NAME, trapCode } from "../../cli/trap.ts";
import { check } from "../../frontend/wgsl/check.ts";
import { CODES } from "../../frontend/wgsl/codes.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import { assemble } from "../../sandbox/isa/assemble.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { RULES } from "../../sandbox/verifier/rules.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { Budget } from "../../support/column.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { compile } from "../../webgpu/shader.ts";

const FOLDER = join(import.meta.dirname, "../../docs/codes");
const SENTENCES = new Map<string, string>([
  ...Object.entries(CODES),
  ...RULES.map(({ id, says }) => [id, says] as const),
  ...[...CAUSE_NAME].map(([cause, says]) => [trapCode(cause), says] as const),
]);
/** Pages without examples: reserved rules are never reported, and these others cannot be had from a few lines, as their pages say. */
const WITHOUT = new Set([
  ...RULES.filter((r) => r.scope === "reserved" && r.id !== "V01").map((r) => r.id),
  "V10",
  "V30",
  "T02",
  "T03",
  "T08",
  "T16",
]);

interface Block {
  readonly info: string;
  readonly text: string;
}
interface Page {
  readonly title: string;
  readonly wrong: Block | undefined;
  readonly right: Block | undefined;
  readonly text: string;
}

function pageOf(code: string): Page {
  const text = readFileSync(join(FOLDER, `${code}.md`), "utf8");
  const block = (heading: string): Block | undefined => {
    const found = new RegExp(`\n## ${heading}\n\n\`\`\`(.*)\n([^]*?)\n\`\`\`\n`).exec(text);
    return found ? { info: found[1]!, text: found[2]! } : undefined;
  };
  return { title: text.slice(0, text.indexOf("\n")), wrong: block("Wrong"), right: block("Right"), text };
}

const bytesOf = (hex: string) => Uint8Array.from(hex.split(/\s+/), (byte) => Number.parseInt(byte, 16));
const encode = (text: string) => new TextEncoder().encode(text);

/** Codes that an example gives. */
function codesOf({ info, text }: Block): string[] {
  const [language = "", ...rest] = info.split(" ");
  switch (language) {
    case "isa":
    case "object": {
      const verdict = verify(language === "isa" ? assembled(text) : bytesOf(text));
      return verdict.ok ? [] : [verdict.rule];
    }
    case "hex":
      return checked("x.wgsl", bytesOf(text), []);
    case "ts":
      return checked("x.ts", encode(text), []);
    case "wgsl":
      return wgslCodes(text, rest);
    default:
      throw new Error(`what is '${language}'?`);
  }
}

function assembled(text: string): Uint8Array {
  const result = assemble(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return encodeObject(result.parts);
}

function wgslCodes(text: string, options: readonly string[]): string[] {
  const [first = ""] = options;
  if (first === "compile") return compile(text, {}).diagnostics.map((d) => d.code);
  if (first === "run") return runCodes(text);
  if (first === "escapes") return checked("x.wgsl", encode(JSON.parse(`"${text.replaceAll("\n", "\\n")}"`)), []);
  if (first.startsWith("memory=")) {
    const [diagnostics, budget] = [new DiagnosticList(), new Budget(Number(first.slice("memory=".length)))];
    check(parse(text, diagnostics, budget), diagnostics, { budget });
    return diagnostics.items.map((d) => d.code);
  }
  return checked("x.wgsl", encode(text), options);
}

function checked(name: string, bytes: Uint8Array, options: readonly string[]): string[] {
  const value = (option: string) => (options.includes(option) ? options[options.indexOf(option) + 1] : undefined);
  const overrides: Record<string, number> = {};
  const override = value("--override");
  if (override !== undefined) expect(readOverride(overrides, override)).toBeNull();
  const settings = settingsOf({ features: undefined, limits: value("--limits"), entryPoint: value("--entry-point"), overrides });
  return checkFile({ name, bytes }, settings, null).diagnostics.map((d) => d.code);
}

function runCodes(text: string): string[] {
  const { binds, dispatch, errors } = parseDirectives(text);
  expect(errors).toEqual([]);
  const { object } = compile(text, {});
  const result = launch({ object: object!, binds, dispatch, tier: "reference", fuel: 10_000 });
  return result.status === "done" ? [] : result.status === "trapped" ? [trapCode(result.trap.cause)] : [result.status];
}

test("every code has a page, and every page a code", () => {
  const pages = readdirSync(FOLDER).filter((name) => name !== "README.md");
  expect(pages.sort()).toEqual([...SENTENCES.keys()].map((code) => `${code}.md`).sort());
});

describe.each([...SENTENCES])("%s", (code, says) => {
  const page = pageOf(code);
  test("its page has its sentence, says more, and has no line that runs on", () => {
    expect(page.title).toBe(`# ${code}: ${code[0] === "T" ? says.replace(/:.*|, which is.*/, "") : says}`);
    expect(page.text.split("\n")[2]!.length).toBeGreaterThan(40);
    if (code >= "W0100") expect(page.text).toMatch(/\n## See\n\nhttps:\/\/www\.w3\.org\/TR\/WGSL\/#[a-z0-9-]+\n$/);
  });
  if (WITHOUT.has(code)) test("it has no examples", () => expect([page.wrong, page.right]).toEqual([undefined, undefined]));
  else {
    test("the wrong example gives this code and no other", () => expect(codesOf(page.wrong!)).toEqual([code]));
    test("the right example gives none", () => expect(codesOf(page.right!)).toEqual([]));
  }
});
