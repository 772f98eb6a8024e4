/** Files named on the command line: paths, globs, `-` for standard input. */
import { closeSync, existsSync, fstatSync, openSync, readSync, writeFileSync } from "node:fs";
import { sep } from "node:path";
import { expandGlob, isGlob } from "./glob.ts";

export interface Input {
  /** as it should be printed */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A usage error or unreadable input: exit code 2. */
export class UsageError extends Error {}

/** Bytes of the largest file read: no shader or object that anything takes is larger. */
const MAX_INPUT_BYTES = 1 << 26;
const CHUNK_BYTES = 1 << 18;
const STDIN = 0;

/** Paths of all files that the patterns stand for. @throws UsageError when a glob matches nothing */
export function expand(patterns: readonly string[]): string[] {
  if (patterns.length === 0) throw new UsageError("name at least one file, or '-' for standard input");
  if (patterns.filter((p) => p === "-").length > 1) throw new UsageError("'-' stands for standard input, which can be read only once");
  return patterns.flatMap((pattern) => {
    // a file may be named like a glob: shells hand over what they did not expand
    if (pattern === "-" || !isGlob(pattern) || existsSync(pattern)) return [pattern];
    const matched = expandGlob(sep === "\\" ? pattern.replaceAll(sep, "/") : pattern);
    if (matched === null) throw new UsageError(`the braces of '${pattern}' stand for too many patterns`);
    if (matched.length === 0) throw new UsageError(`no file matches '${pattern}'`);
    return matched;
  });
}

/** @throws UsageError when a file cannot be read or a glob matches nothing */
export function readInputs(patterns: readonly string[], stdinName?: string): Input[] {
  return expand(patterns).map((name) => readInput(name, stdinName));
}

/** The one file that `pattern` stands for. */
export function readOne(pattern: string): Input {
  const names = expand([pattern]);
  if (names.length > 1) throw new UsageError(`'${pattern}' matches ${names.length} files; name one`);
  return readInput(names[0]!);
}

/** @param name a path, or `-` */
export function readInput(name: string, stdinName = "<stdin>", maxBytes = MAX_INPUT_BYTES): Input {
  if (name === "-") return { name: stdinName, bytes: guarded("cannot read standard input", () => readAll(STDIN, stdinName, maxBytes)) };
  const bytes = guarded(`cannot read '${name}'`, () => {
    const fd = openSync(name, "r");
    try {
      // a guess, so that most files are one chunk
      const { size } = fstatSync(fd);
      return readAll(fd, name, maxBytes, Math.min(size + 1, maxBytes + 1));
    } finally {
      closeSync(fd);
    }
  });
  return { name, bytes };
}

export function writeOutput(name: string, bytes: Uint8Array): void {
  guarded(`cannot write '${name}'`, () => writeFileSync(name, bytes));
}

/** By chunks and not by size: pipes and devices have none. */
function readAll(fd: number, name: string, maxBytes: number, firstBytes = CHUNK_BYTES): Uint8Array {
  const chunks: Uint8Array[] = [];
  let chunk = new Uint8Array(firstBytes);
  let used = 0;
  let length = 0;
  for (;;) {
    const got = readSome(fd, chunk.subarray(used));
    used += got;
    length += got;
    if (length > maxBytes) throw new UsageError(`'${name}' has more than ${maxBytes} bytes`);
    if (got > 0 && used < chunk.length) continue;
    chunks.push(chunk.subarray(0, used));
    if (got === 0) break;
    chunk = new Uint8Array(CHUNK_BYTES);
    used = 0;
  }
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function readSome(fd: number, chunk: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, chunk);
    } catch (error) {
      const code = codeOf(error);
      if (code === "EOF") return 0;
      // standard input that another process made non-blocking
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

const REASON: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "the disk is full",
  ELOOP: "its links go in a circle",
  ENAMETOOLONG: "its name is too long",
  ERR_INVALID_ARG_VALUE: "its name has a null character",
};

function guarded<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = codeOf(error);
    throw new UsageError(`${what}: ${code === undefined ? String(error) : (REASON[code] ?? code)}`);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
