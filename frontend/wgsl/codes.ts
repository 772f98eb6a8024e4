/**
 * Every diagnostic code of the WGSL front end, with the rule it stands for. Codes never change their meaning and are never used again.
 * W01xx lexer and parser; the checker's follow.
 */
export const CODES = {
  // W000x: what is not about WGSL
  W0001: "a module must be within what this implementation can take",
  W0002: "a request must name what the module has",
  W0003: "the source must be text, and a file UTF-8",
  W0004: "a shader in a template literal can be checked only if its substitutions are known",

  // W010x: text and tokens
  W0101: "a module must not contain a null code point",
  W0102: "a code point outside comments must belong to a token or be blankspace",
  W0103: "a block comment must be closed by '*/'",
  W0104: "an identifier must not start with two underscores",
  W0105: "a reserved word must not be used",
  W0106: "a numeric literal must have one of the forms WGSL defines",
  W0107: "an integer literal must be representable in its type",
  W0108: "a floating point literal must be representable in its type",

  // W011x: structure of a module
  W0110: "a module consists of directives, then declarations",
  W0111: "directives must come before all declarations",
  W0112: "a token the grammar requires is missing",
  W0113: "a name is required here",
  W0114: "an expression is required here",
  W0115: "a type is required here",
  W0116: "a statement is required here",
  W0117: "every bracket must be closed",
  W0118: "a keyword must not be used as a name",

  // W012x: declarations and attributes
  W0120: "an attribute name must be one that WGSL defines",
  W0121: "an attribute must have as many arguments as it takes",
  W0122: "attributes may stand only where the grammar has them",
  W0123: "module scope has 'const', 'override' and 'var', but no 'let'",
  W0124: "a 'const' or 'let' declaration needs an initialiser",
  W0125: "a declaration of this kind may stand only at module scope",
  W0126: "a structure must have members, separated by commas",

  // W013x: statements
  W0130: "the left side of an assignment must be built from an identifier by '.', '[]', '*', '&' and parentheses",
  W0131: "increment and decrement are statements of the form 'x++' and 'x--'",
  W0132: "only a call can be a statement by itself",
  W0133: "'continuing' must be the last statement of a loop body, and 'break if' the last of a continuing block",
  W0134: "a switch must consist of case and default clauses, at least one",
  W0135: "'else' must follow the block of an 'if'",

  // W014x: expressions
  W0140: "operators of different groups must be parenthesised when mixed",
  W0141: "a comparison must not be chained",
  W0142: "a template list needs an argument",
  W0143: "this operator does not exist in WGSL",

  // W015x: limits of this implementation
  W0150: "expressions and statements must not be nested deeper than the stated limits",
  W0151: "the module must fit the memory given to the compiler",

  // W020x: names
  W0200: "a name must be declared",
  W0201: "a name must not be declared twice in one scope",
  W0202: "a module-scope declaration must not depend on itself",
  W0203: "'continue' must not skip a declaration that the continuing block uses",

  // W021x: types
  W0210: "a type must stand where one is required",
  W0211: "a type generator needs template arguments of the right number and kind",
  W0212: "what an extension provides must be enabled",
  W0213: "an array element must be a plain type whose size is known when the module is made",
  W0214: "a count must be a positive integer known before run time",
  W0215: "a structure member must be a plain type whose size is known when the module is made, or a last runtime-sized array",
  W0216: "two members of a structure must not have the same name",
  W0217: "types must not be larger or nested deeper than the stated limits",
  W0218: "a pointer type must be one that some variable could give rise to",
  W0219: "template arguments may stand only where there are parameters for them",

  // W022x, W023x: variables and values
  W0220: "a variable must be in an address space that its place allows",
  W0221: "an access mode may be given only to storage, and must be one it has",
  W0222: "a variable's type must be one its address space can hold",
  W0223: "only private and function variables may be initialised",
  W0224: "a declaration needs a type or an initialiser",
  W0225: "an initialiser must have the declared type",
  W0226: "the initialiser of a module-scope declaration must be known before run time",
  W0227: "an override must be a concrete scalar",
  W0228: "an override id must be unique and at most 65535",
  W0230: "a resource variable needs @group and @binding, and only it may have them",
  W0231: "two resources of one entry point must not share a binding",
  W0232: "a 'let' holds a constructible value, a pointer, a texture or a sampler",
  W0233: "a 'const' holds a constructible value",

  // W024x, W025x: attributes, directives and entry points
  W0240: "an attribute must stand on a kind of thing it applies to",
  W0241: "an attribute must not be given twice",
  W0242: "an attribute argument must be a const-expression in the attribute's range",
  W0243: "@align and @size must not go below what the member's type needs",
  W0244: "a function may have one shader stage, and attributes that go with it",
  W0245: "a compute entry point needs @workgroup_size with positive sizes",
  W0246: "a builtin value must fit its stage, direction and type",
  W0247: "a location must be on a numeric scalar or vector, and unique",
  W0248: "interpolation must fit the type and have a location; integers between stages are flat",
  W0249: "everything that enters or leaves an entry point needs a location or a builtin value",
  W0250: "a vertex entry point must return the position",
  W0251: "an extension must be one that is supported",
  W0252: "diagnostic filters must not contradict each other",
  W0253: "@invariant applies to the position only",
  W0254: "@blend_src marks exactly two outputs of one type at location 0",

  // W026x, W027x: expressions
  W0260: "a value must stand where one is required",
  W0261: "an operator must have operands it is defined for",
  W0262: "a builtin function must be called with arguments one of its overloads takes",
  W0263: "only a function or a constructible type can be called",
  W0264: "a call must have as many arguments as the function has parameters",
  W0265: "an argument must have the type of its parameter",
  W0266: "a member must exist",
  W0267: "a swizzle must name components of the vector, in one letter set",
  W0268: "only vectors, matrices and arrays can be indexed, by integers",
  W0269: "an index known early must be in bounds",
  W0270: "only memory has an address, and components of vectors have none",
  W0271: "only a pointer can be dereferenced",
  W0272: "memory can be read as a value only if its type is constructible",
  W0273: "a value constructor must be given what makes up its type",
  W0274: "an expression must be a const-expression where one is required",
  W0275: "an expression known early must have a value",
  W0276: "an argument known early must be in the builtin's range",
  W0277: "an entry point must not be called",
  W0278: "what a function does must be allowed in each stage it is called from",
  W0279: "memory must not be written through one name while another name of it is in use",

  // W028x, W029x, W030x: statements
  W0280: "the result of a function marked @must_use must be used",
  W0290: "a condition must be a 'bool'",
  W0291: "an assignment needs memory that can be written",
  W0292: "an assigned value must have the type of the memory",
  W0294: "increment and decrement need an integer in memory that can be written",
  W0295: "a switch selector must be an integer",
  W0296: "case selectors must be const-expressions of the selector's type, all different",
  W0297: "a switch must have exactly one default",
  W0298: "'break' and 'continue' must stand inside what they leave",
  W0299: "a returned value must have the function's return type",
  W0300: "a function with a return type must return on every path",
  W0301: "a continuing block must run to its end",
  W0302: "a loop must be able to end",
  W0304: "a const assertion must hold",

  // W031x: functions
  W0310: "a return type must be constructible",
  W0311: "a parameter must be constructible, a pointer, a texture or a sampler",
  W0312: "a module must not exceed the stated limits of members, parameters and selectors",

  // W032x: pipeline creation
  W0320: "a pipeline constant must name an override and fit its type, and overrides without default need one",
  W0321: "an override-expression must have a value that its place allows",
  W0322: "an entry point must keep the limits of the device",

  // W033x: uniformity
  W0330: "a barrier must be reached by all invocations of a workgroup, or by none",
  W0331: "what computes derivatives must be reached by all invocations, or by none",
  W0332: "a subgroup or quad operation must be reached by all invocations of a subgroup, or by none",
  W0333: "the pointer given to 'workgroupUniformLoad' must be the same in all invocations of a workgroup",
  W0334: "the distance of a subgroup shuffle must be the same in all invocations of a subgroup",
} as const;
export type Code = keyof typeof CODES;
