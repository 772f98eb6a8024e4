/** Bugs for a compile worker, which texts that name them set off: this file comes before the real one, which compiles everything else. */
import { parentPort } from "node:worker_threads";

const BUGS: Readonly<Record<string, () => void>> = {
  "PLANT spin": () => {
    for (;;);
  },
  "PLANT objects": () => {
    const all: object[] = [];
    for (;;) all.push({ of: [all.length] });
  },
  "PLANT recursion": () => {
    const again = (n: number): number => again(n + 1) + 1;
    again(0);
  },
  "PLANT exit": () => process.exit(3),
  "PLANT throw": () => {
    throw new Error("planted");
  },
};

/** listeners are called in the order in which they came */
parentPort!.on("message", (message: { readonly does: string; readonly body?: { readonly source: string } }) => {
  if (message.does !== "compile") return;
  for (const [name, bug] of Object.entries(BUGS)) {
    // when the compiler looks at it, so that the bug is its own
    if (message.body?.source.includes(name)) Object.defineProperty(message.body, "entryPoint", { get: bug });
  }
});
