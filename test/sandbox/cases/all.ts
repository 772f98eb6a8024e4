/** Every case that a tier must agree with. The instructions' are in ../oracle.ts. */
import type { Case } from "../harness.ts";
import { ACCESS_CASES } from "./access.ts";
import { CALL_CASES } from "./calls.ts";
import { CONTROL_CASES } from "./control.ts";
import { FUEL_CASES, WAVE_FUEL_CASES } from "./fuel.ts";
import { LANE_CASES } from "./lanes.ts";
import { MEMORY_CASES } from "./memory.ts";
import { SYNC_CASES } from "./sync.ts";

export const ALL_CASES: readonly { readonly title: string; readonly cases: readonly Case[] }[] = [
  { title: "control", cases: CONTROL_CASES },
  { title: "lanes", cases: LANE_CASES },
  { title: "calls", cases: CALL_CASES },
  { title: "sync", cases: SYNC_CASES },
  { title: "memory", cases: MEMORY_CASES },
  { title: "access", cases: ACCESS_CASES },
  { title: "fuel", cases: FUEL_CASES },
  { title: "fuel of several waves", cases: WAVE_FUEL_CASES },
];
