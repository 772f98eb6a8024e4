/** `toMatchGPUImage`: compares a picture with a PNG file, and shows what differs. Knows of files, and of no test runner. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { decode, encode } from "fast-png";
import pixelmatch from "pixelmatch";
import { type PictureSource, pictureFrom } from "./png.ts";

export interface MatchImageOptions {
  /** name of the file, without extension; default: the test's */
  readonly name?: string;
  /** how far colours may differ, from 0 (not at all, the default: results are the same on every machine) to 1 */
  readonly threshold?: number;
  /** pixels that may differ by more than that; default 0 */
  readonly maxDifferentPixels?: number;
}

/** Where a picture is expected, and what to do when it is not as expected. */
export interface Expectation {
  readonly testPath: string;
  readonly testName: string;
  /** pictures of this test so far, this one included */
  readonly count: number;
  /** "all": write whatever comes; "new": write what is missing; "none": write nothing */
  readonly update: "all" | "new" | "none";
}

export interface Verdict {
  readonly pass: boolean;
  readonly message: string;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

const png = ({ width, height, data }: Pixels): Uint8Array => encode({ width, height, data, channels: 4, depth: 8 });

function write(path: string, pixels: Pixels): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, png(pixels));
}

/** Files of any other kind than ours are nobody's fault but are no picture of ours: they differ everywhere. */
function readPng(path: string): Pixels {
  const { width, height, data, channels, depth } = decode(readFileSync(path));
  if (channels === 4 && depth === 8 && data instanceof Uint8Array) return { width, height, data };
  if (channels !== 3 || depth !== 8) throw new TypeError(`${path} has ${channels} channels of ${depth} bits; expected RGBA with 8`);
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) rgba.set([data[i * 3]!, data[i * 3 + 1]!, data[i * 3 + 2]!, 255], i * 4);
  return { width, height, data: rgba };
}

/** fit for file names: letters, digits and dashes */
const slug = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 120) || "picture";

export function imagePath({ testPath, testName, count }: Omit<Expectation, "update">, name: string | undefined): string {
  const base = name === undefined ? `${slug(testName)}${count > 1 ? `-${count}` : ""}` : slug(name);
  return join(dirname(testPath), "__images__", basename(testPath), `${base}.png`);
}

/** Leaves `.actual.png` and `.difference.png` beside the expected file when they differ. */
export async function matchImage(source: PictureSource, expected: Expectation, options: MatchImageOptions = {}): Promise<Verdict> {
  const actual = await pictureFrom(source);
  const path = imagePath(expected, options.name);
  const beside = (what: string) => path.replace(/png$/, `${what}.png`);
  for (const what of ["actual", "difference"]) rmSync(beside(what), { force: true });
  const exists = existsSync(path);
  if (expected.update === "all" || (!exists && expected.update === "new")) {
    write(path, actual);
    return { pass: true, message: `${path} was written` };
  }
  if (!exists) {
    write(beside("actual"), actual);
    return { pass: false, message: `${path} is missing; run with --update to write it. The picture is in ${beside("actual")}` };
  }
  return judge(actual, readPng(path), path, beside, options);
}

function judge(
  actual: Pixels,
  wanted: Pixels,
  path: string,
  beside: (what: string) => string,
  { threshold = 0, maxDifferentPixels = 0 }: MatchImageOptions,
): Verdict {
  const { width, height } = actual;
  if (wanted.width !== width || wanted.height !== height) {
    write(beside("actual"), actual);
    const message = `the picture is ${width} x ${height}, but ${path} is ${wanted.width} x ${wanted.height}; see ${beside("actual")}`;
    return { pass: false, message };
  }
  const difference = new Uint8Array(width * height * 4);
  const strict = { threshold, includeAA: threshold === 0 };
  const different = pixelmatch(wanted.data, actual.data, difference, width, height, strict);
  if (different <= maxDifferentPixels) return { pass: true, message: `the picture is as in ${path}` };
  write(beside("actual"), actual);
  write(beside("difference"), { width, height, data: difference });
  const message = `${different} of ${width * height} pixels are not as in ${path}; see ${beside("actual")} and ${beside("difference")}`;
  return { pass: false, message };
}
