/** What checking one file gives, and who prints it. */
import type { RawDiagnostic } from "../../support/diagnostic.ts";
import type { LineIndex } from "../../support/source.ts";

/** Plain data: it is kept in the cache. */
export interface Findings {
  /** with spans in the file, also where the shader is a literal in a script */
  readonly diagnostics: readonly RawDiagnostic[];
  /** found and not listed, since there were too many */
  readonly dropped: number;
  readonly errors: number;
  readonly warnings: number;
}

export interface FileResult extends Findings {
  /** as it should be printed */
  readonly file: string;
  readonly lines: LineIndex;
}

export interface Totals {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly unreadable: number;
}

/** Prints results as they come: what it keeps does not grow with the number of files. */
export interface Reporter {
  readonly file: (result: FileResult) => void;
  readonly unreadable: (file: string, reason: string) => void;
  readonly end: (totals: Totals) => void;
}

/** Takes text for standard output. */
export type Write = (text: string) => void;
