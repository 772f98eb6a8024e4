/**
 * Template literals in JavaScript and TypeScript, found without parsing: comments, strings, regular expressions and nested templates are
 * told apart, which is all it takes. Linear; nesting is kept on a list, not on the stack.
 */

export interface Substitution {
  /** offsets of `${` and after `}` */
  readonly start: number;
  readonly end: number;
}

export interface Template {
  /** offsets of the text between the backticks */
  readonly start: number;
  readonly end: number;
  readonly substitutions: readonly Substitution[];
  /** a block comment that says `wgsl`, or the tag `wgsl`, stands before it */
  readonly isWgsl: boolean;
  /** tagged: any tag but those that change nothing may make another text of it */
  readonly isTagged: boolean;
}

/** `const name = literal`, by offsets of the literal; a template literal by its index in `templates`. */
export interface Constant {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly template: number;
}

export interface Script {
  readonly templates: readonly Template[];
  readonly constants: readonly Constant[];
}

/** An open template literal, or braces within a substitution. */
interface Open {
  readonly start: number;
  readonly substitutions: { start: number; end: number }[];
  readonly isWgsl: boolean;
  readonly isTagged: boolean;
  /** whose initialiser it is, if it is one */
  readonly name: string | undefined;
  /** depth of braces inside the substitution being read */
  braces: number;
}

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\.?\d(?:[eE][+-]|[\w.])*/y;
const MARK = /^\/\*\s*wgsl\s*\*\/$/i;
/** After these a slash starts a regular expression. */
const KEYWORDS: ReadonlySet<string> = new Set(
  "return typeof instanceof in of new delete void throw case do else yield await default export import".split(" "),
);

export function scanScript(text: string): Script {
  return new Scanner(text).scan();
}

class Scanner {
  readonly #text: string;
  readonly #templates: Template[] = [];
  readonly #constants: Constant[] = [];
  readonly #open: Open[] = [];
  #at = 0;
  /** the last tokens, newest first: enough to see `const name =`; a type annotation in between is skipped */
  #previous = "";
  #declared: string | undefined;
  #isInitialiser = false;
  #hasMark = false;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): Script {
    const { length } = this.#text;
    while (this.#at < length) this.#token();
    return { templates: this.#templates, constants: this.#constants };
  }

  #token(): void {
    const text = this.#text;
    const c = text[this.#at]!;
    if (c === " " || c === "\n" || c === "\t" || c === "\r") this.#at++;
    else if (c === "/" && text[this.#at + 1] === "/") this.#at = endOr(text.indexOf("\n", this.#at), text.length);
    else if (c === "/" && text[this.#at + 1] === "*") this.#comment();
    else if (c === "`") this.#template();
    else if (c === '"' || c === "'") this.#string(c);
    else if (c === "/" && this.#mayBeRegExp()) this.#regExp();
    else if (c === "{" || c === "}") this.#brace(c);
    else if (!this.#word() && !this.#number()) this.#other(c);
  }

  #comment(): void {
    const end = endOr(this.#text.indexOf("*/", this.#at + 2), this.#text.length - 2) + 2;
    this.#hasMark = MARK.test(this.#text.slice(this.#at, end));
    this.#at = end;
  }

  #word(): boolean {
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#text)?.[0];
    if (word === undefined) return false;
    this.#at += word.length;
    if (this.#previous === "const") this.#declared = word;
    else if (word === "const" || (this.#isInitialiser && word !== "wgsl")) this.#declared = undefined;
    this.#next(word);
    return true;
  }

  #number(): boolean {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) return false;
    this.#literal(this.#at, this.#at + digits.length, -1);
    return true;
  }

  #other(c: string): void {
    this.#at++;
    const isAssignment = c === "=" && !"=>".includes(this.#text[this.#at] ?? " ") && !"=!<>+-*/%&|^?".includes(this.#previous);
    if (c === ";" || c === ",") this.#declared = undefined;
    this.#next(c);
    this.#isInitialiser = isAssignment && this.#declared !== undefined;
  }

  #next(token: string): void {
    this.#previous = token;
    this.#isInitialiser = false;
    this.#hasMark = false;
  }

  /** A string, number or template that may be the whole initialiser of a constant. */
  #literal(start: number, end: number, template: number): void {
    this.#at = end;
    if (this.#isInitialiser && this.#endsHere()) this.#constants.push({ name: this.#declared!, start, end, template });
    this.#next("literal");
  }

  /** Whether an initialiser ends here: nothing goes on with it. */
  #endsHere(): boolean {
    const rest = /[ \t]*(?:as const)?[ \t]*([\s\S]?)([\s\S]?)\s*([\s\S]?)/y;
    rest.lastIndex = this.#at;
    const [, next = ""] = rest.exec(this.#text) ?? [];
    if (next === "" || next === ";" || next === ",") return true;
    if (next !== "\n" && next !== "\r") return next === "/" && /[ \t]*\/[/*]/y.test(this.#text.slice(this.#at, this.#at + 80));
    const after = /\s*(?![\s])([\s\S])/y;
    after.lastIndex = this.#at;
    const first = after.exec(this.#text)?.[1];
    return first === undefined || !"+-*/%.?([`&|^<>=".includes(first) || first === "/";
  }

  #string(quote: string): void {
    const start = this.#at;
    let at = start + 1;
    for (; at < this.#text.length; at++) {
      const c = this.#text[at]!;
      if (c === quote) return this.#literal(start, at + 1, -1);
      // not a string, but an apostrophe in JSX or in what is no script at all
      if (c === "\n") break;
      if (c === "\\") at++;
    }
    this.#at = start + 1;
    this.#next(quote);
  }

  #mayBeRegExp(): boolean {
    const p = this.#previous;
    return p === "" || "(,=:[!&|?{;+-*%^~>".includes(p) || KEYWORDS.has(p);
  }

  #regExp(): void {
    let isClass = false;
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const c = this.#text[at]!;
      if (c === "\n") break;
      if (c === "\\") at++;
      else if (c === "[") isClass = true;
      else if (c === "]") isClass = false;
      else if (c === "/" && !isClass) {
        this.#at = at + 1;
        return this.#next("literal");
      }
    }
    this.#at++;
    this.#next("/");
  }

  #template(): void {
    const tag = this.#previous;
    const isTagged = tag !== "" && !KEYWORDS.has(tag) && /[\p{ID_Continue}$)\]]$/u.test(tag) && tag !== "literal" && !this.#isInitialiser;
    this.#open.push({
      start: this.#at + 1,
      substitutions: [],
      isWgsl: this.#hasMark || tag === "wgsl",
      isTagged: isTagged && tag !== "wgsl",
      name: this.#isInitialiser || (tag === "wgsl" && this.#declared !== undefined) ? this.#declared : undefined,
      braces: 0,
    });
    this.#at++;
    this.#next("`");
    this.#templateText();
  }

  /** Reads on in the innermost template until it ends or a substitution begins. */
  #templateText(): void {
    const open = this.#open[this.#open.length - 1]!;
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text[this.#at]!;
      if (c === "\\") this.#at++;
      else if (c === "`") return this.#close(open);
      else if (c === "$" && this.#text[this.#at + 1] === "{") {
        open.substitutions.push({ start: this.#at, end: -1 });
        this.#at += 2;
        this.#declared = undefined;
        return this.#next("{");
      }
    }
  }

  #close(open: Open): void {
    this.#open.pop();
    const { start, substitutions, isWgsl, isTagged, name } = open;
    const end = this.#at;
    this.#templates.push({ start, end, substitutions, isWgsl, isTagged });
    this.#declared = name;
    this.#isInitialiser = name !== undefined;
    this.#literal(start - 1, end + 1, this.#templates.length - 1);
  }

  #brace(c: string): void {
    this.#at++;
    this.#declared = undefined;
    const open = this.#open[this.#open.length - 1];
    if (open === undefined) return this.#next(c);
    if (c === "{") open.braces++;
    else if (open.braces > 0) open.braces--;
    else {
      open.substitutions[open.substitutions.length - 1]!.end = this.#at;
      return this.#templateText();
    }
    this.#next(c);
  }
}

const endOr = (index: number, otherwise: number) => (index < 0 ? otherwise : index);
