/** `portcullis attack`: planted miscompiles against the walls, which are switched off one by one. */
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { encodeObject, readObject } from "../../sandbox/isa/write-object.ts";
import { compile } from "../../webgpu/shader.ts";
import { UsageError } from "../files.ts";
import { EXIT, good, PAINT, print } from "../output.ts";
import { meant } from "../verb.ts";
import { BUGS, type Bug, VICTIM } from "./bugs.ts";
import { attack as attempt, type Result, STOPS, WALLS, type Wall } from "./scene.ts";

export interface AttackFlags {
  readonly list: boolean;
  readonly json: boolean;
  readonly bug: string | undefined;
  /** those that stay on; undefined: all combinations */
  readonly walls: string | undefined;
}

/** One bug against one set of walls. */
interface Attempt extends Result {
  readonly bug: Bug;
  readonly off: readonly Wall[];
}

export function attack(flags: AttackFlags): number {
  const bugs = flags.bug === undefined ? BUGS : [bugNamed(flags.bug)];
  if (flags.list) {
    if (flags.json) print(JSON.stringify({ version: 1, bugs: bugs.map(({ name, says, seen }) => ({ name, says, seen })) }, null, 2));
    else for (const { name, says, seen } of bugs) print(`${PAINT.bold(name.padEnd(22))}${says}\n${PAINT.dim(`${" ".repeat(22)}${seen}`)}`);
    return EXIT.clean;
  }
  const sets = flags.walls === undefined ? everySet() : [wallsNamed(flags.walls)];
  const sane = sanePartsOf();
  const attempts = bugs.flatMap((bug) => sets.map((off) => tryOne(bug, off, sane)));
  // what is promised: with one independent wall off, nothing escapes
  const isBroken = attempts.some(({ off, escapes, reaches }) => (escapes && off.length < 2) || (reaches && off.length < 3));
  if (flags.json) print(JSON.stringify({ version: 1, walls: WALLS, attempts: attempts.map(record) }, null, 2));
  else report(bugs, sets, attempts, isBroken);
  return isBroken ? EXIT.findings : EXIT.clean;
}

function bugNamed(name: string): Bug {
  const found = BUGS.find((bug) => bug.name === name);
  if (found === undefined) {
    const names = BUGS.map((bug) => bug.name);
    throw new UsageError(`there is no bug '${name}'${meant(name, names)}; --list names them`);
  }
  return found;
}

/** @returns the walls that are off, where those named are on */
function wallsNamed(list: string): Wall[] {
  const names = list === "" || list === "none" ? [] : list.split(",");
  const unknown = names.find((name) => !WALLS.some((wall) => wall === name));
  if (unknown !== undefined) throw new UsageError(`there is no wall '${unknown}'${meant(unknown, WALLS)}; walls are ${WALLS.join(", ")}`);
  return WALLS.filter((wall) => !names.includes(wall));
}

/** All sets of walls that can be off, few first. */
function everySet(): Wall[][] {
  const sets = Array.from({ length: 1 << WALLS.length }, (_, bits) => WALLS.filter((_wall, i) => ((bits >> i) & 1) === 1));
  return sets.sort((a, b) => a.length - b.length);
}

/** What the shipped compiler makes of the shader. */
function sanePartsOf(): ObjectParts {
  const { object } = compile(VICTIM, { entryPoint: "main" });
  const read = object === null ? undefined : readObject(object);
  if (!read?.ok) throw new Error("the shader of the demonstration does not compile");
  const { debug: _, ...parts } = read.parts;
  return parts;
}

function tryOne(bug: Bug, off: readonly Wall[], sane: ObjectParts): Attempt {
  const object = encodeObject(bug.plant({ ...sane, code: sane.code.slice() }));
  const walls = new Set(WALLS.filter((wall) => !off.includes(wall)));
  return { bug, off, ...attempt(object, sane, walls, bug.control === true) };
}

const record = ({ bug, off, by, how, escapes, reaches }: Attempt) => ({ bug: bug.name, off, stoppedBy: by, how, escapes, reaches });

const named = (off: readonly Wall[]) => (off.length === 0 ? "none" : off.join(", "));

function report(bugs: readonly Bug[], sets: readonly (readonly Wall[])[], attempts: readonly Attempt[], isBroken: boolean): void {
  const isBrief = bugs.length > 1 && sets.length > 1;
  for (const bug of bugs) {
    print(`${PAINT.bold(bug.name)}: ${bug.says} ${PAINT.dim(`(${bug.seen})`)}`);
    const shown = attempts.filter((a) => a.bug === bug && (!isBrief || TOLD.includes(named(a.off))));
    for (const one of shown) print(`  ${`off: ${named(one.off)}`.padEnd(36)}${outcome(one)}`);
  }
  print(`\n${"walls off".padEnd(30)}${"left its buffers".padEnd(20)}${"reached a neighbour".padEnd(22)}stopped by`);
  for (const off of sets) {
    const of = attempts.filter((a) => a.off === off);
    const escapes = of.filter((a) => a.escapes).length;
    const reaches = of.filter((a) => a.reaches).length;
    const by = STOPS.map((stop) => [stop, of.filter((a) => a.by === stop).length] as const).filter(([, n]) => n > 0);
    const stops = by.map(([stop, n]) => `${stop} ${n}`).join(", ");
    print(`${named(off).padEnd(30)}${counter(escapes, of.length, 20)}${counter(reaches, of.length, 22)}${stops}`);
  }
  if (sets.length > 1)
    print(isBroken ? PAINT.error("\nA wall alone did not hold.") : good("\nNothing escapes unless two independent walls are off."));
}

/** Sets of walls that are shown for each bug, where all are shown in sum. */
const TOLD: readonly string[] = ["none", "verifier", "regions", "verifier, regions", "verifier, regions, memory"];

function counter(n: number, of: number, width: number): string {
  const text = `${n} of ${of}`.padEnd(width);
  return n === 0 ? good(text) : PAINT.error(text);
}

function outcome({ by, how, escapes, reaches }: Attempt): string {
  if (reaches) return PAINT.error(`REACHES ANOTHER TENANT (${how})`);
  if (escapes) return `${PAINT.error("LEAVES ITS BUFFERS")}, stays in its device (${how})`;
  if (by === "nothing") return PAINT.dim(`contained: ${how}, wrong at most in its own buffers`);
  return good(`${by} stops it: ${how}`);
}
