/** The fast tier as the oracle runs it. */
import { compileProgram, JitLimit, type JitProgram } from "../../sandbox/jit/index.ts";
import type { Token } from "../../sandbox/verifier/token.ts";
import { type Execute, Unrunnable } from "./oracle.ts";

/** Compiles each program once; unshared memory and plain atomics, as a kernel of one thread has them. */
export function onJit(): Execute {
  const programs = new WeakMap<Token, JitProgram>();
  const execute: Execute = (token, launch) => {
    let program = programs.get(token);
    if (program === undefined) {
      program = compile(token);
      programs.set(token, program);
    }
    if (program.saveBytes > launch.save.size) throw new Unrunnable("save area");
    return program.run(launch);
  };
  return Object.assign(execute, { saves: true });
}

function compile(token: Token): JitProgram {
  try {
    return compileProgram(token, { shared: false, plainAtomics: true });
  } catch (error) {
    if (error instanceof JitLimit) throw new Unrunnable(error.message);
    throw error;
  }
}
