/**
 * `portcullis/vitest`: a setup file. It installs `navigator.gpu` and WebGPU's globals, and adds `expect(…).toMatchGPUImage()`.
 * @example `export default defineConfig({ test: { setupFiles: ["portcullis/vitest"] } })`
 */
import { expect } from "vitest";
import { register } from "./install.ts";
import { type MatchImageOptions, matchImage } from "./match-image.ts";
import type { PictureSource } from "./png.ts";

export type { MatchImageOptions } from "./match-image.ts";

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares it so, and declarations that are merged must be the same
  interface Matchers<T = any> {
    /**
     * Compares a texture, a canvas or a picture with a PNG file in `__images__` beside the test. The file is written when it is missing, not
     * on CI; `--update` writes it again. Where they differ, `.actual.png` and `.difference.png` lie beside it. Await it.
     */
    toMatchGPUImage(options?: MatchImageOptions): Promise<T>;
  }
}

register();

/** What `vitest --update` and CI make of missing and of wrong files. */
function updateMode(): "all" | "new" | "none" {
  const worker = (globalThis as { __vitest_worker__?: { config?: { snapshotOptions?: { updateSnapshot?: string } } } }).__vitest_worker__;
  const mode = worker?.config?.snapshotOptions?.updateSnapshot;
  return mode === "all" || mode === "none" ? mode : "new";
}

/** pictures by test, so that a test may have several */
const counts = new Map<string, number>();

expect.extend({
  async toMatchGPUImage(source: PictureSource, options?: MatchImageOptions) {
    const { testPath, currentTestName: testName } = this;
    if (testPath === undefined || testName === undefined) throw new TypeError("toMatchGPUImage: call it within a test");
    const key = `${testPath}\0${testName}`;
    const count = options?.name === undefined ? (counts.get(key) ?? 0) + 1 : 0;
    if (count > 0) counts.set(key, count);
    const update = this.isNot ? "none" : updateMode();
    const { pass, message } = await matchImage(source, { testPath, testName, count, update }, options);
    return { pass, message: () => message };
  },
});
