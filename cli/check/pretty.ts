/** `--format pretty`: for people. */
import { renderDiagnostic } from "../../support/render.ts";
import { note, PAINT } from "../output.ts";
import type { Reporter, Totals, Write } from "./result.ts";

/** Codes named in the hint at the end. */
const HINTS = 3;

/** @param isInteractive whether somebody is there to whom a hint may help */
export function prettyReporter(write: Write, isInteractive: boolean): Reporter {
  let hasPrinted = false;
  const codes = new Set<string>();
  return {
    file: ({ file, diagnostics, dropped, lines }) => {
      for (const d of diagnostics) {
        write(`${hasPrinted ? "\n" : ""}${renderDiagnostic(d, lines, file, PAINT)}`);
        hasPrinted = true;
        if (d.severity === "error" && codes.size < HINTS) codes.add(d.code);
      }
      if (dropped > 0) write(`\nand ${dropped} more\n`);
    },
    unreadable: () => {},
    end: (totals) => {
      if (isInteractive && codes.size > 0) note(PAINT.dim(`\n'portcullis explain ${[...codes].join(" ")}' says more`));
      note(summary(totals));
    },
  };
}

function summary({ files, errors, warnings, unreadable }: Totals): string {
  const missing = unreadable > 0 ? `, ${unreadable} unreadable` : "";
  return `${counted(files, "file")}, ${counted(errors, "error")}, ${counted(warnings, "warning")}${missing}`;
}

const counted = (n: number, word: string) => `${n} ${n === 1 ? word : `${word}s`}`;
