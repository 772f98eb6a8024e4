/**
 * Sources with stretches of their text changed, bundled: how tests plant bugs, and how a benchmark takes the checks out. Shipped sources have
 * no switch for either.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/** A change of one stretch. `from` stands exactly once in the file. */
export interface Patch {
  /** what it is, for messages */
  readonly name: string;
  /** from the root of the repository */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const ROOT = new URL("../", import.meta.url).pathname;

/** @throws when a patch does not fit the source any more */
function apply(text: string, { name, file, from, to }: Patch): string {
  const first = text.indexOf(from);
  if (first < 0 || text.indexOf(from, first + 1) >= 0) {
    throw new Error(`patch "${name}": its text stands ${first < 0 ? "nowhere" : "more than once"} in ${file}`);
  }
  return text.replace(from, () => to);
}

/** Texts of the files that patches change, by name. @throws when one does not fit */
export function patched(patches: readonly Patch[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const patch of patches) texts.set(patch.file, apply(texts.get(patch.file) ?? readFileSync(ROOT + patch.file, "utf8"), patch));
  return texts;
}

/** Puts the changed texts in, and keeps what files say of where they lie. */
function replacing(patches: readonly Patch[]): Plugin {
  return {
    name: "patched",
    setup({ onLoad }) {
      const texts = patched(patches);
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = (path.startsWith(ROOT) ? texts.get(path.slice(ROOT.length)) : undefined) ?? readFileSync(path, "utf8");
        const contents = text.replaceAll(/(?<!")import\.meta\.url/g, JSON.stringify(pathToFileURL(path).href));
        return { contents, loader: "ts" };
      });
    },
  };
}

/** @param entry from the root of the repository */
export async function bundlePatched(entry: string, patches: readonly Patch[], outfile: string): Promise<void> {
  await build({
    entryPoints: [ROOT + entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
    plugins: [replacing(patches)],
  });
}
