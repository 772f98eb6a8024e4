/** Runs each operation on tfjs' CPU backend and on its WebGPU backend, and compares. Usage: node --import portcullis/register compare.mjs [part] */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { ops } from "./operations.mjs";

/** Wrong on every WebGPU, Dawn too: tfjs takes the strides of the output for those of the input. */
const WRONG_IN_TFJS = new Set(["denseBincount"]);

async function run(backend, [inputs, op]) {
  await tf.setBackend(backend);
  const given = inputs.map((make) => make());
  const outputs = [op(...given)].flat();
  const found = [];
  for (const { shape, dtype, ...tensor } of outputs.map((t) => ({ shape: t.shape, dtype: t.dtype, data: () => t.data() }))) {
    found.push({ kind: `${dtype} ${shape}`, data: Array.from(await tensor.data(), Number) });
  }
  tf.dispose([...given, ...outputs]);
  return found;
}

const near = (x, y) => Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-3 + 1e-3 * Math.abs(y) || (Number.isNaN(x) && Number.isNaN(y));

function difference(actual, expected) {
  if (actual.length !== expected.length) return `${actual.length} outputs, not ${expected.length}`;
  for (const [i, { kind, data }] of expected.entries()) {
    if (actual[i].kind !== kind) return `output ${i} is ${actual[i].kind}, not ${kind}`;
    const at = data.findIndex((value, j) => !near(actual[i].data[j], value));
    if (at >= 0) return `output ${i}[${at}] is ${actual[i].data[at]}, not ${data[at]}`;
  }
  return null;
}

await tf.setBackend("webgpu");
await tf.ready();
const { device } = tf.backend();
const errors = [];
device.addEventListener("uncapturederror", ({ error }) => errors.push(error.message));
const part = process.argv[2] ?? "";
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, op] of Object.entries(ops)) {
  if (!name.includes(part)) continue;
  const expected = await run("cpu", op);
  const actual = await run("webgpu", op);
  await device.queue.onSubmittedWorkDone();
  const wrong = errors.splice(0).join("; ") || difference(actual, expected);
  if (wrong && WRONG_IN_TFJS.has(name)) counts.skipped++;
  else if (wrong) {
    counts.failed++;
    console.log(`FAILED ${name}: ${wrong}`);
  } else counts.passed++;
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
