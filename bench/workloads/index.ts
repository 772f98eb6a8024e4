import { arithmetic } from "./arithmetic.ts";
import { memory } from "./memory.ts";
import { shared } from "./shared.ts";
import type { Workload } from "./workload.ts";

export { type Latency, latencies } from "./latency.ts";
export type { Size, Workload } from "./workload.ts";
export const workloads: readonly Workload[] = [...memory, ...arithmetic, ...shared];
