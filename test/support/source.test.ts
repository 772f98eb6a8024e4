/** Lines of a text, beside a regular expression that splits it. */
import { expect, test } from "vitest";
import { LineIndex } from "../../support/source.ts";
import { randoms } from "../campaign/random.ts";

const PIECES = ["a", "b", "\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029"];

test("lines of random texts", () => {
  const next = randoms(5);
  for (let n = 0; n < 3000; n++) {
    const text = Array.from({ length: n % 9 }, () => PIECES[next() % PIECES.length]!).join("");
    const lines = text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);
    const index = new LineIndex(text);
    expect(lines.map((_, i) => index.lineText(i + 1))).toEqual(lines);
    expect(index.lineText(lines.length + 1)).toBe("");
  }
});

test("many places on one long line cost what they should", () => {
  const text = "x".repeat(4_000_000);
  const index = new LineIndex(`${text}\n`);
  index.position(0);
  const start = process.cpuUsage();
  for (let i = 0; i < 20_000; i++) expect(index.lineText(1).length).toBe(text.length);
  expect(process.cpuUsage(start).user).toBeLessThan(3_000_000);
});
