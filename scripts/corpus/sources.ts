/** Finds the sources that a list names: in folders, and in git repositories, bare ones included. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A line of the list. */
export interface Entry {
  /** "owner/name", or the name of a folder of captured sources */
  readonly repository: string;
  readonly path: string;
  readonly valid: boolean;
  readonly bytes: number;
}

/** Lines `wgsl<TAB>repository:path<TAB>valid|invalid<TAB>bytes`; lines of other kinds and comments are passed over. */
export function parseList(text: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split("\n")) {
    const [kind, name = "", verdict, bytes] = line.split("\t");
    const colon = name.indexOf(":");
    if (kind !== "wgsl" || colon < 0) continue;
    const repository = name.slice(0, colon).replace(/^cap\//, "");
    entries.push({ repository, path: name.slice(colon + 1), valid: verdict === "valid", bytes: Number(bytes) });
  }
  return entries;
}

export type Found = "found" | "differs" | "absent";
export interface Source {
  readonly entry: Entry;
  readonly found: Found;
  readonly text: string;
}

/** Reads what of the list is under the roots, one repository at a time. A source of another size is another source. */
export function* findSources(entries: readonly Entry[], roots: readonly string[]): Generator<Source> {
  const byRepository = new Map<string, Entry[]>();
  for (const entry of entries) {
    const list = byRepository.get(entry.repository);
    if (list) list.push(entry);
    else byRepository.set(entry.repository, [entry]);
  }
  for (const [repository, wanted] of byRepository) {
    const folder = roots.flatMap((root) => placesOf(root, repository)).find((place) => existsSync(place));
    const read = folder === undefined ? () => undefined : isGit(folder) ? gitReader(folder, wanted) : folderReader(folder);
    for (const entry of wanted) {
      const bytes = read(entry.path);
      const found = bytes === undefined ? "absent" : bytes.length === entry.bytes ? "found" : "differs";
      yield { entry, found, text: bytes?.toString("utf8") ?? "" };
    }
  }
}

const placesOf = (root: string, repository: string): string[] => {
  const flat = join(root, repository.replace("/", "+"));
  return [join(flat, "repo"), flat, join(root, repository)];
};

const isGit = (folder: string): boolean => existsSync(join(folder, "HEAD")) || existsSync(join(folder, ".git"));

type Read = (path: string) => Buffer | undefined;

function folderReader(folder: string): Read {
  return (path) => {
    const spellings = [path, `${path}.wgsl`, `${path.replace(/[-^]/g, "_")}.wgsl`];
    const file = spellings.map((name) => join(folder, name)).find((name) => existsSync(name));
    return file === undefined ? undefined : readFileSync(file);
  };
}

/** All files of one commit through one process: a process per file would take longer than the checks. */
function gitReader(folder: string, wanted: readonly Entry[]): Read {
  const input = wanted.map(({ path }) => `HEAD:${path}\n`).join("");
  const { stdout } = spawnSync("git", ["-C", folder, "cat-file", "--batch"], { input, maxBuffer: 2 ** 30 });
  const files = new Map<string, Buffer>();
  let at = 0;
  for (const { path } of wanted) {
    const end = stdout.indexOf(10, at);
    if (end < 0) break;
    const header = stdout.subarray(at, end).toString().split(" ");
    at = end + 1;
    if (header[1] !== "blob") continue; // "... missing"
    const size = Number(header[2]);
    files.set(path, stdout.subarray(at, at + size));
    at += size + 1;
  }
  return (path) => files.get(path);
}
