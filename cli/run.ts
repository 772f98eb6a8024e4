/** `portcullis run FILE`: compiles, verifies and dispatches one compute entry point, and shows what it wrote. */
import { writeFileSync } from "node:fs";
import type { TrapRecord } from "../sandbox/kernel/door.ts";
import { CAUSE } from "../sandbox/machine/launch.ts";
import { type CompileFlags, compileInput } from "./compile.ts";
import { type Bind, type Directives, type Image, parseBind, parseDirectives, parseDispatch } from "./directives.ts";
import { type Input, readInput, readInputs, textOf, UsageError } from "./files.ts";
import { launch, type Tier } from "./launch.ts";
import { printBits } from "./numbers.ts";
import { EXIT, good, hasColors, note, PAINT, print } from "./output.ts";
import { colorBlocks, png, shadeBlocks } from "./picture.ts";

export interface RunFlags extends CompileFlags {
  readonly dispatch: string | undefined;
  readonly bind: readonly string[];
  readonly tier: Tier;
  readonly png: string | undefined;
  readonly fuel: number | undefined;
}

export function run(file: string, flags: RunFlags): number {
  const [input] = readInputs([file]);
  const directives = settings(input!, flags);
  const output = compileInput(input!, { entry: directives.entry ?? undefined, overrides: directives.overrides, level: flags.level });
  if (!output) return EXIT.findings;
  const result = launch({
    object: output.object,
    binds: directives.binds,
    dispatch: directives.dispatch,
    tier: flags.tier,
    ...(flags.fuel === undefined ? {} : { fuel: flags.fuel }),
  });
  switch (result.status) {
    case "rejected":
      print(`${PAINT.error(`rejected by ${result.rule}`)} at word ${result.word}: ${result.message}`);
      return EXIT.findings;
    case "refused":
      throw new UsageError(result.message);
    case "trapped":
      print(describeTrap(input!.name, result.trap));
      return EXIT.findings;
    default:
      note(`${input!.name}: ${good("verified")}, ${output.object.byteLength} bytes of object`);
      note(
        `${flags.tier}: ${directives.dispatch.join(" x ")} workgroups, ${result.fuelUsed} words of code run by waves, ${result.milliseconds.toFixed(2)} ms`,
      );
      show(result.outputs, directives.image, flags.png);
      return EXIT.clean;
  }
}

/** The file's directives, with the command line's flags on top. */
function settings(input: Input, flags: RunFlags): Directives {
  const directives = parseDirectives(textOf(input));
  const wrong = directives.errors[0];
  if (wrong) throw new UsageError(`${input.name}:${wrong.line}: ${wrong.message}`);
  if (flags.entry !== undefined) directives.entry = flags.entry;
  if (flags.dispatch !== undefined) {
    const sizes = parseDispatch(flags.dispatch.split(","));
    if (!sizes) throw new UsageError("--dispatch takes one to three workgroup counts from 0 to 65535, such as 64,1,1");
    directives.dispatch = sizes;
  }
  Object.assign(directives.overrides, flags.overrides);
  for (const text of flags.bind) addBind(directives, text);
  return directives;
}

/** `0.0=u32:1,2,3`, `0.0=@file` or `0.0=zero:BYTES`. */
function addBind(directives: Directives, text: string): void {
  const [place, contents] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
  const bind = contents.startsWith("@") ? bindFile(place, contents.slice(1)) : parseBind(place, contents.split(/[:,]/));
  if (typeof bind === "string") throw new UsageError(`--bind: ${bind}`);
  const at = directives.binds.findIndex((b) => b.group === bind.group && b.binding === bind.binding);
  if (at >= 0) directives.binds[at] = bind;
  else directives.binds.push(bind);
}

function bindFile(place: string, file: string): Bind | string {
  const bytes = readInput(file);
  const bind = parseBind(place, ["zero", String(bytes.byteLength)]);
  if (typeof bind === "string") return bind;
  new Uint8Array(bind.words.buffer).set(bytes);
  return bind;
}

/** Words printed of each buffer. */
const SHOWN = 256;

function show(outputs: readonly Bind[], image: Image | null, pngFile: string | undefined): void {
  for (const output of outputs) {
    if (image && output.group === image.group && output.binding === image.binding && output.words.length >= image.width * image.height) {
      showImage(output.words, image, pngFile);
      continue;
    }
    const shown = Array.from(output.words.subarray(0, SHOWN), (word) => printBits(word, output.scalar)).join(" ");
    const rest = output.words.length > SHOWN ? ` ... ${output.words.length - SHOWN} more` : "";
    print(`${output.group}.${output.binding} ${output.scalar} ${shown}${rest}`);
  }
  if (pngFile !== undefined && !image)
    throw new UsageError("--png needs an image: say which buffer it is with '//! image group.binding width height'");
}

function showImage(words: Uint32Array, image: Image, pngFile: string | undefined): void {
  if (pngFile !== undefined) {
    writeFileSync(pngFile, png(words, image.width, image.height));
    note(`${pngFile}: ${image.width} x ${image.height} pixels`);
    return;
  }
  const columns = Math.min(process.stdout.columns ?? 96, 120);
  print((hasColors ? colorBlocks : shadeBlocks)(words, image.width, image.height, columns));
}

const CAUSE_NAME = new Map<number, string>([
  [CAUSE.bounds, "an access outside of its buffer"],
  [CAUSE.permission, "an access that the binding does not permit"],
  [CAUSE.fuel, "the dispatch ran out of fuel: a loop that does not end, or a budget that is too small (--fuel)"],
  [CAUSE.killed, "the dispatch was stopped"],
]);

function describeTrap(file: string, trap: TrapRecord): string {
  const place = trap.workgroup >= 0 ? `, workgroup ${trap.workgroup}` : "";
  const lane = trap.lane >= 0 ? `, invocation ${trap.wave * 4 + trap.lane}` : "";
  return `${PAINT.error("trap")}: ${CAUSE_NAME.get(trap.cause) ?? `cause ${trap.cause}`}\n --> ${file}, code word ${trap.pc}${place}${lane}`;
}
