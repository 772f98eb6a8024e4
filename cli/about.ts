/** What there is to say of each verb in one line: all that `--help` needs, so that it loads nothing else. */

export interface About {
  readonly says: string;
  readonly usage: string;
}

export const ABOUT = {
  check: { usage: "check FILE|GLOB|- ...", says: "validate WGSL files, and WGSL in scripts" },
  explain: { usage: "explain [CODE ...]", says: "what an error code means, with examples; without a code, all of them" },
  reflect: { usage: "reflect FILE|-", says: "bindings, layouts, entry points and overrides, as JSON" },
  compile: { usage: "compile FILE [-o OUT.pco]", says: "compile one entry point to an object" },
  dis: { usage: "dis FILE", says: "print IR, machine code and WebAssembly" },
  verify: { usage: "verify OBJECT ...", says: "the verifier's verdict on objects" },
  attack: { usage: "attack", says: "miscompiles against the sandbox, with its walls off one by one" },
  run: { usage: "run FILE", says: "run a compute shader, or its object, on buffers" },
} as const satisfies Readonly<Record<string, About>>;

export type VerbName = keyof typeof ABOUT;

/** Whether an argument in the place of a verb asks for help. */
export const isHelp = (name: string | undefined) => name === "--help" || name === "-h" || name === "help";

export function help(): string {
  const lines = Object.values(ABOUT).map((verb) => `  ${verb.usage.padEnd(28)} ${verb.says}`);
  return `portcullis: check, compile, verify and run WGSL without a GPU\n\n${lines.join("\n")}\n\nportcullis VERB --help says more. Exit: 0 clean, 1 findings, 2 usage or unreadable input.`;
}
