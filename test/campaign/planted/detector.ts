/** What detectors have in common: they say the first broken claim that they see, and end. */

/** How much to try: the first argument, 1 for what a bug gets that is quickly seen. */
export const effort = Math.max(1, Number(process.argv[2] ?? 1));

/** Prints what is wrong, if anything is, and ends the process. */
export function seen(where: string, wrong: readonly string[]): void {
  if (wrong.length === 0) return;
  process.stdout.write(`${where}: ${wrong[0]}\n`);
  process.exit(1);
}
