/** The cases of a spec file that run, with what is expected of each. */
import type { Expected } from "./expectations.ts";
import type { Task } from "./messages.ts";
import { isSampled } from "./select.ts";
import type { Case, Suite } from "./suite.ts";

export interface SelectedCase {
  readonly name: string;
  readonly expected: Expected;
  readonly run: Case["run"];
}

/** @returns in the order of the file; the same on every call */
export function selectCases(suite: Suite, task: Omit<Task, "from" | "to">): SelectedCase[] {
  const expectations = task.expectations.map(({ query, status }) => ({ query: suite.parse(query), status }));
  const selections = task.selections.map(({ query, fraction }) => ({ query: suite.parse(query), fraction }));
  const queries = selections.map(({ query }) => query);
  const found: SelectedCase[] = [];
  for (const each of suite.cases(task.file, queries)) {
    const name = each.query.toString();
    const taken = selections.some(({ query, fraction }) => isSampled(name, fraction, task.sampling) && suite.contains(query, each.query));
    if (!taken) continue;
    const expected = expectations.findLast(({ query }) => suite.contains(query, each.query))?.status ?? "pass";
    if (expected !== "omit") found.push({ name, expected, run: each.run });
  }
  return found;
}
