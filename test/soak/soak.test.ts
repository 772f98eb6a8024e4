import { expect, test } from "vitest";
import { soak } from "./soak.ts";

test("20,000 random calls on four devices give the errors that the rules say, and no others", async () => {
  const { calls, surprises, kinds } = await soak({ calls: 20_000, seed: 11, devices: 4 });
  expect(surprises).toEqual([]);
  expect(calls).toBeGreaterThanOrEqual(20_000);
  expect(kinds.size).toBeGreaterThan(25);
}, 60_000);
