/** Prints docs/verifier.md from the rules. `npm run gen` writes it; a test compares. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FORM, LAST_WORD } from "../sandbox/verifier/decode.ts";
import { MAX_NESTING } from "../sandbox/verifier/flow.ts";
import { MAX_CODE_WORDS, MAX_CONSTANT_WORDS, MAX_FUNCTIONS, MAX_IO, MAX_OBJECT_BYTES, MAX_SLOTS } from "../sandbox/verifier/read.ts";
import {
  MAX_CALL_DEPTH,
  MAX_SCRATCH_BYTES,
  MAX_WORKGROUP_BYTES,
  MAX_WORKGROUP_INVOCATIONS,
  RULES,
  type Rule,
} from "../sandbox/verifier/rules.ts";

const ROOT = join(import.meta.dirname, "..");
const TARGET = join(ROOT, "docs/verifier.md");

/** What a rule is asked about. */
function scopeOf(rule: Rule): string {
  if (rule.scope === "object") return "tables";
  if (rule.scope === "reserved") return rule.id === "V01" || rule.id === "V30" ? "object" : "reserved";
  if (rule.on === LAST_WORD) return "last word of a function";
  const forms = Object.entries(FORM).filter(([, bit]) => bit !== 0 && (rule.on & bit) !== 0);
  if (forms.length === 0) return "word";
  return forms.length === Object.keys(FORM).length - 1 ? "every word" : forms.map(([name]) => name).join(", ");
}

export function verifierPage(): string {
  const files = readdirSync(join(ROOT, "test/files/verify"));
  const rows = RULES.map((rule) => {
    const count = files.filter((name) => name.startsWith(rule.id)).length;
    return `| ${rule.id} | ${scopeOf(rule)} | ${rule.says} | ${count || ""} |`;
  });
  const limits: readonly (readonly [string, number])[] = [
    ["object, bytes", MAX_OBJECT_BYTES],
    ["code words", MAX_CODE_WORDS],
    ["functions", MAX_FUNCTIONS],
    ["slots", MAX_SLOTS],
    ["IO locations", MAX_IO],
    ["constant words", MAX_CONSTANT_WORDS],
    ["nesting in a function", MAX_NESTING],
    ["call depth", MAX_CALL_DEPTH],
    ["invocations of a workgroup", MAX_WORKGROUP_INVOCATIONS],
    ["scratch bytes of a lane", MAX_SCRATCH_BYTES],
    ["workgroup bytes", MAX_WORKGROUP_BYTES],
  ];
  return `# Verifier rules

<!-- Printed by scripts/gen-verifier.ts from sandbox/verifier/rules.ts. Do not edit. -->

The first broken rule, in this order of scopes (object, tables, words) and per word in the order of ids, is the one reported. Ids never change their meaning; reserved ones hold by the encoding or are held elsewhere.
Files: pairs of a rejected program and its nearest accepted one in \`test/files/verify/\`.

| id | asked about | says | files |
|---|---|---|---|
${rows.join("\n")}

## Limits
| what | at most |
|---|---|
${limits.map(([what, n]) => `| ${what} | ${n.toLocaleString("en")} |`).join("\n")}
`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(TARGET, verifierPage());
