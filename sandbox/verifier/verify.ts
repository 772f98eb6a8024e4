/** The verifier: the one way from bytes to a token. @see docs/verifier.md for the rules, docs/security.md for what rests on them */
import { newChecker, type Reject } from "./check.ts";
import { RULES } from "./rules.ts";
import { mint, type Token } from "./token.ts";

export type Verdict = { readonly ok: true; readonly token: Token } | Reject;

const shipped = newChecker(RULES);

/**
 * Decides whether an object may run.
 * @param bytes an object (`.pco`); copied before anything is looked at
 * @returns a token, or the first rule broken; any input at all gets an answer, and an error inside is a reject (V30)
 */
export function verify(bytes: Uint8Array): Verdict {
  try {
    const checked = shipped.check(bytes);
    return checked.ok ? { ok: true, token: mint(checked.program) } : checked;
  } catch {
    return { ok: false, rule: "V30", word: -1, message: "verifying failed, so there is no token" };
  }
}
