/**
 * Results on disk, by what they depend on: the bytes of the file, the settings, and the build of the checker. Names do not matter, so a file
 * that moved is found again. An entry that is not exactly what was written, for whatever reason, is as good as none.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RawDiagnostic } from "../../support/diagnostic.ts";
import { UsageError } from "../files.ts";
import type { Findings } from "./result.ts";

/** Replaced by the build with the hash of what it was made of. */
declare const PORTCULLIS_BUILD: string | undefined;

/** Not imported: loading it takes as long as checking a small shader, and most runs keep no results. */
const crypto = () => process.getBuiltinModule("node:crypto");

const sha256 = (...parts: readonly (string | Uint8Array)[]) => {
  const hash = crypto().createHash("sha256");
  // with lengths, so that no two lists of parts run into the same bytes
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
};

/** Identifies the checker that gave a result. */
export function buildId(): string {
  if (typeof PORTCULLIS_BUILD === "string") return PORTCULLIS_BUILD;
  const root = join(import.meta.dirname, "../..");
  // not the sources, and not the build: some bundle of it, in one file
  if (!existsSync(join(root, "frontend/wgsl"))) return sha256(readFileSync(import.meta.filename));
  const files = ["cli/check", "frontend/wgsl", "support", "webgpu"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(root, folder, name)),
  );
  return sha256(...files.map((file) => readFileSync(file)));
}

export class ResultCache {
  readonly #folder: string;
  readonly #base: string;
  #canWrite = true;

  /** @throws UsageError when there can be no such folder */
  constructor(folder: string, settings: string) {
    this.#folder = folder;
    this.#base = sha256("portcullis check 1", buildId(), settings);
    try {
      mkdirSync(folder, { recursive: true });
      if (!statSync(folder).isDirectory()) throw new Error("it is no folder");
    } catch (error) {
      throw new UsageError(`--cache: cannot use '${folder}': ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** @param kind of file: the same bytes mean something else in a script */
  key(bytes: Uint8Array, kind: string): string {
    return sha256(this.#base, kind, bytes);
  }

  get(key: string): Findings | null {
    try {
      const [sum, body, ...rest] = readFileSync(this.#path(key), "utf8").split("\n");
      if (body === undefined || rest.length > 0 || sha256(key, body) !== sum) return null;
      return JSON.parse(body) as Findings;
    } catch {
      return null;
    }
  }

  /** A result that cannot be kept is not an error: it is computed again. */
  put(key: string, { diagnostics, dropped, errors, warnings }: Findings): void {
    if (!this.#canWrite) return;
    const body = JSON.stringify({ diagnostics: diagnostics satisfies readonly RawDiagnostic[], dropped, errors, warnings });
    const path = this.#path(key);
    // written under another name first: readers see all of it or nothing
    const draft = `${path}.${process.pid}`;
    try {
      mkdirSync(join(this.#folder, key.slice(0, 2)), { recursive: true });
      writeFileSync(draft, `${sha256(key, body)}\n${body}`);
      renameSync(draft, path);
    } catch {
      this.#canWrite = false;
    }
  }

  #path(key: string): string {
    return join(this.#folder, key.slice(0, 2), `${key.slice(2)}.json`);
  }
}
