/** Where the script made a call: for errors that are reported later than they were made. */

/** Frames of ours are left out: the folder that this file is in, as sources or in dist/, in all the ways that engines write it. */
const here = import.meta.url.slice(0, import.meta.url.lastIndexOf("/") + 1);
const OURS = [here, decodeURIComponent(here.replace("file://", ""))].filter((folder) => folder !== "");

const MOST_FRAMES = 50;

interface StackLimit {
  stackTraceLimit?: number;
}

/** @returns the stack of the running call, from the script's own frame on; "" where engines have none */
export function callStack(): string {
  const limits = Error as StackLimit;
  const before = limits.stackTraceLimit;
  limits.stackTraceLimit = MOST_FRAMES;
  const stack = new Error().stack ?? "";
  if (before !== undefined) limits.stackTraceLimit = before;
  const frames = stack.split("\n").filter((line) => line.trimStart().startsWith("at ") || line.includes("@"));
  return frames.filter((line) => !OURS.some((folder) => line.includes(folder))).join("\n");
}
