/** All entries as one module, for the CommonJS build: its entries share one copy of the classes. */
export { create as createForCts } from "./cts-provider.ts";
export { installGlobals } from "./globals.ts";
export * from "./index.ts";
export { register } from "./install.ts";
export * as playwright from "./playwright.ts";
export * as shader from "./shader.ts";
