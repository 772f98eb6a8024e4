/**
 * The gate: CPU milliseconds of the hand-assembled kernels on the fast tier, fuel and checks on. Runs are interleaved, so that load on the
 * machine touches all kernels alike. `npx tsx bench/gate.bench.ts [names..]`
 */
import { KERNEL_NAMES, makeKernel } from "./gate/kernels.ts";

const REPEATS = 9;
const WARM_UP = 6;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const names = KERNEL_NAMES.filter((n) => wanted.length === 0 || wanted.includes(n));
  const kernels = names.map((n) => makeKernel(n, "full", { shared: false, plainAtomics: true }));
  for (const k of kernels) {
    k.reset();
    k.run();
    const wrong = k.check();
    if (wrong !== undefined) {
      console.log(`${k.name}: ${wrong}`);
      process.exitCode = 1;
    }
    for (let i = 0; i < WARM_UP; i++) {
      k.run();
      await new Promise((resolve) => setTimeout(resolve, 5)); // the engine's better code comes from another thread
    }
  }
  const times = kernels.map((): number[] => []);
  for (let i = 0; i < REPEATS; i++) {
    kernels.forEach((k, at) => {
      const start = cpuMs();
      k.run();
      times[at]!.push(cpuMs() - start);
    });
  }
  kernels.forEach((k, at) => {
    console.log(`${k.name.padEnd(14)} ${median(times[at]!).toFixed(2).padStart(8)} ms CPU`);
  });
}

await main();
