/** `portcullis run FILE`: compiles, verifies and dispatches one compute entry point, and shows what it wrote. */
import { readObject } from "../sandbox/isa/write-object.ts";
import type { FindingRecord } from "../sandbox/kernel/door.ts";
import { Profile } from "../sandbox/machine/profile.ts";
import type { Shader } from "../webgpu/compile.ts";
import { type CompileFlags, compileInput, describeReject, isObject } from "./compile.ts";
import {
  type Bind,
  type Directives,
  type Image,
  isSamePlace,
  MAX_BIND_BYTES,
  parseBind,
  parseDirectives,
  parseDispatch,
} from "./directives.ts";
import { type Input, readInput, readOne, UsageError, writeOutput } from "./files.ts";
import { describeFinding } from "./findings.ts";
import { launch, type Tier } from "./launch.ts";
import { printBits } from "./numbers.ts";
import { EXIT, good, hasColors, note, print } from "./output.ts";
import { colorBlocks, png, shadeBlocks } from "./picture.ts";
import { describeProfile } from "./profile.ts";
import { sourceFunctions, speedscope } from "./profile-flame.ts";
import { describeTrap } from "./trap.ts";

export interface RunFlags extends CompileFlags {
  readonly dispatch: string | undefined;
  readonly bind: readonly string[];
  readonly tier: Tier;
  readonly png: string | undefined;
  readonly fuel: number | undefined;
  readonly sanitize: boolean;
  /** run on the reference tier and print what each line cost */
  readonly profile: boolean;
  /** file for a flame graph */
  readonly profileOut: string | undefined;
}

/** @param file a shader, or an object */
export function run(file: string, flags: RunFlags): number {
  const input = readOne(file);
  const compiled = isObject(input.bytes);
  if (compiled && (flags.entry !== undefined || Object.keys(flags.overrides).length > 0))
    throw new UsageError("an object is compiled already: --entry and --override are of shaders");
  const directives = settings(input, compiled ? "" : new TextDecoder().decode(input.bytes), flags);
  if (flags.png !== undefined && !directives.image)
    throw new UsageError("--png needs an image: say which buffer it is with '//! image group.binding width height'");
  const { entry, overrides } = directives;
  const output = compiled
    ? { object: input.bytes, shader: null }
    : compileInput(input, { entry: entry ?? undefined, overrides, level: flags.sanitize ? 0 : flags.level }, "compute");
  if (!output) return EXIT.findings;
  if (flags.sanitize && isProfiled(flags))
    throw new UsageError("--profile counts what runs, which --sanitize changes: one of them at a time");
  const profile = isProfiled(flags) ? new Profile() : undefined;
  const result = launch({
    ...(profile ? { profile } : {}),
    object: output.object,
    binds: directives.binds,
    dispatch: directives.dispatch,
    tier: flags.tier,
    sanitize: flags.sanitize,
    ...(flags.fuel === undefined ? {} : { fuel: flags.fuel }),
  });
  switch (result.status) {
    case "rejected":
      print(`${input.name}: ${describeReject(result)}`);
      return EXIT.findings;
    case "refused":
      throw new UsageError(result.message);
    case "trapped": {
      const read = readObject(output.object);
      print(describeTrap(result.trap, input.name, read.ok ? read.parts : null, output.shader?.lines ?? null));
      if (profile) tellProfile(profile, flags, input.name, output);
      return EXIT.findings;
    }
    default:
      note(`${input.name}: ${good("verified")}, ${output.object.byteLength} bytes of object`);
      for (const bind of result.unused) note(`binding ${bind.group}.${bind.binding} is not used by the shader`);
      note(
        `${flags.sanitize ? "sanitizer" : profile ? "reference, counted" : flags.tier}: ${directives.dispatch.join(" x ")} workgroups, ${result.fuelUsed} words of code run by waves, ${result.milliseconds.toFixed(2)} ms`,
      );
      show(result.outputs, directives.image, flags.png);
      if (profile) tellProfile(profile, flags, input.name, output);
      return flags.sanitize ? tellFindings(result.findings, input.name, output) : EXIT.clean;
  }
}

const isProfiled = (flags: RunFlags) => flags.profile || flags.profileOut !== undefined;

function tellProfile(profile: Profile, flags: RunFlags, file: string, { object, shader }: Ran): void {
  const read = readObject(object);
  if (!read.ok) return;
  const lines = shader?.lines ?? null;
  if (flags.profile) print(describeProfile(profile, read.parts, lines));
  if (flags.profileOut === undefined) return;
  const graph = speedscope(profile, read.parts, file, lines, sourceFunctions(shader?.checked ?? null, lines));
  writeOutput(flags.profileOut, new TextEncoder().encode(JSON.stringify(graph)));
  note(`${flags.profileOut}: a flame graph for https://www.speedscope.app`);
}

type Ran = { readonly object: Uint8Array; readonly shader: Shader | null };

function tellFindings(findings: readonly FindingRecord[], file: string, { object, shader }: Ran): number {
  const read = readObject(object);
  for (const finding of findings) print(describeFinding(finding, file, read.ok ? read.parts : null, shader?.lines ?? null));
  note(
    findings.length === 0
      ? good("the sanitizer saw nothing")
      : `the sanitizer saw ${findings.length} ${findings.length === 1 ? "thing" : "things"}`,
  );
  return findings.length === 0 ? EXIT.clean : EXIT.findings;
}

/** The file's directives, with the command line's flags on top. */
function settings(input: Input, source: string, flags: RunFlags): Directives {
  const directives = parseDirectives(source);
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
  const equals = text.indexOf("=");
  if (equals < 0) throw new UsageError(`--bind: '${text}' is not of the form group.binding=contents, such as 0.0=u32:1,2,3`);
  const place = text.slice(0, equals);
  const contents = text.slice(equals + 1);
  const bind = contents.startsWith("@") ? bindFile(place, contents.slice(1)) : parseBind(place, bindWords(contents));
  if (typeof bind === "string") throw new UsageError(`--bind: ${bind}`);
  const at = directives.binds.findIndex((b) => isSamePlace(b, bind));
  if (at >= 0) directives.binds[at] = bind;
  else directives.binds.push(bind);
  if (directives.binds.reduce((sum, b) => sum + b.words.byteLength, 0) > MAX_BIND_BYTES)
    throw new UsageError(`--bind: all buffers together have more than ${MAX_BIND_BYTES} bytes`);
}

/** `u32:1,2,3` and `u32:range:4` as the words of a directive. */
function bindWords(contents: string): string[] {
  const [form, ...rest] = contents.split(":");
  return [form!, ...rest.flatMap((part) => part.split(","))];
}

function bindFile(place: string, file: string): Bind | string {
  const { bytes } = readInput(file, undefined, MAX_BIND_BYTES);
  const bind = parseBind(place, ["zero", String(bytes.byteLength)]);
  if (typeof bind === "string") return bind;
  new Uint8Array(bind.words.buffer).set(bytes);
  return bind;
}

/** Words printed of each buffer. */
const SHOWN = 256;

function show(outputs: readonly Bind[], image: Image | null, pngFile: string | undefined): void {
  let isShown = false;
  for (const output of outputs) {
    if (image && isSamePlace(output, image) && output.words.length >= image.width * image.height) {
      showImage(output.words, image, pngFile);
      isShown = true;
    } else printBuffer(output);
  }
  if (!image || isShown) return;
  const problem = `the image, binding ${image.group}.${image.binding}, is no buffer of ${image.width} x ${image.height} words that the shader writes`;
  if (pngFile !== undefined) throw new UsageError(`--png: ${problem}`);
  note(problem);
}

function printBuffer({ group, binding, scalar, words }: Bind): void {
  const shown = Array.from(words.subarray(0, SHOWN), (word) => printBits(word, scalar)).join(" ");
  const rest = words.length > SHOWN ? ` ... ${words.length - SHOWN} more` : "";
  print(`${group}.${binding} ${scalar} ${shown}${rest}`);
}

function showImage(words: Uint32Array, image: Image, pngFile: string | undefined): void {
  if (pngFile !== undefined) {
    writeOutput(pngFile, png(words, image.width, image.height));
    note(`${pngFile}: ${image.width} x ${image.height} pixels`);
    return;
  }
  const columns = Math.min(process.stdout.columns ?? 96, 120);
  print((hasColors ? colorBlocks : shadeBlocks)(words, image.width, image.height, columns));
}
