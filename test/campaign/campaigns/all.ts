/** Every campaign, in the order they run. */
import type { Campaign } from "../campaign.ts";
import { accepted } from "./accepted.ts";
import { doors } from "./door.ts";
import { compilerFaults } from "./faults.ts";
import { hostile } from "./hostile.ts";
import { leftovers } from "./leftovers.ts";
import { liveness } from "./liveness.ts";
import { mutants, mutantsInJit } from "./mutants.ts";
import { jitBugs, kernelBugs, referenceBugs, verifierBugs } from "./planted.ts";
import { tokens } from "./tokens.ts";
import { decoders, edges, randomWords } from "./words.ts";

export const CAMPAIGNS: readonly Campaign[] = [
  decoders,
  edges,
  mutants,
  mutantsInJit,
  verifierBugs,
  referenceBugs,
  jitBugs,
  kernelBugs,
  compilerFaults,
  randomWords,
  doors,
  hostile,
  leftovers,
  tokens,
  liveness,
  accepted,
];
