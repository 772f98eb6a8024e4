#!/usr/bin/env node
/** The command as the package ships it: loads what the verb needs, which is little for those that do not compile. */
import { finish } from "./finish.ts";
import type { Verb } from "./verb.ts";

/** The verbs of light.ts, each by itself. */
const LIGHT: Readonly<Record<string, () => Promise<Verb>>> = {
  check: async () => (await import("./check/verb.ts")).CHECK,
  explain: async () => (await import("./explain.ts")).EXPLAIN,
  reflect: async () => (await import("./reflect.ts")).REFLECT,
};

const [name = "", ...args] = process.argv.slice(2);
const verb = Object.hasOwn(LIGHT, name) ? await LIGHT[name]!() : undefined;
if (verb) finish((await import("./verb.ts")).runVerb(verb, args));
else finish((await import("./main.ts")).main(process.argv.slice(2)));
