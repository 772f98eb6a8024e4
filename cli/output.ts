/** Where results (stdout) and progress (stderr) go, and in which colours. */
import pc from "picocolors";
import type { Paint } from "../support/render.ts";

/** Exit codes of every verb. */
export const EXIT = { clean: 0, findings: 1, usage: 2 } as const;

const colors = pc.createColors(pc.isColorSupported);
export const hasColors = pc.isColorSupported;
export const PAINT: Paint = {
  error: (text) => colors.bold(colors.red(text)),
  warning: (text) => colors.bold(colors.yellow(text)),
  dim: colors.dim,
  bold: colors.bold,
};
export const good = colors.green;

export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
/** A usage error, or what keeps a file from being read. */
export function complain(message: string): void {
  note(`${PAINT.error("error")}: ${message}`);
}
