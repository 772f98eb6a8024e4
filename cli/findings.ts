/** Says what the sanitizer saw: with the line of the shader, who did it, and with which values. */
import type { ObjectParts } from "../sandbox/isa/object.ts";
import { placeOf } from "../sandbox/isa/place.ts";
import type { FindingRecord } from "../sandbox/kernel/door.ts";
import { renderFrame } from "../support/render.ts";
import type { LineIndex } from "../support/source.ts";
import { findingFacts, findingText } from "../webgpu/findings.ts";
import { PAINT } from "./output.ts";

/** @param parts of the object that ran; its line table is the compiler's, so it is believed for printing only */
export function describeFinding(finding: FindingRecord, file: string, parts: ObjectParts | null, lines: LineIndex | null): string {
  const place = parts === null ? null : placeOf(parts, finding.fn, finding.pc);
  const { kind, says } = findingText(finding);
  let out = `${PAINT.warning(`sanitizer[${kind}]`)}${PAINT.bold(`: ${says}`)}\n`;
  if (place && lines) out += renderFrame(place, 1, lines, file, PAINT, PAINT.warning);
  else out += ` --> ${file}${place ? `:${place.line}:${place.column}` : ""}\n`;
  for (const fact of findingFacts(finding, parts)) out += `${PAINT.bold("note")}: ${fact}\n`;
  return out;
}
