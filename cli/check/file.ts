/** One file: a shader, or a script with shaders in it; or bytes that are no text. */
import { DiagnosticList } from "../../support/diagnostic.ts";
import { LineIndex } from "../../support/source.ts";
import type { Input } from "../files.ts";
import { decodeUtf8, notUtf8 } from "../source.ts";
import type { ResultCache } from "./cache.ts";
import { isScript, shadersIn, toHost } from "./host.ts";
import type { FileResult, Findings } from "./result.ts";
import type { Settings } from "./settings.ts";
import { checkText, findings } from "./shader.ts";

/** Never throws. */
export function checkFile(input: Input, settings: Settings, cache: ResultCache | null): FileResult {
  const script = isScript(input.name);
  const { text, firstBad } = decodeUtf8(input.bytes);
  // lines of scripts end at fewer characters than lines of WGSL
  const lines = new LineIndex(script ? text.replace(/[\v\f\x85]/g, " ") : text);
  const key = cache?.key(input.bytes, script ? "script" : "wgsl");
  const known = key === undefined ? null : cache!.get(key);
  if (known) return { ...known, file: input.name, lines };
  const found = firstBad >= 0 ? findings(notUtf8(input.bytes, firstBad)) : script ? checkScript(text, settings) : checkText(text, settings);
  if (key !== undefined) cache!.put(key, found);
  return { ...found, file: input.name, lines };
}

function checkScript(source: string, settings: Settings): Findings {
  const { shaders, skipped } = shadersIn(source);
  const all = new DiagnosticList();
  const seen = new Set<string>();
  for (const { text, origin } of shaders) {
    const { diagnostics, dropped } = checkText(text, settings);
    all.dropped += dropped;
    for (const d of diagnostics) {
      const mapped = toHost(d, origin);
      // a text that stands in several shaders is told of once
      const id = `${mapped.code} ${mapped.span.offset} ${mapped.message}`;
      if (!seen.has(id)) all.add(mapped);
      seen.add(id);
    }
  }
  for (const { span, what } of skipped) {
    all.add({ severity: "info", code: "W0004", message: `this shader was not checked: ${what}`, span, notes: [] });
  }
  all.items.sort((a, b) => a.span.offset - b.span.offset);
  return findings(all);
}
