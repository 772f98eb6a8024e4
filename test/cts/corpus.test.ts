/** Lists of shaders: what a line says, and where its source is found. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findSources, parseList } from "../../scripts/corpus/sources.ts";

const LIST = [
  "# a comment",
  "wgsl\tcap/folder:one.wgsl\tvalid\t12",
  "glsl\tfolder:two.frag\tvalid\t1",
  "wgsl\towner/name:src/a.wgsl\tinvalid\t3",
  "wgsl\towner/name:src/absent.wgsl\tvalid\t3",
  "wgsl\tfolder:other-size\tvalid\t99",
].join("\n");
const root = mkdtempSync(join(tmpdir(), "corpus-"));

beforeAll(() => {
  mkdirSync(join(root, "folder"));
  writeFileSync(join(root, "folder/one.wgsl"), "const a = 1;");
  writeFileSync(join(root, "folder/other_size.wgsl"), "const a = 1;");
  const repository = join(root, "owner+name");
  mkdirSync(join(repository, "src"), { recursive: true });
  writeFileSync(join(repository, "src/a.wgsl"), "a;b");
  const git = (...words: string[]) => execFileSync("git", ["-C", repository, "-c", "user.name=a", "-c", "user.email=a@b.c", ...words]);
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "one");
});
afterAll(() => rmSync(root, { recursive: true }));

test("sources are found in folders and in repositories, and count only at the size listed", () => {
  const found = [...findSources(parseList(LIST), [root])].map(({ entry, found: how, text }) => [entry.path, entry.valid, how, text]);
  expect(found).toEqual([
    ["one.wgsl", true, "found", "const a = 1;"],
    ["other-size", true, "differs", "const a = 1;"],
    ["src/a.wgsl", false, "found", "a;b"],
    ["src/absent.wgsl", true, "absent", ""],
  ]);
});
