/** Checks every hostile source in this process; prints what came out, with CPU time, as JSON. */
import { check } from "../../frontend/wgsl/check.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import { Budget } from "../../support/column.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { renderDiagnostic } from "../../support/render.ts";
import { LineIndex } from "../../support/source.ts";
import { IDEAS } from "../files/hostile/ideas.ts";

const outcomes = IDEAS.map(({ name, source }) => {
  const before = process.cpuUsage();
  const list = new DiagnosticList();
  const budget = new Budget();
  check(parse(source, list, budget), list, { budget });
  const lines = new LineIndex(source);
  const report = list.items.map((item) => renderDiagnostic(item, lines, "shader.wgsl")).join("");
  const { user, system } = process.cpuUsage(before);
  const first = list.items.find((item) => item.severity === "error");
  const ms = Math.round((user + system) / 1000);
  return { name, gives: first?.code ?? "valid", ms, megabytes: Math.round(budget.usedBytes / 1e6), reportLength: report.length };
});
console.log(JSON.stringify(outcomes));
