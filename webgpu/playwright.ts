/** `portcullis/playwright`: pages under test get Portcullis as their `navigator.gpu`, before any script of theirs runs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CreateOptions } from "./options.ts";

/** What Playwright's Page and BrowserContext have. */
export interface ScriptTarget {
  addInitScript(script: { content: string }): Promise<unknown>;
}

/** The script itself, for other ways to put it into a page. It leaves no names behind but WebGPU's. */
export function initScript(options: CreateOptions = {}): { content: string } {
  const bundle = readFileSync(fileURLToPath(new URL("./portcullis.min.js", import.meta.url)), "utf8");
  // a script in a page has no tag that could end it early, but whoever takes it may put it into one
  const given = JSON.stringify(options).replaceAll("<", "\\u003c");
  return { content: `(() => {\n${bundle}\nportcullis.register(${given});\n})();` };
}

/**
 * Call it before the page is opened.
 * @example `await usePortcullis(page); await page.goto(url)`
 */
export async function usePortcullis(target: ScriptTarget, options?: CreateOptions): Promise<void> {
  await target.addInitScript(initScript(options));
}
