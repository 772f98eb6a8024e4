/** Branded integers: plain numbers at run time, unmixable at compile time. */
declare const brand: unique symbol;
export type Id<K extends string> = number & { readonly [brand]: K };

/** "No id". Fits Int32Array columns and stays a small integer in the engine. */
export const NONE = -1 as Id<never>;
