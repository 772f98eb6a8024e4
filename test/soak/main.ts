/** `npm run soak -- --calls N --seed S --devices D`: exit 0 when nothing surprised and memory stayed flat. */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { soak } from "./soak.ts";
import type { Report } from "./world.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    devices: { type: "string", default: "4" },
  },
});
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const MB = 1e6;
/** bytes that may come on top of what a tenth of the calls left behind */
const SLACK_MB = 12;

function used() {
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed / MB, outside: external / MB, rss: rss / MB };
}

/** What stays when every device is gone. What finalizers free is free some turns later. */
async function left() {
  for (let turn = 0; turn < 10; turn++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return used();
}

const show = ({ heap, outside, rss }: ReturnType<typeof used>) =>
  `heap ${heap.toFixed(1)} MB, outside it ${outside.toFixed(1)} MB, resident ${rss.toFixed(0)} MB`;

const calls = Number(values.calls);
const [seed, devices] = [Number(values.seed), Number(values.devices)];
let shown = 0;
function onProgress(r: Report): void {
  if (r.calls < (shown * calls) / 10) return;
  shown++;
  console.error(`${r.calls} calls: ${show(used())}`);
}

const warm = await soak({ calls: Math.ceil(calls / 10), seed: seed + 1, devices });
const before = await left();
const started = process.cpuUsage();
const result = await soak({ calls, seed, devices, onProgress });
const cpu = process.cpuUsage(started);
const after = await left();

const counts = [...result.kinds].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${n}`);
console.log(`${result.calls} calls in ${((cpu.user + cpu.system) / 1e6).toFixed(1)} CPU s: ${counts.join(", ")}`);
const surprises = [...warm.surprises, ...result.surprises];
for (const text of surprises) console.log(`surprise: ${text}`);
const grown = Math.max(after.heap - before.heap, after.outside - before.outside);
console.log(`left behind by a tenth of it: ${show(before)}; by all: ${show(after)}`);
process.exitCode = surprises.length > 0 || grown > SLACK_MB ? 1 : 0;
