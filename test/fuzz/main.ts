/**
 * `npm run fuzz -- --seed N --count N`: random programs; what differs is made small and printed. With `--barriers`, programs whose lanes part
 * and meet around barriers, against JavaScript. Exit 1 if anything differs.
 */
import { parseArgs } from "node:util";
import { flowProgram, judgeFlow } from "./barriers.ts";
import { constantProgram, judge, launchable, programOf, type Tally, trySeed } from "./differential.ts";
import { reduce } from "./reduce.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "1000" },
    seconds: { type: "string", default: "1e9" },
    print: { type: "boolean", default: false },
    reduce: { type: "boolean", default: true },
    barriers: { type: "boolean", default: false },
  },
  allowNegative: true,
});
const first = Number(values.seed);
const count = Number(values.count);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || Number.isNaN(Number(values.seconds))) {
  console.error("usage: npm run fuzz -- --seed N --count N [--seconds N] [--print] [--no-reduce] [--barriers]");
  process.exit(2);
}

if (values.barriers) process.exit(barriers() ? 0 : 1);

if (values.print) {
  const program = programOf(first);
  console.log(launchable(program).source);
  console.log(`/*\n${constantProgram(program)?.source ?? ""}*/`);
  process.exit(0);
}

const tally: Tally = { same: 0, invalid: 0, finds: [] };
const start = Date.now();
let seed = first;
for (; seed < first + count && Date.now() - start < Number(values.seconds) * 1000; seed++) {
  const known = tally.finds.length;
  trySeed(seed, tally);
  for (const find of tally.finds.slice(known)) {
    console.log(`seed ${find.seed} (${find.kind}): ${find.message}`);
    if (!values.reduce) continue;
    if (find.kind === "constants") console.log(constantProgram(find.program)!.source);
    else {
      const small = reduce(programOf(find.seed), (p) => judge(p).kind === "differs");
      const verdict = judge(small);
      console.log(`${verdict.kind === "differs" ? verdict.message : ""}\n${small.source}`);
    }
  }
  if ((seed - first) % 500 === 499)
    console.error(`${seed - first + 1} seeds, ${tally.same} the same, ${tally.invalid} invalid, ${tally.finds.length} finds`);
}
const cpu = process.cpuUsage();
console.log(
  `${seed - first} seeds from ${first}: ${tally.same} programs the same, ${tally.invalid} not valid, ${tally.finds.length} different; ${((cpu.user + cpu.system) / 1e6).toFixed(0)} s of CPU`,
);
process.exit(tally.finds.length > 0 ? 1 : 0);

function barriers(): boolean {
  const verdicts = { same: 0, invalid: 0, differs: 0 };
  for (let seed = first; seed < first + count; seed++) {
    const program = flowProgram(seed);
    if (values.print) console.log(program.source);
    const verdict = judgeFlow(program);
    verdicts[verdict.kind]++;
    if (verdict.kind === "differs") console.log(`seed ${seed}: ${verdict.message}\n${program.source}`);
  }
  console.log(
    `${count} seeds from ${first}: ${verdicts.same} programs as in JavaScript, ${verdicts.invalid} not valid, ${verdicts.differs} different`,
  );
  return verdicts.differs === 0;
}
