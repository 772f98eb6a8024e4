/**
 * A syntax tree as text, for people and tests: one S-expression per declaration and statement, expressions in prefix form. Parentheses
 * show the structure that precedence gave; identifiers and literals stand for themselves.
 */
import { NONE } from "../../support/id.ts";
import type { Ast, ListId, NodeId } from "./ast.ts";
import { BINARY_TEXT, EMPTY_LIST, Kind, SUFFIX_TEXT, Suffix, UNARY_TEXT } from "./ast.ts";
import { ATTRIBUTE_NAMES } from "./token.ts";

/** @param node whose subtree to print; the module when absent */
export function printAst(ast: Ast, node: NodeId = ast.root): string {
  const printer = new Printer(ast);
  printer.node(node);
  return printer.out.join("");
}

class Printer {
  readonly out: string[] = [];
  readonly #ast: Ast;
  #indent = 1;
  constructor(ast: Ast) {
    this.#ast = ast;
  }

  node(node: NodeId): void {
    const ast = this.#ast;
    const kind = ast.kind(node);
    switch (kind) {
      case Kind.ERROR:
        return this.#put("(error)");
      case Kind.MODULE:
        return this.#module(node);
      case Kind.NAME:
        return this.#put(ast.symbols.text(ast.symbolOf(node)));
      case Kind.ENABLE:
        return this.#form("enable", node, ["b*"]);
      case Kind.REQUIRES:
        return this.#form("requires", node, ["b*"]);
      case Kind.DIAGNOSTIC:
        return this.#form("diagnostic", node, ["b*"]);
      case Kind.ATTRIBUTE:
        return this.#attribute(node);
      case Kind.VAR:
        return this.#variable(node);
      case Kind.LET:
        return this.#form("let", node, ["a", ":c", "=d"]);
      case Kind.CONST:
        return this.#form("const", node, ["a", ":c", "=d"]);
      case Kind.OVERRIDE:
        return this.#form("override", node, ["a", ":c", "=d"]);
      case Kind.ALIAS:
        return this.#form("alias", node, ["a", "c"]);
      case Kind.STRUCT:
        return this.#form("struct", node, ["a", "b+"]);
      case Kind.MEMBER_DECL:
        return this.#form("member", node, ["a", ":c"]);
      case Kind.FN:
        return this.#form("fn", node, ["a", "b*", "c", "d"]);
      case Kind.PARAM:
        return this.#form("param", node, ["a", ":c"]);
      case Kind.RESULT:
        return this.#form("result", node, ["c"]);
      case Kind.CONST_ASSERT:
        return this.#form("const_assert", node, ["a"]);
      default:
        return kind < Kind.IDENT ? this.#statement(node, kind) : this.#expression(node, kind);
    }
  }

  #statement(node: NodeId, kind: Kind): void {
    const ast = this.#ast;
    switch (kind) {
      case Kind.BLOCK:
        return this.#form("block", node, ["b+"]);
      case Kind.IF:
        return this.#form("if", node, ["a", "d", "c"]);
      case Kind.SWITCH:
        return this.#form("switch", node, ["a", "d"]);
      case Kind.SWITCH_BODY:
        return this.#form("body", node, ["b+"]);
      case Kind.CASE:
        return this.#form("case", node, ["b*", "d"]);
      case Kind.DEFAULT:
        return this.#put("default");
      case Kind.LOOP:
        return this.#form("loop", node, ["d", "c"]);
      case Kind.CONTINUING:
        return this.#form("continuing", node, ["d", "a"]);
      case Kind.BREAK_IF:
        return this.#form("break-if", node, ["a"]);
      case Kind.WHILE:
        return this.#form("while", node, ["a", "d"]);
      case Kind.FOR:
        return this.#for(node);
      case Kind.BREAK:
        return this.#put("(break)");
      case Kind.CONTINUE:
        return this.#put("(continue)");
      case Kind.DISCARD:
        return this.#put("(discard)");
      case Kind.RETURN:
        return this.#form("return", node, ["a"]);
      case Kind.ASSIGN:
        return this.#form("=", node, ["a", "c"]);
      case Kind.COMPOUND_ASSIGN:
        return this.#form(`${BINARY_TEXT[ast.binaryOp(node)]}=`, node, ["a", "c"]);
      case Kind.PHONY_ASSIGN:
        return this.#form("_=", node, ["c"]);
      case Kind.INCREMENT:
        return this.#form("++", node, ["a"]);
      case Kind.DECREMENT:
        return this.#form("--", node, ["a"]);
      default:
        return this.#form("do", node, ["a"]);
    }
  }

  #expression(node: NodeId, kind: Kind): void {
    const ast = this.#ast;
    switch (kind) {
      case Kind.IDENT:
        this.#put(ast.symbols.text(ast.symbolOf(node)));
        return this.#templates(ast.templateArgumentsOf(node));
      case Kind.CALL:
        return this.#form("call", node, ["a", "b*"]);
      case Kind.INDEX:
        return this.#form("[]", node, ["a", "c"]);
      case Kind.MEMBER:
        this.#put("(. ");
        this.node(ast.objectOf(node));
        return this.#put(` ${ast.symbols.text(ast.memberSymbol(node))})`);
      case Kind.BINARY:
        return this.#form(BINARY_TEXT[ast.binaryOp(node)]!, node, ["a", "c"]);
      case Kind.UNARY:
        return this.#form(UNARY_TEXT[ast.unaryOp(node)]!, node, ["a"]);
      case Kind.BOOL:
        return this.#put(String(ast.boolValue(node)));
      case Kind.INT:
        return this.#put(`${intText(ast, node)}${SUFFIX_TEXT[ast.suffix(node)]}`);
      default:
        return this.#put(floatText(ast, node));
    }
  }

  #put(text: string): void {
    this.out.push(text);
  }

  #line(): void {
    this.#put(`\n${"  ".repeat(this.#indent)}`);
  }

  /** `(word @attributes fields)`. Fields: column and how: nothing for a node, `:` and `=` before it, `*` a list inline, `+` one on lines. */
  #form(word: string, node: NodeId, fields: readonly string[]): void {
    const ast = this.#ast;
    this.#put(`(${word}`);
    this.#list(ast.attributesOf(node));
    for (const field of fields) {
      const mark = field === ":c" ? ": " : field === "=d" ? "= " : "";
      const value = ast[field.charAt(mark === "" ? 0 : 1) as "a" | "b" | "c" | "d"][node]!;
      if (field.endsWith("*")) this.#list(value as ListId);
      else if (field.endsWith("+")) this.#lines(value as ListId);
      else if (value !== NONE) {
        this.#put(` ${mark}`);
        this.node(value as NodeId);
      }
    }
    this.#put(")");
  }

  #list(list: ListId): void {
    const count = this.#ast.listLength(list);
    for (let i = 0; i < count; i++) {
      this.#put(" ");
      this.node(this.#ast.listItem(list, i));
    }
  }

  #lines(list: ListId): void {
    const count = this.#ast.listLength(list);
    for (let i = 0; i < count; i++) {
      this.#line();
      this.#indent++;
      this.node(this.#ast.listItem(list, i));
      this.#indent--;
    }
  }

  #module(node: NodeId): void {
    this.#put("(module");
    this.#lines(this.#ast.directivesOf(node));
    this.#lines(this.#ast.declarationsOf(node));
    this.#put(")");
  }

  #attribute(node: NodeId): void {
    const ast = this.#ast;
    const word = `@${ATTRIBUTE_NAMES[ast.attributeCode(node)]}`;
    if (ast.argumentsOf(node) === EMPTY_LIST) this.#put(word);
    else this.#form(word, node, ["b*"]);
  }

  #templates(list: ListId): void {
    if (list === EMPTY_LIST) return;
    const count = this.#ast.listLength(list);
    for (let i = 0; i < count; i++) {
      this.#put(i === 0 ? "<" : ", ");
      this.node(this.#ast.listItem(list, i));
    }
    this.#put(">");
  }

  #variable(node: NodeId): void {
    const ast = this.#ast;
    this.#put("(var");
    this.#templates(ast.templateArgumentsOf(node));
    this.#list(ast.attributesOf(node));
    this.#put(" ");
    this.node(ast.nameNode(node));
    this.#optional(" : ", ast.typeOf(node), "");
    this.#optional(" = ", ast.initializerOf(node), "");
    this.#put(")");
  }

  #for(node: NodeId): void {
    const ast = this.#ast;
    this.#put("(for");
    this.#list(ast.attributesOf(node));
    this.#optional(" ", ast.forInitOf(node), " _");
    this.#optional(" ", ast.conditionOf(node), " _");
    this.#optional(" ", ast.forUpdateOf(node), " _");
    this.#put(" ");
    this.node(ast.bodyOf(node));
    this.#put(")");
  }

  #optional(before: string, node: NodeId, absent: string): void {
    if (node === NONE) return this.#put(absent);
    this.#put(before);
    this.node(node);
  }
}

/** Value of an INT in decimal. */
export function intText(ast: Ast, node: NodeId): string {
  const low = ast.intLow(node) >>> 0;
  const high = ast.intHigh(node);
  return high === 0 ? String(low) : String((BigInt(high) << 32n) | BigInt(low));
}

/** Shortest decimal text of a FLOAT's value that reads as a float. */
function floatText(ast: Ast, node: NodeId): string {
  const text = String(ast.floatValue(node));
  const suffix = ast.suffix(node);
  const isPlain = suffix === Suffix.NONE_WRITTEN && !text.includes(".") && !text.includes("e");
  return `${text}${isPlain ? ".0" : ""}${SUFFIX_TEXT[suffix]}`;
}
