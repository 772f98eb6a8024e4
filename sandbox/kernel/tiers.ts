/** The tiers that a kernel can run programs on: what each makes of a token, once, and how it runs it. */
import { compileProgram, JitLimit } from "../jit/index.ts";
import type { Launch, Outcome } from "../machine/launch.ts";
import { runReference } from "../machine/reference.ts";
import type { Token } from "../verifier/token.ts";

export interface Runner {
  /** bytes of `launch.save` that the program needs */
  readonly saveBytes: number;
  run(launch: Launch): Outcome;
}
export type Made = { readonly ok: true; readonly runner: Runner } | { readonly ok: false; readonly message: string };

export interface Tier {
  /** @param shared whether the memory that it will run on is a shared one */
  load(token: Token, shared: boolean): Made;
}

const reference: Tier = {
  load: (token) => ({ ok: true, runner: { saveBytes: 0, run: (launch) => runReference(token, launch) } }),
};

const jit: Tier = {
  load(token, shared) {
    try {
      // one thread runs a kernel's launches, so atomics on storage need not be atomic
      return { ok: true, runner: compileProgram(token, { shared, plainAtomics: true }) };
    } catch (error) {
      return { ok: false, message: error instanceof JitLimit ? error.message : "the compiler of the fast tier failed" };
    }
  },
};

export const TIERS: { readonly reference: Tier; readonly jit: Tier } = { reference, jit };
