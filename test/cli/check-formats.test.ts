/** What `check` prints in each format, against what reads it: schemas, parsers and rules of escaping. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ajvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import type { Log } from "sarif";
import { describe, expect, test } from "vitest";
import { githubReporter } from "../../cli/check/github.ts";
import { jsonReporter, ndjsonReporter } from "../../cli/check/json.ts";
import { junitReporter } from "../../cli/check/junit.ts";
import type { FileResult, Reporter, Write } from "../../cli/check/result.ts";
import { sarifReporter, uriOf } from "../../cli/check/sarif.ts";
import type { RawDiagnostic } from "../../support/diagnostic.ts";
import { LineIndex } from "../../support/source.ts";
import { Folder } from "./harness.ts";

const folder = new Folder({
  "wrong.wgsl": "fn f() {\n  let x = 1u;\n  x = 2u;\n}\n",
  "warned.wgsl": "diagnostic(off, frobnication);\n",
  "good.wgsl": "fn f() {}\n",
  "odd name, 100%:é.wgsl": "fn f() { colour(); }\nfn color() {}\n",
  "bytes.wgsl": Uint8Array.of(0x2f, 0x2f, 0xe9),
  "app.ts": "const s = wgsl`fn f() { $" + "{x} }`;\n",
});
const ALL = ["./wrong.wgsl", "./warned.wgsl", "./good.wgsl", "./odd name, 100%:é.wgsl", "./bytes.wgsl", "./app.ts"];

const d = (message: string, more: Partial<RawDiagnostic> = {}): RawDiagnostic => ({
  severity: "error",
  code: "W0200",
  message,
  span: { offset: 0, length: 1 },
  notes: [],
  ...more,
});
function printed(make: (write: Write) => Reporter, results: readonly Partial<FileResult>[], unreadable: readonly string[] = []): string {
  let text = "";
  const reporter = make((part) => {
    text += part;
  });
  for (const r of results) {
    reporter.file({ file: "a.wgsl", lines: new LineIndex("a\nb\nc"), diagnostics: [], dropped: 0, errors: 0, warnings: 0, ...r });
  }
  for (const file of unreadable) reporter.unreadable(file, "no such file");
  reporter.end({ files: results.length, errors: 0, warnings: 0, unreadable: unreadable.length });
  return text;
}

/** What would break a format if it were not escaped. */
const HOSTILE = "a'\"<&>%0A\r\n::error::x\u0000\u0007\ud800]]>,:\u2028";

describe("sarif", () => {
  const require = createRequire(import.meta.url);
  const schemaFile = join(require.resolve("@microsoft/jest-sarif/package.json"), "../lib/schemas/sarif-2.1.0-rtm.5.json");
  const ajv = new ajvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  const isValid = (text: string): Log => {
    const log = JSON.parse(text);
    validate(log);
    expect(validate.errors ?? []).toEqual([]);
    return log;
  };

  test("the schema is one that says no", () => expect(validate({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false));

  test("is valid, and has what code scanning shows", () => {
    const { code, out, err } = folder.run("check", "--format", "sarif", ...ALL);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const { runs } = isValid(out);
    const { results = [], tool } = runs[0]!;
    expect(results.map((r) => [r.ruleId, r.level])).toEqual([
      ["W0291", "error"],
      ["W0252", "warning"],
      ["W0200", "error"],
      ["W0003", "error"],
      ["W0004", "note"],
    ]);
    for (const r of results) expect(tool.driver.rules![r.ruleIndex!]!.id).toBe(r.ruleId);
    expect(results[0]!.locations![0]!.physicalLocation!.region).toEqual({
      startLine: 3,
      startColumn: 3,
      endLine: 3,
      endColumn: 4,
      charOffset: 25,
      charLength: 1,
    });
    expect(results[0]!.relatedLocations![0]!.message!.text).toContain("use 'var'");
    expect(results[0]!.locations![0]!.physicalLocation!.artifactLocation!.uri).toBe("file://wrong.wgsl");
    expect(tool.driver.semanticVersion).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
  });

  test("a fix is a change", () => {
    const fix = { message: "did you mean", span: { offset: 2, length: 1 }, replacement: "c" };
    const text = printed((w) => sarifReporter(w, "1.0.0"), [{ diagnostics: [d("x", { fix })] }]);
    expect(isValid(text).runs[0]!.results![0]!.fixes![0]!.artifactChanges[0]!.replacements).toMatchObject([
      { deletedRegion: { startLine: 2, charOffset: 2, charLength: 1 }, insertedContent: { text: "c" } },
    ]);
  });

  test("is valid for nothing, for the unreadable and for hostile texts", () => {
    expect(isValid(printed((w) => sarifReporter(w, "1.0.0"), [])).runs[0]!.results).toEqual([]);
    const results = [{ file: HOSTILE, diagnostics: [d(HOSTILE, { notes: [{ message: HOSTILE }] })], dropped: 3 }];
    const { invocations } = isValid(printed((w) => sarifReporter(w, "1.0.0"), results, ["gone"])).runs[0]!;
    expect(invocations![0]!.executionSuccessful).toBe(false);
    expect(invocations![0]!.toolExecutionNotifications).toHaveLength(2);
  });

  test("names become URIs", () => {
    expect(uriOf("src/a b/c#d?.wgsl")).toBe("src/a%20b/c%23d%3F.wgsl");
    expect(uriOf("/x/100%.wgsl")).toBe("file:///x/100%25.wgsl");
    expect(uriOf("<stdin>")).toBe("%3Cstdin%3E");
  });
});

/** Elements of an XML text, by a parser strict enough for this: anything that does not balance or is not escaped throws. */
function elements(xml: string): { name: string; attributes: Record<string, string>; text: string; depth: number }[] {
  const found: { name: string; attributes: Record<string, string>; text: string; depth: number }[] = [];
  const open: string[] = [];
  const unescaped = (text: string) => {
    if (/[<>"']/.test(text) || /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`not escaped: ${text}`);
    return text.replace(/&(#?\w+);/g, (_, e: string) =>
      e[0] === "#" ? String.fromCharCode(Number(e.slice(1))) : ({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }[e] ?? ""),
    );
  };
  if (!xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')) throw new Error("no declaration");
  const parts = xml.slice(xml.indexOf("\n") + 1).split(/(<[^>]*>)/);
  for (const part of parts) {
    if (!part.startsWith("<")) {
      if (open.length > 0 && found.length > 0 && part.trim() !== "") found[found.length - 1]!.text += unescaped(part);
      else if (part.trim() !== "") throw new Error(`text outside: ${part}`);
    } else if (part.startsWith("</")) {
      if (open.pop() !== part.slice(2, -1)) throw new Error(`unbalanced ${part}`);
    } else {
      const tag = /^<([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>$/.exec(part);
      if (!tag) throw new Error(`no tag: ${part}`);
      const attributes = Object.fromEntries([...tag[2]!.matchAll(/ ([a-z]+)="([^"]*)"/g)].map((m) => [m[1]!, unescaped(m[2]!)]));
      found.push({ name: tag[1]!, attributes, text: "", depth: open.length });
      if (tag[3] === "") open.push(tag[1]!);
    }
  }
  if (open.length > 0) throw new Error(`open: ${open}`);
  return found;
}

describe("junit", () => {
  test("suites count their cases", () => {
    const { code, out } = folder.run("check", "--format", "junit", ...ALL, "./missing.wgsl");
    expect(code).toBe(2);
    const all = elements(out);
    expect(all[0]).toMatchObject({ name: "testsuites", depth: 0 });
    const suites = all.filter((e) => e.name === "testsuite");
    expect(
      suites.map((e) => [e.attributes.name, e.attributes.tests, e.attributes.failures, e.attributes.errors, e.attributes.skipped]),
    ).toEqual(
      [
        [folder.at("wrong.wgsl"), "1", "1", "0", "0"],
        ["warned.wgsl", "1", "0", "0", "0"],
        ["good.wgsl", "1", "0", "0", "0"],
        ["odd name, 100%:é.wgsl", "1", "1", "0", "0"],
        ["bytes.wgsl", "1", "1", "0", "0"],
        ["app.ts", "1", "0", "0", "1"],
        ["missing.wgsl", "1", "0", "1", "0"],
      ].map(([name, ...rest]) => [name!.replace(`${folder.path}/`, ""), ...rest]),
    );
    expect(all.filter((e) => e.name === "testcase")).toHaveLength(7);
    expect(all.find((e) => e.name === "failure")).toMatchObject({
      attributes: { type: "W0291" },
      text: expect.stringContaining("3 |   x = 2u;"),
    });
    expect(all.find((e) => e.name === "system-out")!.text).toContain("warning[W0252]");
  });

  test("hostile texts are escaped", () => {
    const xml = printed(junitReporter, [{ file: HOSTILE, diagnostics: [d(HOSTILE)] }], [HOSTILE]);
    const failure = elements(xml).find((e) => e.name === "failure")!;
    expect(failure.attributes.message).toBe(HOSTILE.replaceAll("\0", "\ufffd").replace("\u0007", "\ufffd").replace("\ud800", "\ufffd"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(xml).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f]/);
    expect(xml).toMatch(/^<\?xml/);
  });
});

describe("github", () => {
  test("is one command per line, with what ends a command or a property escaped", () => {
    const results = [{ file: "a,b:c%.wgsl", diagnostics: [d("100% of\nlines", { notes: [{ message: "look: here" }] })] }];
    expect(printed(githubReporter, results)).toBe(
      "::error file=a%2Cb%3Ac%25.wgsl,line=1,endLine=1,col=1,endColumn=1,title=W0200::100%25 of lines%0Anote: look: here\n",
    );
    for (const line of printed(githubReporter, [{ file: HOSTILE, diagnostics: [d(HOSTILE)], dropped: 1 }], [HOSTILE])
      .trim()
      .split("\n")) {
      expect(line).toMatch(/^::(error|notice) file=[^,:]*(,[a-zA-Z]+=[^,:]*)*::/);
    }
  });

  test("severities, and spans over lines", () => {
    const spanned = d("x", { severity: "warning", span: { offset: 0, length: 4 } });
    expect(printed(githubReporter, [{ diagnostics: [spanned, d("y", { severity: "info" })] }])).toBe(
      "::warning file=a.wgsl,line=1,endLine=3,title=W0200::x\n::notice file=a.wgsl,line=1,endLine=1,col=1,endColumn=1,title=W0200::y\n",
    );
  });
});

describe("json and ndjson", () => {
  test("hold the same", () => {
    const json = folder.run("check", "--format", "json", ...ALL);
    const ndjson = folder.run("check", "--format", "ndjson", ...ALL);
    expect([json.code, ndjson.code, json.err, ndjson.err]).toEqual([1, 1, "", ""]);
    const { version, files } = JSON.parse(json.out);
    expect(version).toBe(1);
    expect(files).toEqual(
      ndjson.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    expect(files.map((f: { diagnostics: { code: string }[] }) => f.diagnostics.map((x) => x.code))).toEqual([
      ["W0291"],
      ["W0252"],
      [],
      ["W0200"],
      ["W0003"],
      ["W0004"],
    ]);
  });
  test("of nothing", () => {
    expect(JSON.parse(printed(jsonReporter, [], ["gone"]))).toEqual({ version: 1, files: [] });
    expect(printed(ndjsonReporter, [])).toBe("");
  });
});

test("a suggested fix is in every format", () => {
  const name = "./odd name, 100%:é.wgsl";
  for (const format of ["pretty", "json", "sarif", "github"]) {
    const { out } = folder.run("check", "--format", format, name);
    expect([format, out.includes("color")]).toEqual([format, true]);
  }
});
