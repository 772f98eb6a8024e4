/**
 * `--format junit`: a suite per file, with a case per error; a file without errors is one case that passed. Warnings are output of the suite,
 * since a failure would turn the whole run red.
 */
import type { RawDiagnostic } from "../../support/diagnostic.ts";
import { NO_COLORS, renderDiagnostic } from "../../support/render.ts";
import type { FileResult, Reporter, Write } from "./result.ts";

export function junitReporter(write: Write): Reporter {
  write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="portcullis check">\n');
  return {
    file: (result) => write(suite(result)),
    unreadable: (file, reason) =>
      write(
        `  <testsuite name="${attribute(file)}" tests="1" failures="0" errors="1" skipped="0">\n` +
          `    <testcase name="${attribute(file)}" classname="${attribute(file)}">\n` +
          `      <error message="${attribute(reason)}" type="unreadable"/>\n    </testcase>\n  </testsuite>\n`,
      ),
    end: () => write("</testsuites>\n"),
  };
}

function suite(result: FileResult): string {
  const { file, diagnostics } = result;
  const cases: string[] = [];
  let [failures, skipped] = [0, 0];
  const output: string[] = [];
  for (const d of diagnostics) {
    if (d.severity === "error") {
      failures++;
      cases.push(failure(result, d));
    } else if (d.severity === "info") {
      skipped++;
      cases.push(testCase(result, d, `<skipped message="${attribute(d.message)}"/>`));
    } else output.push(printed(result, d));
  }
  if (result.dropped > 0) output.push(`and ${result.dropped} more\n`);
  if (cases.length === 0) cases.push(`    <testcase name="${attribute(file)}" classname="${attribute(file)}"/>\n`);
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
  const out = output.length > 0 ? `    <system-out>${xmlText(output.join("\n"))}</system-out>\n` : "";
  return `  <testsuite name="${attribute(file)}" ${counts}>\n${cases.join("")}${out}  </testsuite>\n`;
}

function failure(result: FileResult, d: RawDiagnostic): string {
  return testCase(result, d, `<failure message="${attribute(d.message)}" type="${d.code}">${xmlText(printed(result, d))}</failure>`);
}

function testCase({ file, lines }: FileResult, d: RawDiagnostic, inside: string): string {
  const { line, column } = lines.position(d.span.offset);
  const name = attribute(`${d.code} at ${line}:${column}`);
  return `    <testcase name="${name}" classname="${attribute(file)}">\n      ${inside}\n    </testcase>\n`;
}

const printed = ({ file, lines }: FileResult, d: RawDiagnostic) => renderDiagnostic(d, lines, file, NO_COLORS);

const ENTITY: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
/** Not allowed in XML 1.0, not even as a reference. @see https://www.w3.org/TR/xml/#charsets */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
/** Halves of surrogate pairs. */
const LONE = /[\ud800-\udfff]/gu;

/** Text of an element. */
export function xmlText(text: string): string {
  return text
    .replace(LONE, "\ufffd")
    .replace(FORBIDDEN, "\ufffd")
    .replace(/[&<>"']/g, (c) => ENTITY[c]!);
}

/** Value of an attribute, where line breaks would turn into spaces. */
export function attribute(text: string): string {
  return xmlText(text).replace(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}
