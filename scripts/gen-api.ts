/**
 * Prints docs/api.md: what the package's entries export, from the sources' docstrings. It reads declarations as this repository writes them
 * (`export` at the start of a line, a docstring right above it), not TypeScript.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const ENTRIES: readonly (readonly [name: string, file: string])[] = [
  ["portcullis", "webgpu/index.ts"],
  ["portcullis/vitest", "webgpu/vitest.ts"],
  ["portcullis/playwright", "webgpu/playwright.ts"],
  ["portcullis/shader", "webgpu/shader.ts"],
];

interface Declaration {
  readonly name: string;
  readonly says: string;
  readonly code: string;
}

const KEYWORDS = /^export (?:async )?(?:function|const|class|interface|type|let|abstract class) ([A-Za-z]\w*)/;

/** A docstring's text; its tags become sentences. */
function docText(comment: string): string {
  return comment
    .replace(/^\/\*\*|\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .join(" ")
    .replace(/@param (\w+) ?/g, "\n- `$1`: ")
    .replace(/@returns? ?/g, "\n- returns ")
    .replace(/@throws ?/g, "\n- throws ")
    .replace(/@example ?/g, "\n- example: ")
    .replace(/@see (\S+)/g, "\n- see $1")
    .trim();
}

/** The docstring that ends right before a place, or "". The first comment of a file speaks of the file. */
function commentBefore(text: string, at: number): string {
  const before = text.slice(0, at).trimEnd();
  const start = before.lastIndexOf("/**");
  return before.endsWith("*/") && start > 0 ? docText(before.slice(start)) : "";
}

/** From an opening bracket to its end. Strings and comments of declarations have their brackets in pairs. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if ("({[".includes(text[i]!)) depth++;
    else if (")}]".includes(text[i]!) && --depth === 0) return i + 1;
  }
  return text.length;
}

/** A type's end: the semicolon that is in no bracket. */
function typeEnd(text: string, at: number): number {
  let end = at;
  while (text[end] !== ";") end = "({[".includes(text[end]!) ? closing(text, end) : end + 1;
  return end + 1;
}

/** A function's head: to the bracket of its body, which stands at the end of a line. */
function head(text: string, at: number): string {
  const parameters = closing(text, text.indexOf("(", at));
  const body = /\{\n/g;
  body.lastIndex = parameters;
  return text.slice(at, body.exec(text)?.index ?? text.length);
}

/** A class without what is not for users: bodies, private and undocumented members. */
function classCode(text: string, at: number): string {
  const open = text.indexOf("{\n", at);
  const inside = text.slice(open + 1, closing(text, open) - 1);
  const members = inside
    .split("\n")
    .filter((line) => /^ {2}(?:get |readonly [a-z]|[a-z]\w*\()/.test(line) && !line.includes("constructor"));
  const isBody = (line: string, i: number) => line.endsWith("{") && members[i - 1]?.split("(")[0] === line.split("(")[0];
  const shown = members.filter((line, i) => !isBody(line, i));
  const isSet = (name: string) => inside.includes(`\n  set ${name}(`);
  const property = (_: string, name: string) => `  ${isSet(name) ? "" : "readonly "}${name}`;
  const heads = shown.map((line) => line.replace(/^ {2}get (\w+)\(\)/, property).replace(/ \{$/, ";"));
  return `${text.slice(at, open).trim()} {\n${heads.join("\n")}\n}`;
}

function codeOf(text: string, at: number): string {
  const line = text.slice(at, text.indexOf("\n", at));
  if (/^export (?:async )?function/.test(line)) return `${head(text, at).trim()};`;
  if (/^export (?:abstract )?class/.test(line)) return classCode(text, at);
  if (line.startsWith("export interface")) return text.slice(at, closing(text, text.indexOf("{", at)));
  if (line.startsWith("export const")) return `${line.split(/ = | =>/)[0]!};`;
  return text.slice(at, typeEnd(text, at));
}

function declarationsOf(file: string): Declaration[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const found: Declaration[] = [];
  for (const match of text.matchAll(new RegExp(KEYWORDS.source, "gm"))) {
    const code = codeOf(text, match.index).replace(/^export /, "");
    found.push({ name: match[1]!, says: commentBefore(text, match.index), code });
  }
  return found;
}

/** What an entry exports, in its order: its own, and what it passes on. */
function exportsOf(file: string): Declaration[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const passed: Declaration[] = [];
  for (const [, names = "", from = ""] of text.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)"/gm)) {
    const there = exportsOf(join(dirname(file), from));
    for (const name of names.split(",").map((each) => each.trim().replace(/^type /, ""))) {
      const declaration = there.find((each) => each.name === name);
      if (name !== "" && declaration === undefined) throw new Error(`${from} has no declaration of ${name} that can be read`);
      if (declaration !== undefined) passed.push(declaration);
    }
  }
  return [...declarationsOf(file), ...passed];
}

/** What an entry's file says of itself. */
const entryText = (file: string) => docText(/^\/\*\*[\s\S]*?\*\//.exec(readFileSync(join(ROOT, file), "utf8"))?.[0] ?? "");

const section = ({ name, says, code }: Declaration) => `### ${name}\n${says === "" ? "" : `${says}\n\n`}\`\`\`ts\n${code}\n\`\`\``;

const matcher = (): Declaration => {
  const text = readFileSync(join(ROOT, "webgpu/vitest.ts"), "utf8");
  const at = text.indexOf("toMatchGPUImage(options");
  return { name: "expect(…).toMatchGPUImage", says: commentBefore(text, at), code: text.slice(at, text.indexOf("\n", at)).trim() };
};

export function apiPage(): string {
  const parts = ENTRIES.map(([name, file]) => {
    const declarations = [...(name === "portcullis/vitest" ? [matcher()] : []), ...exportsOf(file)];
    return `## ${name}\n${entryText(file)}\n\n${declarations.map(section).join("\n\n")}`;
  });
  return `# API\n<!-- printed by \`npm run gen\` from the sources' docstrings -->

The WebGPU API itself is as its [specification](https://www.w3.org/TR/webgpu/) says. \`portcullis/register\` exports nothing: importing it installs \`navigator.gpu\` and the globals. [guide.md](guide.md) shows how it all is used.

${parts.join("\n\n")}
`;
}
