/**
 * Programs in machine code, for tests of the API that must not depend on the compiler. A module's text is the name of a program, and an
 * entry point's name is "main"; "slow:" before the name makes the compiler answer later, as a worker does.
 */
import { assemble } from "../../sandbox/isa/assemble.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import type {
  BufferResource,
  Compiler,
  EntryReply,
  EntryRequest,
  ModuleReply,
  ModuleRequest,
  ShaderInterface,
} from "../../webgpu/compiler.ts";

interface Program {
  readonly interface: ShaderInterface;
  readonly asm: string;
}

const buffer = (binding: number, type: BufferResource, minBindingSize = 4, group = 0) => ({
  kind: "buffer" as const,
  name: `b${group}_${binding}`,
  group,
  binding,
  type,
  minBindingSize,
});

function program(resources: ReturnType<typeof buffer>[], asm: string): Program {
  return {
    interface: {
      entryPoints: [
        {
          name: "main",
          stage: "compute",
          inputs: [],
          outputs: [],
          resources,
          immediates: { bytes: 0, slots: [] },
          fineDerivatives: false,
          neededOverrides: [],
        },
      ],
      overrides: [],
    },
    asm,
  };
}

/** v0 = global invocation index of a one-dimensional grid of four-lane workgroups, v1 = its byte offset */
const INDEX = `
  sys g0, workgroup_id.x
  shl g0, g0, #2
  sys v0, lane
  iadd v0, v0, g0
  shl v1, v0, #2`;

export const PROGRAMS: Readonly<Record<string, Program>> = {
  // out[i] = i + 1
  count: program(
    [buffer(0, "storage")],
    `.workgroup 4 1 1
.slot 0 storage read write min=4 group=0 binding=0
.func main${INDEX}
  iadd v0, v0, #1
  st.32 v0, s0[v1], Z
  ret
.end`,
  ),
  // out[i] = in[i] * 2, the input at binding 1, the output at binding 0 of group 1
  double: program(
    [buffer(1, "read-only-storage"), buffer(0, "storage", 4, 1)],
    `.workgroup 4 1 1
.slot 0 storage read min=4 group=0 binding=1
.slot 1 storage read write min=4 group=1 binding=0
.func main${INDEX}
  ld.32 v2, s0[v1], Z
  iadd v2, v2, v2
  st.32 v2, s1[v1], Z
  ret
.end`,
  ),
  // out[i] = u[0]
  spread: program(
    [buffer(0, "uniform", 16), buffer(1, "storage")],
    `.workgroup 4 1 1
.slot 0 uniform read min=16 group=0 binding=0
.slot 1 storage read write min=4 group=0 binding=1
.func main${INDEX}
  ld.32 v2, s0[0], K
  st.32 v2, s1[v1], Z
  ret
.end`,
  ),
  // never ends
  forever: program(
    [buffer(0, "storage")],
    `.workgroup 4 1 1
.slot 0 storage read write min=4 group=0 binding=0
.func main
  loop.g
  endloop
  ret
.end`,
  ),
  // what no verifier lets through: a constant offset past the slot's minimum
  rejected: program(
    [buffer(0, "storage")],
    `.workgroup 4 1 1
.slot 0 storage read write min=4 group=0 binding=0
.func main
  sys v0, lane
  st.32 v0, s0[4096], K
  ret
.end`,
  ),
};

const wrong = (message: string): ModuleReply => ({
  messages: [{ type: "error", code: "W9999", message, line: 1, column: 1, offset: 0, length: 0 }],
  interface: null,
});

function check({ source }: ModuleRequest): ModuleReply {
  const found = PROGRAMS[source.replace("slow:", "")];
  return found ? { messages: [], interface: found.interface } : wrong(`there is no program '${source}'`);
}

function compile({ source }: EntryRequest): EntryReply {
  const assembled = assemble(PROGRAMS[source.replace("slow:", "")]!.asm);
  if (!assembled.ok) return { status: "failed", message: JSON.stringify(assembled.errors) };
  return { status: "done", object: encodeObject(assembled.parts), workgroupSize: assembled.parts.workgroupSize };
}

const later = <T>(source: string, value: () => T): T | Promise<T> =>
  source.startsWith("slow:") ? new Promise((resolve) => setTimeout(() => resolve(value()), 5)) : value();

export const assembling: Compiler = {
  languageFeatures: [],
  check: (request) => later(request.source, () => check(request)),
  compile: (request) => later(request.source, () => compile(request)),
  forget: () => {},
};
