/** The tiers that a kernel can run programs on: what each makes of a token, once, and how it runs it. */
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
  load(token: Token): Made;
}

const reference: Tier = {
  load: (token) => ({ ok: true, runner: { saveBytes: 0, run: (launch) => runReference(token, launch) } }),
};

const jit: Tier = { load: () => ({ ok: false, message: "the jit tier is not in this build" }) };

export const TIERS: { readonly reference: Tier; readonly jit: Tier } = { reference, jit };
