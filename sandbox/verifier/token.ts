/**
 * The proof that an object passed the verifier. Execution takes tokens, never bytes. A token is branded by a #private field, so it can
 * be neither forged nor replaced by patched built-ins, and everything in it was copied before it was checked.
 */
import type { FunctionInfo, IoInfo, SlotInfo } from "../isa/shapes.ts";
import { WrongType } from "../memory/captured.ts";

/** What a token vouches for. Offsets and counts are exact; nothing refers to the bytes the caller holds. */
export interface Program {
  readonly stage: number;
  readonly workgroupSize: readonly [number, number, number];
  readonly vRegisters: number;
  readonly wRegisters: number;
  readonly gRegisters: number;
  /** scratch memory, bytes per lane, a multiple of 4 */
  readonly scratchBytes: number;
  readonly workgroupBytes: number;
  readonly functions: readonly FunctionInfo[];
  readonly slots: readonly SlotInfo[];
  readonly io: readonly IoInfo[];
  /** initial contents of the constant slot */
  readonly constants: Uint8Array;
  /** two u32 per word: low, high */
  readonly code: Uint32Array;
}

/** Only the verifier holds this value, so only the verifier can make a token. */
const MINT = Symbol("mint");

export class Token {
  readonly #program: Program;
  constructor(key: symbol, program: Program) {
    if (key !== MINT) throw new WrongType("a token is made by the verifier only");
    this.#program = program;
  }
  /** @throws TypeError when `token` is no token */
  static program(token: Token): Program {
    return token.#program;
  }
}

// Tokens are handed to callers. Without this, `token.constructor.program(token).code` would give them the verified code to write to.
Reflect.deleteProperty(Token.prototype, "constructor");
Object.freeze(Token.prototype);
Object.freeze(Token);

/** For verify.ts alone (held by a test). */
export function mint(program: Program): Token {
  return new Token(MINT, program);
}
