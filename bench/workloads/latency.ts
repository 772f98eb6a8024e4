/** What waiting costs: compiling, round trips, transfers. Texts differ in structure and names each time, so that no cache answers. */
import { pipeline, random, read, run, step, storage } from "./workload.ts";

export interface Latency {
  readonly name: string;
  readonly repeats: number;
  /** each repeat in a process of its own, so many milliseconds after it has its device */
  readonly freshMs?: number;
  /** @returns what is timed, once */
  prepare(device: GPUDevice): () => Promise<void>;
}

let salt = Math.floor(Math.random() * 2 ** 31);

/** A shader of `count` functions, each of its own shape, all called. */
function shader(count: number, statements: number): string {
  const next = random(++salt);
  const pick = (...texts: readonly string[]) => texts[next() % texts.length]!;
  const name = () => `n${next().toString(36)}_${(salt++).toString(36)}`;
  const number = () => `${(next() % 1000) / 64 + 0.25}`;
  const names: string[] = [];
  let text = "@group(0) @binding(0) var<storage, read_write> data: array<f32>;\n";
  for (let i = 0; i < count; i++) {
    const [fn, a, b, loop] = [name(), name(), name(), name()];
    text += `fn ${fn}(${a}: f32) -> f32 {\n  var ${b} = ${a} * ${number()};\n`;
    for (let k = 0; k < statements; k++) {
      text += pick(
        `  ${b} = ${b} ${pick("+", "-", "*")} ${pick("sin", "cos", "abs", "floor")}(${a} + ${number()});\n`,
        `  if (${b} ${pick("<", ">")} ${number()}) { ${b} ${pick("+=", "-=", "*=")} ${number()}; }\n`,
        `  for (var ${loop} = 0; ${loop} < ${2 + (next() % 5)}; ${loop}++) { ${b} = ${pick("max", "min")}(${b} * 0.5, ${a} + f32(${loop})); }\n`,
        `  ${b} = dot(vec3f(${b}, ${a}, ${number()}), vec3f(${number()}, ${b}, ${a}));\n`,
      );
    }
    text += `  return clamp(${b}, -${number()}, 9.0);\n}\n`;
    names.push(fn);
  }
  const calls = names.map((fn) => `  x += ${fn}(x);\n`).join("");
  return `${text}@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) {\n  var x = data[at.x];\n${calls}  data[at.x] = x;\n}\n`;
}

const compile = (name: string, repeats: number, functions: number, statements: number, fresh: Pick<Latency, "freshMs"> = {}): Latency => ({
  name,
  repeats,
  ...fresh,
  prepare(device) {
    const data = storage(device, 65_536);
    return async () => {
      const module = device.createShaderModule({ code: shader(functions, statements) });
      const made = await device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
      run(device, [step(device, made, [data], 1)]);
      await device.queue.onSubmittedWorkDone();
    };
  },
});

const TINY = `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32) { data[i] += 1u; }`;

const TRANSFER_BYTES = 1 << 24;

export const latencies: readonly Latency[] = [
  compile("compile: 1 function", 15, 1, 2),
  compile("compile: 8 functions", 11, 8, 8),
  compile("compile: 40 functions", 7, 40, 10),
  compile("compile: 200 functions", 3, 200, 10),
  compile("first shader of a process, at once", 5, 1, 2, { freshMs: 0 }),
  compile("first shader of a process, 0.5 s after the device", 5, 1, 2, { freshMs: 500 }),
  {
    name: "tiny dispatch, work done",
    repeats: 51,
    prepare(device) {
      const steps = [step(device, pipeline(device, TINY), [storage(device, 256)], 1)];
      return async () => {
        run(device, steps);
        await device.queue.onSubmittedWorkDone();
      };
    },
  },
  {
    name: "tiny dispatch, read back",
    repeats: 51,
    prepare(device) {
      const data = storage(device, 256);
      const steps = [step(device, pipeline(device, TINY), [data], 1)];
      return async () => {
        run(device, steps);
        await read(device, data);
      };
    },
  },
  {
    name: "1000 tiny dispatches",
    repeats: 15,
    prepare(device) {
      const steps = new Array(1000).fill(step(device, pipeline(device, TINY), [storage(device, 256)], 1));
      return async () => {
        run(device, steps);
        await device.queue.onSubmittedWorkDone();
      };
    },
  },
  {
    name: "16 MiB written and read back",
    repeats: 15,
    prepare(device) {
      const bytes = new Uint32Array(TRANSFER_BYTES / 4).fill(0x7070707);
      const buffer = storage(device, TRANSFER_BYTES);
      return async () => {
        device.queue.writeBuffer(buffer, 0, bytes);
        await read(device, buffer);
      };
    },
  },
];
