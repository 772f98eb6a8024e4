/** The log that shaders append to when they are compiled for debugging: what the compiler writes and the driver reads. */

/** Words: how many of those behind the header are used, or were asked for; whether an invocation is followed, and its global id. */
export const LOG = { used: 0, follows: 1, followed: 2, header: 8, words: 1 << 18 } as const;

/** Words of a record before its values: number of the site, then the invocation's global id. */
export const RECORD_HEADER = 4;

/** A value in a record: its scalars one after another. */
export interface DebugValue {
  readonly name: string;
  /** as WGSL writes it */
  readonly type: string;
  /** f32, i32, u32 or bool of each word; empty where the value is too large to be recorded */
  readonly scalars: readonly string[];
}

/** A place that appends records. */
export interface DebugSite {
  /** step: a statement begins; set: a variable has a new value; enter, leave: a function; log: a call of a function `printf…` without body */
  readonly kind: "step" | "set" | "enter" | "leave" | "log";
  /** function that it is in */
  readonly fn: string;
  /** in UTF-16 units, of the source */
  readonly offset: number;
  /** of a log: the function called */
  readonly name: string;
  readonly values: readonly DebugValue[];
}
