/** A legal program that is over what an engine or this compiler takes. It is reported, never cut down to size silently. */
export class JitLimit extends Error {
  readonly limit: string;
  readonly value: number;
  readonly max: number;
  constructor(limit: string, value: number, max: number) {
    super(`${limit} is ${value}, over the limit of ${max}`);
    this.name = "JitLimit";
    this.limit = limit;
    this.value = value;
    this.max = max;
  }
}
