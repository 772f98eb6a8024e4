/** What is around the whole command when it is a process of its own. */

/** @param exit the exit code, or the promise of one */
export function finish(exit: number | Promise<number>): void {
  // whoever reads the output may stop early, as `head` does: that is no error
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  if (typeof exit === "number") process.exitCode = exit;
  else
    exit.then((code) => {
      process.exitCode = code;
    });
}
