/** Which of two ways to run a program is chosen, by what they take. */
import { expect, test } from "vitest";
import { Trial } from "../../sandbox/kernel/trial.ts";

/** Runs dispatches of 10 workgroups. @returns how many of them were shared */
function run(trial: Trial, dispatches: number, cost: { readonly shared: number; readonly alone: number }): number {
  let shared = 0;
  for (let i = 0; i < dispatches; i++) {
    const { isShared } = trial;
    if (isShared) shared++;
    trial.note(isShared, (isShared ? cost.shared : cost.alone) * 10, 10);
  }
  return shared;
}

test("threads that gain nothing are left alone, but for the trials of each round", () => {
  expect(run(new Trial(), 64 * 3, { shared: 1, alone: 1 })).toBe(9);
  expect(run(new Trial(), 64 * 3, { shared: 3, alone: 1 })).toBe(9);
});

test("threads that gain are used", () => {
  expect(run(new Trial(), 64 * 3, { shared: 0.5, alone: 1 })).toBe(64 * 3 - 9);
});

test("what changes is seen in the next round", () => {
  const trial = new Trial();
  run(trial, 64, { shared: 2, alone: 1 });
  expect(run(trial, 64, { shared: 0.5, alone: 1 })).toBe(61);
  expect(run(trial, 64, { shared: 2, alone: 1 })).toBe(3);
});

test("one slow run of a trial decides nothing", () => {
  const trial = new Trial();
  trial.note(trial.isShared, 1000, 10);
  expect(run(trial, 63, { shared: 0.5, alone: 1 })).toBe(63 - 2);
});
