/** Records that objects, tokens and tools share. */

export interface FunctionInfo {
  /** index of its first word in the code */
  readonly first: number;
  /** words, the last is `ret` */
  readonly count: number;
  /** arguments arrive in v0.., w0.., g0..; results leave in v0.. */
  readonly vArgs: number;
  readonly wArgs: number;
  readonly gArgs: number;
  readonly vResults: number;
}

export interface SlotInfo {
  /** SLOT_KIND */
  readonly kind: number;
  /** PERM bits the code may use */
  readonly permissions: number;
  /** bytes that any region bound here has at least */
  readonly min: number;
  readonly stride: number;
  /** WebGPU bind group and binding, 0 for slots the kernel supplies */
  readonly group: number;
  readonly binding: number;
}

/** A value that a vertex or fragment program takes from, or gives to, another stage at `offset` of its input or output slot. */
export interface IoInfo {
  readonly location: number;
  /** 1 to 4 */
  readonly components: number;
  readonly kind: number;
  readonly offset: number;
}
