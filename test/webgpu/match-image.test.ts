/** `toMatchGPUImage` without its test runner, which `npm run check:package` tries. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, expect, test } from "vitest";
import { imagePath, matchImage } from "../../webgpu/match-image.ts";

const folder = mkdtempSync(join(tmpdir(), "portcullis-images-"));
afterAll(() => rmSync(folder, { recursive: true }));

const picture = (...bytes: number[]) => ({ width: bytes.length / 4, height: 1, data: new Uint8ClampedArray(bytes) });
const from = (testName: string, update: "all" | "new" | "none", count = 1) => ({
  testPath: join(folder, "some.test.ts"),
  testName,
  count,
  update,
});
const images = join(folder, "__images__/some.test.ts");

test("a missing file is written, or missed", async () => {
  const missed = await matchImage(picture(1, 2, 3, 255), from("a > missing / one", "none"));
  expect(missed).toMatchObject({ pass: false, message: expect.stringContaining("is missing") });
  expect(readdirSync(images)).toEqual(["a-missing-one.actual.png"]);
  expect((await matchImage(picture(1, 2, 3, 255), from("a > missing / one", "new"))).pass).toBe(true);
  expect(readdirSync(images)).toEqual(["a-missing-one.png"]);
  expect((await matchImage(picture(1, 2, 3, 255), from("a > missing / one", "none"))).pass).toBe(true);
});

test("one bit of one pixel is a difference, unless it is allowed", async () => {
  await matchImage(picture(0, 0, 0, 255, 9, 9, 9, 255), from("bits", "new"));
  const other = picture(0, 0, 0, 255, 9, 8, 9, 255);
  const { pass, message } = await matchImage(other, from("bits", "none"));
  expect([pass, message]).toEqual([false, expect.stringContaining("1 of 2 pixels are not as in")]);
  const read = (what: string) => [...decode(readFileSync(join(images, `bits.${what}.png`))).data];
  expect(read("actual")).toEqual([...other.data]);
  const [r, g, b] = read("difference").slice(4);
  expect(r! > g! && r! > b!).toBe(true);
  expect((await matchImage(other, from("bits", "none"), { maxDifferentPixels: 1 })).pass).toBe(true);
  expect((await matchImage(other, from("bits", "none"), { threshold: 0.1 })).pass).toBe(true);
  expect(existsSync(join(images, "bits.actual.png"))).toBe(false);
  expect((await matchImage(other, from("bits", "new"))).pass).toBe(false);
  expect((await matchImage(other, from("bits", "all"))).pass).toBe(true);
  expect((await matchImage(other, from("bits", "none"))).pass).toBe(true);
});

test("another size is a difference", async () => {
  await matchImage(picture(0, 0, 0, 255), from("size", "new"));
  const { pass, message } = await matchImage(picture(0, 0, 0, 255, 0, 0, 0, 255), from("size", "new"));
  expect([pass, message]).toEqual([false, expect.stringContaining("is 2 x 1, but")]);
});

test("names stay within the folder of the test's images", () => {
  const inside = (name: string | undefined, testName: string, count: number) =>
    imagePath({ testPath: join(folder, "some.test.ts"), testName, count }, name).replace(`${images}/`, "");
  expect(inside("../../../evil", "t", 0)).toBe("evil.png");
  expect(inside(undefined, "über > ..", 2)).toBe("u-ber-2.png");
  expect(inside(undefined, "…", 1)).toBe("picture.png");
});
