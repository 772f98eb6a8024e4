/**
 * Globs for shells that do not expand them, and for patterns in quotes: `*` and `?` within a name, `**` across folders, `[a-z]`, `[!a]`,
 * `{a,b}`. A leading dot must be written; `**` does not enter node_modules or links to folders.
 */
import { type Dirent, existsSync, readdirSync, statSync } from "node:fs";

const MAX_ALTERNATIVES = 1000;

export function isGlob(pattern: string): boolean {
  for (const c of pattern) if (c === "*" || c === "?" || c === "[" || c === "{") return true;
  return false;
}

/** The folder that all matches of a glob are in: what stands before its first part with a wildcard. */
export function staticFolder(pattern: string): string {
  const parts = pattern.split("/");
  const first = parts.findIndex(isGlob);
  return parts.slice(0, first).join("/") || (pattern.startsWith("/") ? "/" : ".");
}

/** @returns the files that match, sorted, none twice; or null when the braces give more than MAX_ALTERNATIVES patterns */
export function expandGlob(pattern: string): string[] | null {
  const patterns = expandBraces(pattern);
  if (patterns === null) return null;
  const walk = new Walk();
  for (const p of patterns) {
    const parts = p.split("/").filter((part, i, all) => part !== "**" || all[i - 1] !== "**");
    if (parts[0] === "") walk.enter("/", parts.slice(1));
    else walk.enter("", parts);
  }
  return [...walk.found].sort();
}

class Walk {
  readonly found = new Set<string>();
  readonly #seen = new Set<string>();

  /** @param folder with a "/" at its end, or "" for the working folder */
  enter(folder: string, [part, ...rest]: readonly string[]): void {
    const key = `${folder}\0${part}\0${rest.join("/")}`;
    if (part === undefined || this.#seen.has(key)) return;
    this.#seen.add(key);
    if (part === "**") {
      if (rest.length > 0) this.enter(folder, rest);
      for (const entry of list(folder)) {
        const isHidden = entry.name.startsWith(".") || entry.name === "node_modules";
        if (entry.isDirectory() && !isHidden) this.enter(`${folder}${entry.name}/`, [part, ...rest]);
        else if (rest.length === 0 && !isHidden) this.#file(folder + entry.name);
      }
    } else if (rest.length > 0) {
      for (const name of names(folder, part)) this.enter(`${folder}${name}/`, rest);
    } else for (const name of names(folder, part)) this.#file(folder + name);
  }

  #file(path: string): void {
    try {
      if (!statSync(path).isDirectory()) this.found.add(path);
    } catch {
      // a link to nothing, or to itself
    }
  }
}

function names(folder: string, part: string): string[] {
  if (!isGlob(part)) return existsSync(folder + part) ? [part] : [];
  return list(folder)
    .map((entry) => entry.name)
    .filter((name) => (!name.startsWith(".") || part.startsWith(".")) && matchName(name, part));
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder === "" ? "." : folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Whether `name` matches a pattern without `**` and braces. Backtracks to the last `*` only, so it takes at most product time. */
export function matchName(name: string, pattern: string): boolean {
  const text = [...name];
  const want = [...pattern];
  let at = 0;
  let p = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const next = want[p] === "*" ? -1 : matchOne(text[at]!, want, p);
    if (want[p] === "*") {
      star = p++;
      starAt = at;
    } else if (next >= 0) {
      p = next;
      at++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (want[p] === "*") p++;
  return p === want.length;
}

/** @returns where the pattern goes on after matching `c` at `p`, or -1 */
function matchOne(c: string, want: readonly string[], p: number): number {
  if (p >= want.length) return -1;
  if (want[p] === "?") return p + 1;
  const end = want[p] === "[" ? want.indexOf("]", p + 2) : -1;
  // a bracket that is not closed stands for itself
  if (end < 0) return want[p] === c ? p + 1 : -1;
  const isNot = want[p + 1] === "!" || want[p + 1] === "^";
  let isIn = false;
  for (let i = p + (isNot ? 2 : 1); i < end; i++) {
    const isRange = want[i + 1] === "-" && i + 2 < end;
    const last = isRange ? want[i + 2]! : want[i]!;
    if (c >= want[i]! && c <= last) isIn = true;
    if (isRange) i += 2;
  }
  return isIn !== isNot ? end + 1 : -1;
}

/** `a{b,c}` as `ab`, `ac`; braces may nest; those that are not closed stand for themselves. @returns null when they are too many */
export function expandBraces(pattern: string): string[] | null {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0) {
    const text = open.pop()!;
    const split = firstBraces(text);
    if (split === null) done.push(text);
    else for (let i = split.length; i-- > 0; ) open.push(split[i]!);
    if (open.length + done.length > MAX_ALTERNATIVES) return null;
  }
  return done;
}

/** The text with its first pair of braces replaced by each of its parts, or null when there is none. */
function firstBraces(text: string): string[] | null {
  for (let open = text.indexOf("{"); open >= 0; open = text.indexOf("{", open + 1)) {
    const commas: number[] = [];
    let depth = 0;
    for (let i = open; i < text.length; i++) {
      if (text[i] === "{") depth++;
      else if (text[i] === "," && depth === 1) commas.push(i);
      else if (text[i] === "}" && --depth === 0) {
        const edges = [open, ...commas, i];
        return edges.slice(1).map((end, k) => text.slice(0, open) + text.slice(edges[k]! + 1, end) + text.slice(i + 1));
      }
    }
  }
  return null;
}
