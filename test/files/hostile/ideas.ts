/** Hostile sources, by idea. What each must give: "valid", or the code of its first error. */
export interface Idea {
  readonly name: string;
  readonly source: string;
  readonly gives: string;
}

const rows: Idea[] = [];
const idea = (name: string, source: string, gives = "valid") => rows.push({ name, source, gives });
const body = (text: string) => `fn f() { ${text} }`;
const compute = (text: string, before = "") => `${before}\n@compute @workgroup_size(1) fn main(@builtin(local_invocation_index) i: u32) { ${text} }`;
const lines = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join("\n");
const nest = (open: string, close: string, n: number, inner = "1") => open.repeat(n) + inner + close.repeat(n);

// Lexer and parser.
idea("U5757 parentheses 1e6 deep", `const a = ${nest("(", ")", 1_000_000)};`, "W0150");
idea("N2591 open parentheses", `const a = ${"(".repeat(1_000_000)}`, "W0150");
idea("U4352 blocks 1e5 deep", body(nest("{", "}", 100_000, "")), "W0150");
idea("U5652 else-if chain", body(`if true { } ${"else if true { } ".repeat(50_000)}`), "W0150");
idea("W23597 a sum of 1e5 terms", `const a = 1${" + 1".repeat(100_000)};`, "W0150");
idea("W24356 address of, dereferenced", body(`var x = 1; ${"*&".repeat(100_000)}x = 2;`), "W0150");
idea("W35217 calls in calls", body(`_ = ${nest("i32(", ")", 100_000)};`), "W0150");
idea("G3746 template bomb", `alias t = ${nest("array<", ", 2>", 100_000, "i32")};`, "W0150");
idea("G3770 template lists that are comparisons", body(`_ = ${"a<b, ".repeat(50_000)}1;`), "W0112");
idea("G3770 template lists never closed", `var<private> v: ${"array<".repeat(100_000)};`, "W0112");
idea("G3803 comments 1e5 deep", nest("/*", "*/", 100_000, ""));
idea("G3803 a comment never closed", `/*${"*".repeat(1_000_000)}`, "W0103");
idea("M integer of 1e5 digits", `const a = ${"9".repeat(100_000)};`, "W0107");
idea("M float of 1e5 digits", `const a = 0.${"3".repeat(100_000)};`);
idea("M hexadecimal float of 1e5 digits", `const a = 0x0.${"8".repeat(100_000)}p0;`, "valid");
idea("M a huge exponent", "const a = 1e999999999;", "W0108");
idea("R54 minus glued to minus", body("let x = 1; let y = x--1;"), "valid");
idea("R54 minus glued to a literal", "const a = array(1, 2); const b = a[0]-1; const_assert b == 0;");
idea("W unicode: NUL", "const a = 1;\0", "W0101");
idea("W unicode: NUL in a comment", "/* \0 */ const a = 1;", "W0101");
idea("W unicode: byte order mark", "\ufeffconst a = 1;", "W0102");
idea("W unicode: lone surrogate", "const a\ud800 = 1;", "W0102");
idea("W unicode: lone surrogate in a comment", "// \udc00\nconst a = 1;");
idea("W unicode: bidirectional override", "const a\u202e = 1;", "W0102");
idea("W unicode: twins of one name", "const \u00e9 = 1; const e\u0301 = 2;");
idea("W unicode: U+2028 ends a comment", "// x\u2028const a = b;", "W0200");
idea("M line ends of all kinds", "const a = 1;\r\nconst b = 2;\rconst c = 3;\u0085const d = 4;\v\f");
idea("M declarations 60k: constants", lines(60_000, (i) => `const a${i} = ${i};`));
idea("M declarations 60k: functions", lines(60_000, (i) => `fn f${i}() { }`));
idea("M declarations 60k: structures", lines(60_000, (i) => `struct s${i} { a: i32 }`));
idea("M names 60k in one scope", body(lines(60_000, (i) => `let x${i} = ${i};`)));
idea("M call chain of 384 KB", `${lines(13_000, (i) => `fn f${i}() { f${i + 1}(); }`)} fn f13000() { }`);
idea("M 2,000 errors on one line", body("_ = 1 + true; ".repeat(2000)), "W0261");
idea("M 20,000 errors on one line", body("_ = 1 + true; ".repeat(20_000)), "W0261");
idea("M attributes 1e5", `${"@size(4) ".repeat(100_000)} var<private> a: i32;`, "W0240");
idea("M blank space of 4 MB", `${" ".repeat(4_000_000)}const a = 1;`);

// Types, layout and limits.
idea("N930 count times stride past 32 bits", "alias a = array<vec4f, 4294967295>;", "W0275");
idea("U7383 sizes add up past 32 bits", "struct s { @size(2147483647) a: i32, @size(2147483647) b: i32, c: vec4f }", "W0217");
idea("W29068 a size that rounds up to 2^32", "struct s { @align(16) @size(4294967295) a: i32 }", "W0275");
idea("W30354 alignment of 2^31", "struct s { @align(2147483648) a: i32 }", "W0275");
idea("W25312 aliases of arrays that double 2^40", `alias a0 = i32;\n${lines(40, (i) => `alias a${i + 1} = array<a${i}, 2>;`)}`, "W0217");
idea("M structures that double 2^40", `struct s0 { a: vec4f }\n${lines(40, (i) => `struct s${i + 1} { a: s${i}, b: s${i} }`)}`, "W0217");
idea("G4547 composites 1e4 deep", `struct s0 { a: i32 }\n${lines(10_000, (i) => `struct s${i + 1} { a: s${i} }`)}`, "W0217");
idea("CTS cycle of aliases", "alias a = b; alias b = a;", "W0202");
idea("CTS cycle of structures", "struct a { b: b } struct b { a: a }", "W0202");
idea("CTS cycle by an attribute", "struct a { @align(c) b: i32 } const c = a(1).b;", "W0202");
idea("CTS cycle by an array count", "var<private> a: array<i32, b>; const b = c; const c = b;", "W0202");
idea("g3470 recursion over 1e4 functions", lines(10_000, (i) => `fn f${i}() { f${(i + 1) % 10_000}(); }`), "W0202");
idea("8e3 entry points over a call chain as long", `${lines(8000, (i) => `fn f${i}() { ${i > 0 ? `f${i - 1}();` : ""} }`)}
${lines(8000, (i) => `@compute @workgroup_size(1) fn e${i}() { f7999(); }`)}`);
idea("8e3 fragment entry points over 8e3 barriers", `${lines(8000, (i) => `fn f${i}() { ${i > 0 ? `f${i - 1}();` : ""} workgroupBarrier(); }`)}
${lines(8000, (i) => `@fragment fn e${i}() { f7999(); }`)}`, "W0278");
idea("as many missing members as there are members", `struct s { ${lines(8000, (i) => `member${i}: u32,`)} } fn f(v: s) { ${lines(8000, (i) => `_ = v.membre${i};`)} }`, "W0266");
idea("recursion over 3e4 functions, in as many cycles", lines(30_000, (i) => `fn f${i}() { f${(i + 1) % 30_000}(); f0(); }`), "W0202");
idea("recursion over 2e4 functions, in nested cycles", lines(20_000, (i) => `fn f${i}() { f${(i + 1) % 20_000}(); f${i >> 1}(); }`), "W0202");
idea("W28531 a count of 2^63 - 1", "alias a = array<i32, 9223372036854775807>;", "W0275");
idea("W23312 a negative count", "alias a = array<i32, -1>;", "W0214");
idea("U7806 an override-sized array elsewhere", "override n: i32 = 0; var<private> a: array<i32, n>;", "W0222");
idea("G4071 a negative workgroup size", "@compute @workgroup_size(-1) fn main() { }", "W0245");
idea("G4071 a workgroup size of zero", "@compute @workgroup_size(0) fn main() { }", "W0245");
idea("G4073 a product of workgroup sizes past 32 bits", "@compute @workgroup_size(65536, 65536) fn main() { }", "W0245");
idea("U9440 a constant array of 2^32", "const a = array<i32, 4294967295>();", "W0275");
idea("M a constant array of 1e6 zeros", "const a = array<i32, 1000000>();", "W0233");
idea("N903 a runtime-sized array in a function", body("var a: array<i32>;"), "W0222");
idea("U4379 a runtime-sized array of them", "@group(0) @binding(0) var<storage> a: array<array<i32>>;", "W0213");
idea("G1959 256 parameters", `fn f(${lines(256, (i) => `a${i}: i32,`)}) { }`, "W0312");
idea("G4548 case selectors 1e5", body(`switch 1 { case ${lines(100_000, (i) => `${i},`)} default { } }`), "valid");
idea("G4578 16k members", `struct s { ${lines(16_384, (i) => `a${i}: i32,`)} }`, "W0312");
idea("G3294 switches in switches", body(nest("switch 1 { default { ", " } }", 60, "")));
idea("U7061 two structures of one name", "struct s { a: i32 } struct s { a: i32 }", "W0201");

// Constants.
idea("U10345 select of arrays", "const a = select(array(1), array(2), array(true));", "W0262");
idea("N2568 bitcast to a matrix", "const a = bitcast<mat3x4f>(0.0);", "W0262");
idea("U4773 a swizzle past the end", "const a = vec2(1, 2).xyz;", "W0267");
idea("G1774 division by zero", "const a = 1 / 0;", "W0275");
idea("G1830 the least integer by -1", "const a = i32(-2147483648) / -1i;", "W0275");
idea("G1830 remainder of the least integer", "const a = i32(-2147483648) % -1i;", "W0275");
idea("M overflow of a product", "const a = 9223372036854775807 * 2;", "W0275");
idea("M a shift by the width", "const a = 1u << 32u;", "W0275");
idea("M an abstract shift that changes the sign", "const a = 1 << 63;", "W0275");
idea("W19975 root of -1", "const a = sqrt(-1.0);", "W0275");
idea("W19975 normalize zero", "const a = normalize(vec3(0.0));", "W0275");
idea("W19975 a step without width", "const a = smoothstep(1.0, 1.0, 1.0);", "W0275");
idea("M a bit count that looped for ever", "const a = countOneBits(4294967295u); const_assert a == 32;");
idea("M constant chain 1e5", `const a0 = 1;\n${lines(100_000, (i) => `const a${i + 1} = a${i};`)}`);
idea("M constant chain 1e4, reversed", `${lines(10_000, (i) => `const a${i} = a${i + 1};`)}\nconst a10000 = 1;`);
idea("M constants that double", `const a0 = vec4(1.0);\n${lines(2000, (i) => `const a${i + 1} = a${i} + a${i};`)}`, "W0275");
idea("M constant arrays that square", `const a0 = array(1, 2);\n${lines(30, (i) => `const a${i + 1} = array(a${i}, a${i});`)}`, "valid");
idea("W56885 an override in a constant", "override a = 1; const b = a;", "W0274");
idea("S3552 an index out of a constant composite", "const a = array(1, 2)[2];", "W0269");
idea("N2569 a call without enough arguments", "const a = clamp(1);", "W0262");
idea("M a bitcast to a NaN", "const a = bitcast<f32>(0x7fc00000u);", "W0275");
idea("M an f16 out of range", "enable f16; const a = f16(65536.0);", "W0275");

// Memory and control flow: what only running shows is in test/files/run and test/campaign; the checker's part is here.
const BUFFER = "@group(0) @binding(0) var<storage, read_write> b: array<u32>;";
idea("N1709 a negative index by pointer", body("var v = vec4(1, 2, 3, 4); let p = &v; _ = (*p)[-1];"), "W0269");
idea("N1923 a dynamic index of a vector", body("var v = vec4(1); var i = 9; v[i] = 1;"));
idea("W42704 arrayLength by nested pointers", "struct s { a: i32, c: array<u32> } @group(0) @binding(0) var<storage> b: s; fn h(p: ptr<storage, s>) -> u32 { return arrayLength(&(*p).c); } fn f() { let p = &b; _ = h(p); }");
idea("U10314 workgroup memory of 2^31", "var<workgroup> w: array<u32, 536870912>;", "W0222");
idea("W40379 a loop that may not end", compute("while true { b[0]++; }", BUFFER), "valid");
idea("M loops of 2^32 steps", compute("for (var k = 0u; k < 4294967295u; k++) { b[k] = k; }", BUFFER));
idea("CTS aliased arguments", body("var x = 1; g(&x, &x);") + "fn g(a: ptr<function, i32>, c: ptr<function, i32>) { *a = *c; }", "W0279");
idea("U6220 break in a continuing block", body("loop { continuing { break; } }"), "W0301");
idea("G4963 a barrier in divergent flow", compute("if b[i] == 0 { workgroupBarrier(); }", BUFFER), "W0330");
idea("G1571 uniformity: 3,000 ifs", compute(`var a = b[0];\n${lines(3000, (k) => `if a == ${k} { a += 1; }`)}`, BUFFER));
idea("G1571 uniformity: 100 nested loops", compute(`var a = 0u; ${nest("loop { if a > i { break; } a++; ", " }", 100, "")}`));
idea("M calls that fan out 2^40", `fn f0() { }\n${lines(40, (i) => `fn f${i + 1}() { f${i}(); f${i}(); }`)}`);
idea("M names that are nearly right", body(lines(3000, (i) => `_ = nam${i}x; let name${i} = 1;`)), "W0200");
idea("M a line of 300 KB with an error at its end", body(`${"_ = 1; ".repeat(42_000)} _ = 1 + true;`), "W0261");

export const IDEAS: readonly Idea[] = rows;
