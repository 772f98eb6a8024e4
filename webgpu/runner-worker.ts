/** A thread of the pool: waits for the kernel's messages and runs what they say. The first one is the block that all threads share. */
import { serveRunner, type ToRunner } from "../sandbox/kernel/runner.ts";
import { parentPort } from "./worker-port.ts";

let take: ((message: ToRunner) => void) | undefined;
parentPort().on("message", (message) => {
  if (take === undefined) take = serveRunner(message as SharedArrayBuffer);
  else take(message as ToRunner);
});
