/** The reference tier: the machine with its arithmetic. It defines what verified code means. */
import { Token } from "../verifier/token.ts";
import type { Counters } from "./counters.ts";
import { type Hooks, Machine } from "./execute.ts";
import { ARITHMETIC } from "./lanes.ts";
import type { Launch, Outcome, TrapHandler } from "./launch.ts";

export interface ReferenceOptions {
  /** counts what runs; see counters.ts */
  readonly counters?: Counters;
  /** check what modes K, N and M have proved, too, and raise an alarm where a proof is wrong; results are the same */
  readonly belt?: boolean;
  readonly hooks?: Hooks;
  /** asked when an access of mode T ends outside its region; without one, or where it answers nothing, the launch ends there */
  readonly onTrap?: TrapHandler;
}

/**
 * Runs a launch to its end or a trap. `launch.fuel` is what is left.
 * @throws TypeError when `token` is no token
 * @throws MachineAlarm when something happens that verification excludes: a bug of ours
 */
export function runReference(token: Token, launch: Launch, options: ReferenceOptions = {}): Outcome {
  const program = Token.program(token);
  const { counters, belt = false, hooks, onTrap } = options;
  const observer = both(counters?.start(program, belt), hooks);
  const outcome = new Machine(program, launch, ARITHMETIC, observer, belt, onTrap).run();
  counters?.end(outcome);
  return outcome;
}

function both(a: Hooks | undefined, b: Hooks | undefined): Hooks | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    word(wave, low, high) {
      a.word(wave, low, high);
      b.word(wave, low, high);
    },
    access(wave, low, access) {
      a.access(wave, low, access);
      b.access(wave, low, access);
    },
    barrier(pc) {
      a.barrier(pc);
      b.barrier(pc);
    },
    workgroup(index) {
      a.workgroup(index);
      b.workgroup(index);
    },
  };
}
