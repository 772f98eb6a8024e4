/**
 * Source mutation: a part of the sandbox with one stretch of its text changed, bundled with a detector (what runs that part and looks for
 * a broken claim), and run in a process of its own. A planted bug is killed when the detector says so, dies or does not end.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundlePatched, type Patch, patched } from "../../../scripts/patched.ts";

/** A bug to plant. `from` stands exactly once in the file. */
export interface Planted extends Patch {
  /** Why nothing bad can come of it: it must survive. Everything else must be killed. */
  readonly harmless?: string;
}

export interface Verdict {
  readonly planted: Planted;
  readonly isKilled: boolean;
  /** what the detector saw first, or why there is none */
  readonly how: string;
}

/** What a detector may take where nothing says how long it takes in the shipped code. */
const TIMEOUT_MS = 600_000;

/** @throws when the bug does not fit the source any more: it has to be planted anew */
export function mutated(planted: Planted): string {
  return patched([planted]).get(planted.file)!;
}

/**
 * @param entry a file of test/campaign
 * @param planted nothing: the shipped code
 */
export function bundle(entry: string, planted: Planted | undefined, outfile: string): Promise<void> {
  return bundlePatched(`test/campaign/${entry}`, planted === undefined ? [] : [planted], outfile);
}

/**
 * @param detector its file name in this folder; it must see nothing in the shipped code
 * @param timeoutMs far more than it takes in the shipped code, on this machine: what takes longer does not end
 */
export async function tryPlant(
  detector: string,
  planted: Planted | undefined,
  effort: number,
  timeoutMs = TIMEOUT_MS,
): Promise<{ isKilled: boolean; how: string }> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-planted-"));
  try {
    const outfile = join(folder, "detector.mjs");
    await bundle(`planted/${detector}`, planted, outfile);
    return await judge(outfile, effort, timeoutMs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A detector prints what it saw and ends with 1, or ends with 0. */
function judge(file: string, effort: number, timeout: number): Promise<{ isKilled: boolean; how: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, String(effort)], { stdio: ["ignore", "pipe", "pipe"], timeout });
    let said = "";
    const hear = (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk.toString();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("close", (code, signal) => {
      const line =
        said
          .trim()
          .split("\n")
          .find((l) => l.trim() !== "") ?? "";
      resolve({ isKilled: code !== 0, how: signal !== null ? "it does not end" : line.slice(0, 200) });
    });
  });
}
