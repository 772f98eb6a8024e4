/** Threads of pages and of their workers: web workers. Their files are found beside this one; nothing else knows of the web. */
import type { Thread, ThreadEvents } from "./threads.ts";

/** set by scripts/build.ts where everything is one script: the text of the runner, which has no file there */
declare const PORTCULLIS_RUNNER: string | undefined;

export const startWebWorker = (name: string, events: ThreadEvents): Thread | undefined => webThread(() => open(name), events);

/** @returns undefined where there are none: in old engines, or where a page's policy forbids them */
export function webThread(start: () => Worker | undefined, events: ThreadEvents): Thread | undefined {
  if (typeof globalThis.Worker !== "function") return undefined;
  try {
    const worker = start();
    if (worker === undefined) return undefined;
    const { onMessage, onEnd } = events;
    if (onMessage) worker.onmessage = ({ data }) => onMessage(data);
    worker.onerror = (event) => {
      event.preventDefault(); // it is told here, not on the page's console
      worker.terminate();
      onEnd(event.message || "its script cannot be loaded");
    };
    return { post: (message) => worker.postMessage(message), kill: () => worker.terminate(), hold: () => {} };
  } catch {
    return undefined;
  }
}

/** Bundlers look for just these expressions: a literal name in a URL in a Worker. */
function open(name: string): Worker | undefined {
  switch (name) {
    case "runner-worker": {
      if (typeof PORTCULLIS_RUNNER === "string") return openText(PORTCULLIS_RUNNER);
      return new Worker(new URL("./runner-worker.js", import.meta.url), { type: "module" });
    }
    case "compile-worker":
      return new Worker(new URL("./compile-worker.js", import.meta.url), { type: "module" });
    default:
      return undefined;
  }
}

function openText(text: string): Worker {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(url);
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // it is fetched later
  return worker;
}
