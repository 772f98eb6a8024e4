import { defineConfig } from "vitest/config";

/** Tests in a real browser, of what `npm run build` made. `npm run test:pages` */
export default defineConfig({
  test: { include: ["test/pages/**/*.page.ts"], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
});
