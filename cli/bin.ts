#!/usr/bin/env node
/** The command as the package ships it: loads what the verb needs, which is a tenth of everything for those of `light.ts`. */
import { finish } from "./finish.ts";

const [verb = "", ...args] = process.argv.slice(2);
const { LIGHT } = await import("./light.ts");
if (Object.hasOwn(LIGHT, verb)) finish((await import("./verb.ts")).runVerb(LIGHT[verb]!, args));
else finish((await import("./main.ts")).main(process.argv.slice(2)));
