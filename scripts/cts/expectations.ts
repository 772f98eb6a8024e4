/** Known failures: one a line, a query, what is expected of its cases, and why. The last line that names a case decides. */
import { readFileSync } from "node:fs";
import type { Status } from "./messages.ts";

/** `omit`: the case is not run at all. */
const EXPECTED = ["pass", "fail", "hang", "crash", "omit"] as const;
export type Expected = (typeof EXPECTED)[number];

export interface Expectation {
  readonly query: string;
  readonly status: Expected;
  readonly reason: string;
}

/** @throws Error that names the line, for a status that is not one, or a line without a reason */
export function parseExpectations(text: string, name: string): Expectation[] {
  const found: Expectation[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [query = "", word, ...rest] = line.trim().split(/\s+/);
    const status = EXPECTED.find((each) => each === word);
    const reason = rest.join(" ");
    if (status === undefined) throw new Error(`${name}:${i + 1}: '${word}' is none of ${EXPECTED.join(", ")}`);
    if (reason === "") throw new Error(`${name}:${i + 1}: say why '${query}' is expected to ${status}`);
    found.push({ query, status, reason });
  }
  return found;
}

export const readExpectations = (path: string): Expectation[] => parseExpectations(readFileSync(path, "utf8"), path);

/** A case that does not apply proves nothing, so it is never a surprise; a warning is as good as a pass. */
export function isExpected(status: Status, expected: Expected): boolean {
  return status === "skip" || status === expected || (expected === "pass" && status === "warn");
}
