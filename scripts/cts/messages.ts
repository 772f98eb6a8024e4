/** What the runner and its workers say to each other, and the line that is written for a case. */
import type { Expectation, Expected } from "./expectations.ts";
import type { Sampling, Selection } from "./select.ts";

export type Status = "pass" | "fail" | "skip" | "warn" | "hang" | "crash";
export const STATUSES: readonly Status[] = ["pass", "fail", "skip", "warn", "hang", "crash"];

/** One case, as written to `--out`. */
export interface Outcome {
  readonly query: string;
  readonly status: Status;
  readonly expected: Expected;
  readonly ms: number;
  /** CPU time of all threads; for a killed case, its time by the clock */
  readonly cpuMs: number;
  /** subcases that were not skipped */
  readonly subcases: number;
  /** of the first thing that failed, or why it was skipped */
  readonly message: string;
}

/** How a worker is set up, in its first message. */
export interface Setup {
  readonly suite: string;
  readonly resources: string;
  /** CommonJS provider, or the main module of an installed `webgpu` */
  readonly provider: string;
  readonly peer: boolean;
  readonly providerFlags: readonly string[];
  readonly inFlight: number | undefined;
  readonly compat: boolean;
}

/** Cases `from` up to `to` of those selected in a spec file. */
export interface Task {
  readonly file: readonly string[];
  readonly selections: readonly Selection[];
  readonly sampling: Sampling;
  readonly from: number;
  readonly to: number;
  readonly expectations: readonly Expectation[];
}

export type ToWorker = { readonly kind: "setup"; readonly setup: Setup } | { readonly kind: "task"; readonly task: Task };

export type FromWorker =
  | { readonly kind: "ready" }
  /** how many cases the file has; sent first for each task */
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "start"; readonly index: number; readonly query: string; readonly expected: Expected }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "done"; readonly rssBytes: number }
  /** the suite or the implementation cannot be loaded */
  | { readonly kind: "unusable"; readonly message: string }
  /** the task's file cannot be loaded */
  | { readonly kind: "broken"; readonly message: string };
