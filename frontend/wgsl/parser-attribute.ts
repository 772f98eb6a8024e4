/**
 * Attributes. Their names and the number of their arguments are checked here; where they may stand and what they mean is the checker's.
 * @see https://www.w3.org/TR/WGSL/#attributes
 */
import type { ListId, NodeId } from "./ast.ts";
import { Attribute, EMPTY_LIST, Kind } from "./ast.ts";
import { NO_NODE } from "./parser-base.ts";
import { ExpressionParser } from "./parser-expression.ts";
import { didYouMean } from "./suggest.ts";
import { ATTRIBUTE_OF_WORD, WORD_COUNT } from "./symbols.ts";
import { ATTRIBUTE_NAMES, FIRST_KEYWORD, Tok } from "./token.ts";

/** Number of arguments, and whether they are context-dependent names instead of expressions. */
interface Takes {
  readonly least: number;
  readonly most: number;
  readonly names: boolean;
}
const NOTHING: Takes = { least: 0, most: 0, names: false };
const ONE: Takes = { least: 1, most: 1, names: false };
/** By Attribute. The builtin's second argument is a depth mode. `diagnostic` has a syntax of its own. */
const TAKES: readonly Takes[] = Object.values({
  align: ONE,
  binding: ONE,
  blend_src: ONE,
  builtin: { least: 1, most: 2, names: true },
  compute: NOTHING,
  const: NOTHING,
  diagnostic: NOTHING,
  fragment: NOTHING,
  group: ONE,
  id: ONE,
  interpolate: { least: 1, most: 2, names: true },
  invariant: NOTHING,
  location: ONE,
  must_use: NOTHING,
  size: ONE,
  subgroup_size: ONE,
  vertex: NOTHING,
  workgroup_size: { least: 1, most: 3, names: false },
});

function amount(least: number, most: number): string {
  if (most === 0) return "no arguments";
  return least === most ? `${least} argument${most > 1 ? "s" : ""}` : `${least} to ${most} arguments`;
}

export class AttributeParser extends ExpressionParser {
  /** Zero or more attributes. */
  attributeList(): ListId {
    if (this.kind() !== Tok.AT) return EMPTY_LIST;
    const mark = this.mark();
    while (this.kind() === Tok.AT && !this.panic) {
      const node = this.#attribute();
      if (node !== NO_NODE) this.push(node);
    }
    return this.list(mark);
  }

  /** An ATTRIBUTE, or NONE when its name is unknown or its arguments are wrong, which has been reported. */
  #attribute(): NodeId {
    const start = this.start();
    this.at++;
    const code = this.#attributeCode();
    if (code < 0) return this.#skipAttribute();
    const name = this.at;
    this.at++;
    const isCall = this.kind() === Tok.PAREN_LEFT;
    if (code === Attribute.CONST) {
      this.complain(this.tokenSpan(name), "W0120", "'@const' describes built-in functions and cannot be used in a module");
      return NO_NODE;
    }
    if (code === Attribute.DIAGNOSTIC) {
      const names = this.diagnosticControl();
      return this.panic ? NO_NODE : this.ast.add(Kind.ATTRIBUTE, start, this.lastEnd(), code, names, 0, 0);
    }
    const { least, most, names } = TAKES[code]!;
    const args = isCall ? this.#arguments(names) : EMPTY_LIST;
    const count = this.ast.listLength(args);
    if (!this.panic && (count < least || count > most || (isCall && most === 0))) {
      this.complain(this.tokenSpan(name), "W0121", `'@${ATTRIBUTE_NAMES[code]}' takes ${amount(least, most)}`);
      return NO_NODE;
    }
    return this.ast.add(Kind.ATTRIBUTE, start, this.lastEnd(), code, args, 0, 0);
  }

  /** Code of the attribute the current token names, or -1. */
  #attributeCode(): number {
    const kind = this.kind();
    if (kind !== Tok.IDENT && kind < FIRST_KEYWORD) return -1;
    const symbol = this.tokens.values[this.at]!;
    return symbol < WORD_COUNT ? ATTRIBUTE_OF_WORD[symbol]! : -1;
  }

  #skipAttribute(): NodeId {
    if (this.kind() !== Tok.IDENT) {
      this.fail("W0120", `expected the name of an attribute after '@', but found ${this.found()}`);
      return NO_NODE;
    }
    const [span, name] = [this.tokenSpan(this.at), this.tokenText(this.at)];
    this.complain(span, "W0120", `there is no attribute '@${name}'`, { fix: didYouMean(span, name, ATTRIBUTE_NAMES) });
    this.at++;
    if (this.kind() === Tok.PAREN_LEFT) this.#arguments(false);
    return NO_NODE;
  }

  /** `(a, b)`. @param names whether the arguments are context-dependent names */
  #arguments(names: boolean): ListId {
    const opening = this.at;
    this.at++;
    const mark = this.mark();
    while (this.kind() !== Tok.PAREN_RIGHT && !this.panic) {
      this.push(names ? this.name("a name") : this.expression());
      if (!this.accept(Tok.COMMA)) break;
    }
    this.expectClosing(Tok.PAREN_RIGHT, opening, true);
    return this.list(mark);
  }

  /** `(severity, rule)` or `(severity, rule.name)`: 2 or 3 NAMEs, or panic. */
  diagnosticControl(): ListId {
    const opening = this.at;
    const mark = this.mark();
    this.expect(Tok.PAREN_LEFT, "after 'diagnostic'");
    this.push(this.name("a severity: 'error', 'warning', 'info' or 'off'"));
    this.expect(Tok.COMMA, "and a rule after the severity");
    this.push(this.name("the name of a rule"));
    if (this.accept(Tok.PERIOD)) this.push(this.name("the second half of the rule's name"));
    this.accept(Tok.COMMA);
    this.expectClosing(Tok.PAREN_RIGHT, opening);
    return this.list(mark);
  }

  /** Reports attributes where the grammar has none. */
  refuseAttributes(attributes: ListId, what: string): void {
    if (attributes === EMPTY_LIST) return;
    this.complain(this.ast.span(this.ast.listItem(attributes, 0)), "W0122", `${what} cannot have attributes`);
  }

  finish(node: NodeId, attributes: ListId): NodeId {
    if (attributes !== EMPTY_LIST) this.ast.setAttributes(node, attributes);
    return node;
  }
}
