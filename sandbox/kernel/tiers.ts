/** The tiers that a kernel can run programs on: what each makes of a token, once, and how it runs it. */
import { PERM } from "../isa/modes.ts";
import { compileProgram, JitLimit, type JitProgram } from "../jit/index.ts";
import { CAUSE } from "../machine/launch.ts";
import type { Profile } from "../machine/profile.ts";
import { runReference } from "../machine/reference.ts";
import { type Finding, Sanitizer } from "../machine/sanitizer.ts";
import type { Watches } from "../machine/watch.ts";
import { type Program, Token } from "../verifier/token.ts";
import { keepRunner, keptRunner } from "./runner-cache.ts";
import { noOutcome, type RunRange } from "./share.ts";

export interface Runner {
  /** bytes of `launch.save` that the program needs */
  readonly saveBytes: number;
  /** fuel of one workgroup that neither loops nor calls */
  readonly firstFuel: number;
  /** fuel that a millisecond uses, at most */
  readonly fuelPerMs: number;
  /** Runs some of the workgroups of a launch; all of them, where there are no ranges, when it is asked for the first. */
  readonly run: RunRange;
  readonly inRanges?: boolean;
  /** threads that run it at once may get in each other's way, more than they gain */
  readonly contends?: boolean;
  /** What several threads may run at once; undefined where one must do it all. */
  threaded(): JitProgram | undefined;
  /** What the sanitizer has seen since it was asked last. */
  takeFindings?(): readonly Finding[];
}
export type Made = { readonly ok: true; readonly runner: Runner } | { readonly ok: false; readonly message: string };

export interface Tier {
  /** @param shared whether the memory that it will run on is a shared one */
  load(token: Token, shared: boolean): Made;
}

/** Runs everything when it is asked for the first workgroups: it has no ranges. */
const reference: Tier = {
  load(token) {
    const run: RunRange = (launch, { first }) => (first === 0 ? runReference(token, launch) : noOutcome(CAUSE.end));
    return { ok: true, runner: { saveBytes: 0, firstFuel: 1, fuelPerMs: 1e5, run, threaded: () => undefined } };
  },
};

/** The reference tier, with what it does counted. */
export const profiled = (profile: Profile): Tier => ({
  load(token) {
    const program = Token.program(token);
    const run: RunRange = (launch, { first }) => {
      if (first > 0) return noOutcome(CAUSE.end);
      const outcome = runReference(token, launch, { hooks: profile.start(program) });
      profile.end(outcome);
      return outcome;
    };
    return { ok: true, runner: { saveBytes: 0, firstFuel: 1, fuelPerMs: 1e4, run, threaded: () => undefined } };
  },
});

/** The reference tier, with some bytes watched. */
export const watching = (watches: Watches): Tier => ({
  load(token) {
    const program = Token.program(token);
    const run: RunRange = (launch, { first }) => {
      if (first > 0) return noOutcome(CAUSE.end);
      const hooks = watches.start(program, launch);
      const outcome = runReference(token, launch, hooks ? { hooks } : {});
      watches.end();
      return outcome;
    };
    return { ok: true, runner: { saveBytes: 0, firstFuel: 1, fuelPerMs: 1e5, run, threaded: () => undefined } };
  },
});

/** The reference tier under the sanitizer's eyes. */
const sanitizer: Tier = {
  load(token) {
    const program = Token.program(token);
    let findings: readonly Finding[] = [];
    const run: RunRange = (launch, { first }) => {
      if (first > 0) return noOutcome(CAUSE.end);
      const watch = new Sanitizer();
      const outcome = runReference(token, launch, { hooks: watch.start(program, launch) });
      findings = [...findings, ...watch.findings];
      return outcome;
    };
    const takeFindings = () => {
      const taken = findings;
      findings = [];
      return taken;
    };
    return { ok: true, runner: { saveBytes: 0, firstFuel: 1, fuelPerMs: 1e4, run, threaded: () => undefined, takeFindings } };
  },
};

class JitRunner implements Runner {
  readonly saveBytes: number;
  readonly firstFuel: number;
  readonly fuelPerMs = 2e7;
  readonly inRanges = true;
  readonly contends: boolean;
  readonly run: RunRange;
  readonly #token: Token;
  readonly #shared: boolean;
  #threaded: JitProgram | undefined;

  constructor(token: Token, shared: boolean) {
    // while one thread runs a launch, atomics on storage need not be atomic
    const alone = compileProgram(token, { shared, plainAtomics: true });
    this.#token = token;
    this.#shared = shared;
    this.saveBytes = alone.saveBytes;
    this.firstFuel = alone.runtime.facts.firstFuel;
    this.run = (launch, range) => alone.run(launch, range);
    this.contends = hasAtomics(Token.program(token));
    if (shared && !this.contends) this.#threaded = alone;
  }

  threaded(): JitProgram | undefined {
    if (!this.#shared) return undefined;
    this.#threaded ??= compileProgram(this.#token, { shared: true, plainAtomics: false });
    return this.#threaded.saveBytes === this.saveBytes ? this.#threaded : undefined;
  }
}

const hasAtomics = (program: Program): boolean => program.slots.some(({ permissions }) => (permissions & PERM.atomic) !== 0);

const jit: Tier = {
  load(token, shared) {
    try {
      const program = Token.program(token);
      const kept = keptRunner(program, shared);
      if (kept !== undefined) return { ok: true, runner: kept };
      const runner = new JitRunner(token, shared);
      keepRunner(program, shared, runner);
      return { ok: true, runner };
    } catch (error) {
      return { ok: false, message: error instanceof JitLimit ? error.message : "the compiler of the fast tier failed" };
    }
  },
};

/** The fast tier with all proofs checked again: for tests and demonstrations, on one thread. */
const belt: Tier = {
  load(token, shared) {
    try {
      const program = compileProgram(token, { shared, plainAtomics: true, belt: true });
      const { saveBytes, runtime } = program;
      const run: RunRange = (launch, range) => program.run(launch, range);
      return { ok: true, runner: { saveBytes, firstFuel: runtime.facts.firstFuel, fuelPerMs: 1e7, run, threaded: () => undefined } };
    } catch (error) {
      return { ok: false, message: error instanceof JitLimit ? error.message : "the compiler of the fast tier failed" };
    }
  },
};

export type TierName = "reference" | "jit" | "belt" | "sanitizer";
export const TIERS: { readonly [N in TierName]: Tier } = { reference, jit, belt, sanitizer };
