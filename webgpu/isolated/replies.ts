/**
 * What comes back over the door, made again from data of an enemy: only the fields that there are, each of its type. What does not have
 * them is no reply, and its sender is not asked again.
 */
import type { SlotInfo } from "../../sandbox/isa/shapes.ts";
import type { Fault, FindingRecord, HitRecord, Loaded, Submitted, TrapRecord } from "../../sandbox/kernel/door.ts";
import { FINDING_KINDS } from "../../sandbox/machine/sanitizer.ts";

type Fields = Readonly<Record<string, unknown>>;
/** @returns undefined for what is none */
type Reader<T> = (value: unknown) => T | undefined;

const MOST_TEXT = 4096;
const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

function numbers<K extends string>(fields: Fields, names: readonly K[]): Record<K, number> | undefined {
  const found: [K, number][] = [];
  for (const name of names) {
    const value = fields[name];
    if (typeof value !== "number") return undefined;
    found.push([name, value]);
  }
  return Object.fromEntries(found) as Record<K, number>;
}

function list<T>(value: unknown, read: Reader<T>): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const all = value.map(read).filter((each) => each !== undefined);
  return all.length === value.length ? all : undefined;
}

/** A handle, 0 or a FAULT. */
export const readNumber: Reader<number> = (value) => (typeof value === "number" && Number.isSafeInteger(value) ? value : undefined);

const TRAP = ["cause", "command", "program", "pc", "fn", "workgroup", "wave", "lane", "slot", "offset"] as const;
const readTrap: Reader<TrapRecord> = (value) => {
  const fields = fieldsOf(value);
  return fields && numbers(fields, TRAP);
};

export const readSubmitted: Reader<Submitted> = (value) => {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  switch (fields.status) {
    case "done": {
      const done = numbers(fields, ["fuelUsed"]);
      return done && { status: "done", ...done };
    }
    case "refused": {
      const refused = numbers(fields, ["fault", "command", "slot"]);
      return refused && { status: "refused", ...refused, fault: refused.fault as Fault };
    }
    case "lost": {
      const trap = readTrap(fields.trap);
      return trap && { status: "lost", trap };
    }
    default:
      return undefined;
  }
};

const readSlot: Reader<SlotInfo> = (value) => {
  const fields = fieldsOf(value);
  return fields && numbers(fields, ["kind", "permissions", "min", "stride", "group", "binding"]);
};

export const readLoaded: Reader<Loaded> = (value) => {
  const fields = fieldsOf(value);
  if (fields?.ok === true) {
    const handle = readNumber(fields.handle);
    const slots = list(fields.slots, readSlot);
    return handle === undefined || slots === undefined ? undefined : { ok: true, handle, slots };
  }
  const { rule, word, message } = fields ?? {};
  if (typeof rule !== "string" || typeof message !== "string" || typeof word !== "number") return undefined;
  return { ok: false, rule: rule.slice(0, MOST_TEXT), word, message: message.slice(0, MOST_TEXT) };
};

const HIT = ["watch", "pc", "workgroup", "invocation", "offset", "width", "before", "after", "program", "fn"] as const;
export const readHits: Reader<readonly HitRecord[]> = (value) =>
  list(value, (each) => {
    const fields = fieldsOf(each);
    const hit = fields && numbers(fields, HIT);
    return hit && { ...hit, kind: fields.kind === "write" ? "write" : "read" };
  });

const FINDING = [
  ...["pc", "workgroup", "invocation", "slot", "offset", "width", "size", "value"],
  ...["otherPc", "otherWorkgroup", "otherInvocation", "count", "program", "fn"],
] as readonly Exclude<keyof FindingRecord, "kind">[];
export const readFindings: Reader<readonly FindingRecord[]> = (value) =>
  list(value, (each) => {
    const fields = fieldsOf(each);
    const finding = fields && numbers(fields, FINDING);
    const kind = FINDING_KINDS.find((one) => one === fields?.kind);
    return finding && kind && { ...finding, kind };
  });
