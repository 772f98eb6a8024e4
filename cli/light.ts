/** Verbs that need the front end at most: `bin.ts` loads each by itself. */
import { CHECK } from "./check/verb.ts";
import { EXPLAIN } from "./explain.ts";
import { REFLECT } from "./reflect.ts";
import type { Verbs } from "./verb.ts";

export const LIGHT: Verbs = { check: CHECK, explain: EXPLAIN, reflect: REFLECT };
