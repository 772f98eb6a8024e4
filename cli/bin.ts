#!/usr/bin/env node
/** The command as the package ships it: loads what the verb needs, which is little for those that do not compile. */
import nodeModule from "node:module";
import { help, isHelp } from "./about.ts";
import { finish } from "./finish.ts";
import { EXIT, print } from "./output.ts";
import type { Exit } from "./verb.ts";

/** Verbs that need the front end at most, each by itself. */
const LIGHT: Readonly<Record<string, () => Promise<{ start: (args: string[]) => Exit }>>> = {
  check: () => import("./check/verb.ts"),
  explain: () => import("./explain.ts"),
  reflect: () => import("./reflect.ts"),
};

// Node 22 and later keep compiled code between runs
if ("enableCompileCache" in nodeModule && typeof nodeModule.enableCompileCache === "function") nodeModule.enableCompileCache();

/**
 * Most of what V8 would optimize has not paid for that by the end of such a run: of 1 MB of WGSL, optimizing takes longer than checking.
 * In Node 22 the flag changes nothing, in others nobody has measured it.
 */
function optimizeLater(): void {
  if (process.versions.v8.startsWith("11.")) process.getBuiltinModule("node:v8").setFlagsFromString("--interrupt-budget=1000000");
}

const [name = "", ...args] = process.argv.slice(2);
if (isHelp(name)) {
  print(help());
  finish(EXIT.clean);
} else if (Object.hasOwn(LIGHT, name)) {
  optimizeLater();
  LIGHT[name]!().then(({ start }) => finish(start(args)));
} else import("./main.ts").then(({ main }) => finish(main(process.argv.slice(2))));
