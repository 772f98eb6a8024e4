/** A kernel as a web worker. A file by itself: the kernel's own worker starts others, and bundlers must see no circle. */
import type { Thread, ThreadEvents } from "../threads.ts";
import { webThread } from "../web-threads.ts";

/** @returns undefined where there are no web workers */
export const startPageKernel = (events: ThreadEvents): Thread | undefined =>
  webThread(() => new Worker(new URL("./kernel-worker.js", import.meta.url), { type: "module" }), events);
