/** Says where and why a dispatch was stopped: with the line of the shader, where the object's line table has it. */
import type { ObjectParts } from "../sandbox/isa/object.ts";
import { placeOf } from "../sandbox/isa/place.ts";
import { CAUSE_ALARM, type TrapRecord } from "../sandbox/kernel/door.ts";
import { CAUSE } from "../sandbox/machine/launch.ts";
import { renderFrame, visible } from "../support/render.ts";
import type { LineIndex } from "../support/source.ts";
import { PAINT } from "./output.ts";

/** By cause: its code is T and the number of the cause. */
export const CAUSE_NAME: ReadonlyMap<number, string> = new Map<number, string>([
  [CAUSE.bounds, "an access outside of its buffer"],
  [CAUSE.permission, "an access that the binding does not permit"],
  [CAUSE.fuel, "the dispatch ran out of fuel: a loop that does not end, or a budget that is too small (--fuel)"],
  [CAUSE.killed, "the dispatch was stopped"],
  [CAUSE_ALARM, "the machine failed, which is a bug of portcullis"],
]);

/**
 * @param parts of the object that ran; its line table is the compiler's, so it is believed for printing only
 * @param lines of the source, where there is one
 */
export function describeTrap(trap: TrapRecord, file: string, parts: ObjectParts | null, lines: LineIndex | null): string {
  const place = parts === null ? null : placeOf(parts, trap.fn, trap.pc);
  let out = `${PAINT.error(`trap[${trapCode(trap.cause)}]`)}${PAINT.bold(`: ${CAUSE_NAME.get(trap.cause) ?? `cause ${trap.cause}`}`)}\n`;
  if (place && lines) out += renderFrame(place, 1, lines, file, PAINT, PAINT.error);
  else out += ` --> ${file}${place ? `:${place.line}:${place.column}` : ""}\n`;
  for (const fact of facts(trap, parts)) out += `${PAINT.bold("note")}: ${fact}\n`;
  return out;
}

export const trapCode = (cause: number) => `T${String(cause).padStart(2, "0")}`;

function facts(trap: TrapRecord, parts: ObjectParts | null): string[] {
  const out: string[] = [];
  const slot = parts?.slots[trap.slot];
  if (slot) {
    const name = parts?.debug?.slots[trap.slot];
    const called = name ? `'${visible(name)}', ` : "";
    out.push(`the access was to ${called}binding ${slot.group}.${slot.binding}${trap.offset >= 0 ? `, at byte ${trap.offset}` : ""}`);
  }
  const [x, y, z] = parts?.workgroupSize ?? [0, 0, 0];
  const invocation = trap.wave * 4 + trap.lane;
  const who: string[] = [];
  if (trap.workgroup >= 0) who.push(`workgroup ${trap.workgroup}`);
  if (trap.lane >= 0) who.push(`invocation ${invocation}${x * y * z > 0 ? ` of ${x * y * z}` : ""}`);
  if (trap.pc >= 0) who.push(`code word ${trap.pc}`);
  if (who.length > 0) out.push(who.join(", "));
  return out;
}
