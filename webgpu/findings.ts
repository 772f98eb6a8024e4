/** What the sanitizer saw, in words. @see sandbox/machine/sanitizer.ts */
import type { ObjectParts } from "../sandbox/isa/object.ts";
import { placeOf } from "../sandbox/isa/place.ts";
import type { FindingRecord } from "../sandbox/kernel/door.ts";
import type { FindingKind } from "../sandbox/machine/sanitizer.ts";
import { visible } from "../support/render.ts";

const SAYS: { readonly [K in FindingKind]: string } = {
  "out of bounds": "an access outside of its variable, which WGSL turns into one inside, or into none",
  race: "two invocations access the same bytes, one of them writes, and no barrier lies between",
  "uninitialised read": "a read of workgroup memory that no invocation has written: it is zero",
  "division by zero": "an integer is divided by zero: the result is the dividend, or 0 for a remainder",
  "division overflow": "the quotient does not fit its type: the result is the dividend, or 0 for a remainder",
  conversion: "a float that its integer type cannot hold is converted: the result is the nearest value that it holds, or 0 for a NaN",
};

/** @returns the kind as one word, and a sentence that says what it means */
export function findingText({ kind }: FindingRecord): { readonly kind: string; readonly says: string } {
  return { kind: kind.replaceAll(" ", "-"), says: SAYS[kind] };
}

/**
 * Who did it, where, with which values.
 * @param parts of the object that ran; its names and lines are the compiler's, so they are believed for printing only
 */
export function findingFacts(finding: FindingRecord, parts: ObjectParts | null): string[] {
  const { kind, workgroup, invocation, slot, offset, width, size, value, otherPc, otherWorkgroup, otherInvocation, count } = finding;
  const out = [`invocation ${invocation} of workgroup ${workgroup}${count > 1 ? ` was the first of ${count} times` : ""}`];
  const info = parts?.slots[slot];
  if (info) {
    const name = parts?.debug?.slots[slot];
    const called = name ? `'${visible(name)}'` : `binding ${info.group}.${info.binding}`;
    out.push(`${bytes(width)} at byte ${offset} of ${called}, which has ${bytes(size)}`);
  }
  if (kind === "conversion") out.push(`the float is ${floatOf(value)}`);
  if (kind === "division by zero" || kind === "division overflow") out.push(`the dividend is ${value} (${value | 0} signed)`);
  if (kind !== "race") return out;
  const other = parts === null ? null : placeOf(parts, finding.fn, otherPc);
  const who = otherInvocation < 0 ? "several invocations" : `invocation ${otherInvocation} of workgroup ${otherWorkgroup}`;
  out.push(`the other access is by ${who}${other === null ? "" : `, at ${other.line}:${other.column}`}`);
  return out;
}

const bytes = (n: number) => (n === 1 ? "1 byte" : `${n} bytes`);

function floatOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}
