/** Files named on the command line: paths, globs, `-` for standard input. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";

export interface Input {
  /** as it should be printed */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A usage error or unreadable input: exit code 2. */
export class UsageError extends Error {}

/** @throws UsageError when a file cannot be read or a glob matches nothing */
export function readInputs(patterns: readonly string[], stdinName = "<stdin>"): Input[] {
  if (patterns.length === 0) throw new UsageError("name at least one file, or '-' for standard input");
  return patterns.flatMap((pattern) => {
    if (pattern === "-") return [{ name: stdinName, bytes: readFileSync(0) }];
    return expand(pattern).map((name) => ({ name, bytes: readInput(name) }));
  });
}

export function readInput(name: string): Uint8Array {
  try {
    return readFileSync(name);
  } catch (error) {
    throw new UsageError(`cannot read '${name}': ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
}

export function textOf(input: Input): string {
  return new TextDecoder("utf-8").decode(input.bytes);
}

const GLOB = /[*?[{]/;

function expand(pattern: string): string[] {
  if (!GLOB.test(pattern)) return [pattern];
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => GLOB.test(part));
  const root = parts.slice(0, first).join("/") || (pattern.startsWith("/") ? "/" : ".");
  const matched = walk(root).filter((path) => glob(path, pattern));
  if (matched.length === 0) throw new UsageError(`no file matches '${pattern}'`);
  return matched.sort();
}

function walk(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    if (name === "node_modules" || name.startsWith(".git")) return [];
    const path = folder === "." ? name : join(folder, name);
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? walk(path) : [path.split(sep).join("/")];
  });
}

/** `*` within a folder, `**` across folders, `?`, `[...]`, `{a,b}`. */
function glob(path: string, pattern: string): boolean {
  return globExpression(pattern).test(path);
}

function globExpression(pattern: string): RegExp {
  let out = "";
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === "*" && pattern[i + 1] === "*") {
      const slash = pattern[i + 2] === "/";
      out += slash ? "(?:.*/)?" : ".*";
      i += slash ? 2 : 1;
    } else if (c === "*") out += "[^/]*";
    else if (c === "?") out += "[^/]";
    else if (c === "{") out += "(?:";
    else if (c === "}") out += ")";
    else if (c === "," && pattern.lastIndexOf("{", i) > pattern.lastIndexOf("}", i)) out += "|";
    else if (c === "[" || c === "]") out += c;
    else out += c.replace(/[.+^$()|\\]/, "\\$&");
  }
  return new RegExp(`^${out}$`);
}
