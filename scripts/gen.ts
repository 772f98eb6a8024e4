/** Prints the pages that come from tables and docstrings: docs/isa.md, docs/verifier.md, docs/api.md and a table of docs/security.md. `npm run gen` writes them; tests compare. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MODE, PERM, SLOT_KIND, STAGE } from "../sandbox/isa/modes.ts";
import * as table from "../sandbox/isa/table.ts";
import { ISA, MNEMONICS, type Mnemonic, type Row, SYS } from "../sandbox/isa/table.ts";
import { apiPage } from "./gen-api.ts";
import { writeRings } from "./gen-rings.ts";
import { verifierPage } from "./gen-verifier.ts";

const ROOT = join(import.meta.dirname, "..");

/** The `text` blocks of a file's comments: layouts are drawn there, beside the code they speak of. */
function drawings(file: string): string {
  const blocks: string[] = [];
  let open: string[] | undefined;
  for (const line of readFileSync(join(ROOT, "sandbox/isa", file), "utf8").split("\n")) {
    const text = line.startsWith(" * ") ? line.slice(3) : line.startsWith(" *") ? "" : undefined;
    if (text === undefined) open = undefined;
    else if (text.startsWith("```")) {
      if (open === undefined) open = [];
      else {
        blocks.push(open.join("\n"));
        open = undefined;
      }
    } else open?.push(text);
  }
  return blocks.map((block) => `\`\`\`text\n${block}\n\`\`\``).join("\n\n");
}

const hex = (code: number) => (code < 0 ? "" : `0x${code.toString(16).padStart(2, "0")}`);

/** How an instruction is written, with the files that each operand may be of. */
function form(m: Mnemonic, row: Row): string {
  if (m === "sys") return "sys d:gwv, NAME";
  if (m === "slot.len") return "slot.len d:gwv, sN";
  if (m === "call") return "call NAME, d:v, a:v, b:w, g";
  if (m === "barrier") return "barrier [workgroup] [storage] [textures]";
  if (m === "block" || m === "loop") return `${m}.g, ${m}.w, ${m}.v`;
  const names = ["a", "b", "c"];
  if (row.form === "mem") {
    const data = row.dst[0] ?? row.src[0];
    const offset = row.src[row.src.length - 1];
    return `${m} d:${data}, sN[a:${offset} + off], MODE`;
  }
  const operands = [...row.dst.map((files) => `d:${files}`), ...row.src.map((files, i) => `${names[i]}:${files}`)];
  if (m === "brk" || m === "brk.if") operands.push("depth");
  return `${m} ${operands.join(", ")}`.trim();
}

/** A pipe in a cell would end it. */
const cell = (text: string) => text.replaceAll("|", "\\|");

function rows(mnemonics: readonly Mnemonic[]): string {
  const lines = mnemonics.map((m) => {
    const row: Row = ISA[m];
    return `| ${hex(m === "sys" ? -1 : row.code)} | ${hex(row.imm)} | \`${form(m, row)}\` | ${row.cycles} | ${cell(row.says)} |`;
  });
  return `| op | imm | text | cycles | meaning |\n|---|---|---|---|---|\n${lines.join("\n")}`;
}

const ofForm = (wanted: Row["form"]) => MNEMONICS.filter((m) => ISA[m].form === wanted);

function constants(record: Readonly<Record<string, number>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

export function isaPage(): string {
  const system = Object.entries(SYS).map(([name, { index, file }]) => `| ${index} | ${name} | ${file} |`);
  const limits = Object.entries(table).filter(([name, value]) => name.startsWith("MAX_") && typeof value === "number");
  limits.sort(([a], [b]) => (a < b ? -1 : 1));
  const counts = `${MNEMONICS.length} instructions, ${MNEMONICS.filter((m) => ISA[m].imm >= 0).length} of them with an immediate form`;
  return `# Instruction set

<!-- Printed by scripts/gen.ts from sandbox/isa. Do not edit: npm run gen. -->

${counts}. Control flow, masks, calls and fuel are in [machine.md](machine.md), what the verifier asks of code in [verifier.md](verifier.md).

## Words
${drawings("table.ts")}

Operand bytes: v0-v127 are 0-127 (one value per lane), w0-w63 are 128-191 (one per wave), g0-g63 are 192-255 (one per workgroup). After an operand's letter the tables say which files it may be of.

## Arithmetic
The last source may be a 32-bit immediate where there is an op in the column "imm".

${rows(ofForm("alu"))}

## Memory
${rows(ofForm("mem"))}

### Access modes
${drawings("modes.ts")}

Slot kinds: ${constants(SLOT_KIND)}. Permission bits: ${constants(PERM)}. Modes: ${constants(MODE)}. The rest of the meaning is in \`sandbox/isa/modes.ts\`.

## Control
${rows(ofForm("ctl"))}

## System values
| index | name | readable by files from |
|---|---|---|
${system.join("\n")}

## Object
Stages: ${constants(STAGE)}.

${drawings("object.ts")}

| limit | at most |
|---|---|
${limits.map(([name, value]) => `| ${name.slice(4).toLowerCase().replaceAll("_", " ")} | ${value.toLocaleString("en")} |`).join("\n")}

## Text
${drawings("assemble.ts")}
`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(ROOT, "docs/isa.md"), isaPage());
  writeFileSync(join(ROOT, "docs/verifier.md"), verifierPage());
  writeFileSync(join(ROOT, "docs/api.md"), apiPage());
  writeRings();
}
