/**
 * `--format sarif`: SARIF 2.1.0, as code scanning services take it. Results come first, so that they can be written while files are checked;
 * the rules that they name follow.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import { isAbsolute, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Notification, PhysicalLocation, Region, ReportingDescriptor, Result } from "sarif";
import { CODES, type Code } from "../../frontend/wgsl/codes.ts";
import type { RawDiagnostic, Severity, Span } from "../../support/diagnostic.ts";
import type { LineIndex } from "../../support/source.ts";
import type { FileResult, Reporter, Write } from "./result.ts";

const LEVEL: { readonly [S in Severity]: Result.level } = { error: "error", warning: "warning", info: "note" };

export function sarifReporter(write: Write, version: string): Reporter {
  const rules = new Map<string, number>();
  const notifications: Notification[] = [];
  const head = '{\n"$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n"version": "2.1.0",\n"runs": [{\n';
  let separator = `${head}"columnKind": "utf16CodeUnits",\n"results": [\n`;
  const next = (text: string) => {
    write(separator + text);
    separator = ",\n";
  };
  return {
    file: (result) => {
      const uri = uriOf(result.file);
      for (const d of result.diagnostics) next(JSON.stringify(resultOf(d, result, uri, ruleIndex(rules, d.code))));
      if (result.dropped > 0) notifications.push(notification("note", `and ${result.dropped} more findings in this file`, uri));
    },
    unreadable: (file, reason) => void notifications.push(notification("error", reason, uriOf(file))),
    end: ({ unreadable }) => {
      const end = separator === ",\n" ? "\n]" : `${separator}]`;
      const driver = { name: "portcullis", semanticVersion: version, rules: [...rules.keys()].map(ruleOf) };
      const invocation = { executionSuccessful: unreadable === 0, toolExecutionNotifications: notifications };
      write(`${end},\n"invocations": [${JSON.stringify(invocation)}],\n"tool": ${JSON.stringify({ driver })}\n}]\n}\n`);
    },
  };
}

function resultOf(d: RawDiagnostic, { lines }: FileResult, uri: string, index: number): Result {
  const related = d.notes.flatMap((note, id) =>
    note.span ? [{ id, physicalLocation: location(uri, note.span, lines), message: { text: note.message } }] : [],
  );
  const placeless = d.notes.filter((note) => !note.span).map((note) => `\n${note.message}`);
  return {
    ruleId: d.code,
    ruleIndex: index,
    level: LEVEL[d.severity],
    message: { text: d.message + placeless.join("") },
    locations: [{ physicalLocation: location(uri, d.span, lines) }],
    ...(related.length > 0 ? { relatedLocations: related } : {}),
    ...(d.fix
      ? {
          fixes: [
            {
              description: { text: d.fix.message },
              artifactChanges: [
                {
                  artifactLocation: { uri },
                  replacements: [{ deletedRegion: region(d.fix.span, lines), insertedContent: { text: d.fix.replacement } }],
                },
              ],
            },
          ],
        }
      : {}),
  };
}

function location(uri: string, span: Span, lines: LineIndex): PhysicalLocation {
  return { artifactLocation: { uri }, region: region(span, lines) };
}

function region({ offset, length }: Span, lines: LineIndex): Region {
  const from = lines.position(offset);
  const to = lines.position(offset + length);
  return {
    startLine: from.line,
    startColumn: from.column,
    endLine: to.line,
    endColumn: to.column,
    charOffset: offset,
    charLength: length,
  };
}

function ruleIndex(rules: Map<string, number>, code: string): number {
  const known = rules.get(code);
  if (known !== undefined) return known;
  rules.set(code, rules.size);
  return rules.size - 1;
}

function ruleOf(code: string): ReportingDescriptor {
  return {
    id: code,
    shortDescription: { text: Object.hasOwn(CODES, code) ? CODES[code as Code] : code },
    help: { text: `portcullis explain ${code}` },
  };
}

function notification(level: Notification.level, text: string, uri: string): Notification {
  return { level, message: { text }, locations: [{ physicalLocation: { artifactLocation: { uri } } }] };
}

/** Relative to the working folder, as services want it, where the file is named so. */
export function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  const parts = file.replace(/[\ud800-\udfff]/gu, "\ufffd").split(sep);
  return parts.map((part) => encodeURIComponent(part)).join("/");
}
