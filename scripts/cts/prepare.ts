/** Makes what workers load: the suite as CommonJS (kept between runs), the worker and the implementation as one file each. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");

/** Sources of the suite, with the 16-bit float library that it carries. */
function suiteSources(checkout: string): string[] {
  return ["src/common", "src/webgpu", "src/external"]
    .map((top) => join(checkout, top))
    .filter((top) => existsSync(top))
    .flatMap((top) => readdirSync(top, { recursive: true, encoding: "utf8" }).map((name) => join(top, name)))
    .filter((path) => /\.[tj]s$/.test(path) && !path.endsWith(".d.ts"))
    .sort();
}

/** @returns the spec files of the suite, as the parts of their paths */
export function specFiles(checkout: string): string[][] {
  const top = join(checkout, "src/webgpu");
  return readdirSync(top, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".spec.ts"))
    .sort()
    .map((name) => name.slice(0, -".spec.ts".length).split("/"));
}

/**
 * Strips the types from the suite's sources.
 * @returns the folder, in the system's temporary one, named by what is in the checkout: a second run finds it there
 */
export async function prepareSuite(checkout: string): Promise<string> {
  const sources = suiteSources(checkout);
  const hash = createHash("sha256");
  for (const path of sources) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  const target = join(tmpdir(), `portcullis-cts-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(target)) return target;
  const part = mkdtempSync(`${target}.`);
  await build({
    entryPoints: sources,
    bundle: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    outbase: join(checkout, "src"),
    outdir: part,
    logLevel: "error",
  });
  writeFileSync(join(part, "package.json"), '{ "type": "commonjs" }\n');
  try {
    renameSync(part, target);
  } catch {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(target)) throw new Error(`cannot write ${target}`);
  }
  return target;
}

// a CommonJS file has no import.meta
const define = { "import.meta.url": '""' };
const bundle = { define, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "error", absWorkingDir: ROOT } as const;

/**
 * @param nothing whether the implementation is the one that does nothing
 * @returns the worker's file in `folder`, and that of the implementation as it is in this repository now
 */
export async function prepareWorker(folder: string, nothing: boolean): Promise<{ worker: string; provider: string }> {
  const worker = join(folder, "worker.cjs");
  const provider = join(folder, "provider.cjs");
  await build({ ...bundle, entryPoints: ["scripts/cts/worker.ts"], outfile: worker });
  await build({ ...bundle, entryPoints: [nothing ? "scripts/cts/nothing.ts" : "webgpu/cts.ts"], outfile: provider });
  return { worker, provider };
}

/** @returns the main module of an installed package, from its folder or from the module itself */
export function peerModule(path: string): string {
  const manifest = join(path, "package.json");
  if (!existsSync(manifest)) return path;
  const { main } = JSON.parse(readFileSync(manifest, "utf8")) as { main?: string };
  return join(path, main ?? "index.js");
}
