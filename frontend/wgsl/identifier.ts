/**
 * Which code points beyond ASCII an identifier may contain: Unicode's XID_Start and XID_Continue, as the engine knows them. A newer
 * Unicode version than the specification's only adds to the set.
 * @see https://www.w3.org/TR/WGSL/#identifiers
 */
const START = /^\p{XID_Start}$/u;
const CONTINUE = /^\p{XID_Continue}$/u;

export function isIdentifierStart(point: number): boolean {
  return START.test(String.fromCodePoint(point));
}

export function isIdentifierContinue(point: number): boolean {
  return CONTINUE.test(String.fromCodePoint(point));
}
