import { defineConfig } from "vite";

/** What makes a page cross-origin isolated: shaders may then use several threads. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({ root: import.meta.dirname, server: { headers }, preview: { headers }, build: { target: "es2022" } });
