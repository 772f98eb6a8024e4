/**
 * `--format github`: workflow commands, which GitHub Actions shows beside the lines of a pull request.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
import type { Severity } from "../../support/diagnostic.ts";
import { visible } from "../../support/render.ts";
import type { Reporter, Write } from "./result.ts";

const COMMAND: { readonly [S in Severity]: string } = { error: "error", warning: "warning", info: "notice" };

export function githubReporter(write: Write): Reporter {
  return {
    file: ({ file, diagnostics, dropped, lines }) => {
      for (const d of diagnostics) {
        const from = lines.position(d.span.offset);
        const to = lines.position(d.span.offset + d.span.length);
        // columns are of one line: the command has no other place for them
        const columns = to.line === from.line ? `,col=${from.column},endColumn=${Math.max(from.column, to.column - 1)}` : "";
        const place = `file=${property(file)},line=${from.line},endLine=${to.line}${columns},title=${property(d.code)}`;
        const notes = d.notes.map((note) => `\nnote: ${visible(note.message)}`);
        const help = d.fix ? `\nhelp: ${d.fix.message}: '${visible(d.fix.replacement)}'` : "";
        write(`::${COMMAND[d.severity]} ${place}::${data(`${visible(d.message)}${notes.join("")}${help}`)}\n`);
      }
      if (dropped > 0) write(`::notice file=${property(file)}::${data(`and ${dropped} more`)}\n`);
    },
    unreadable: (file, reason) => write(`::error file=${property(file)}::${data(reason)}\n`),
    end: () => {},
  };
}

/** The text of a command: everything after the second `::`. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** The value of one of its properties. */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
