/**
 * Builders of converters for the composite WebIDL types: dictionaries, enumerations, sequences, records, nullable types. The only casts are
 * here: a built value's type follows from the table it was built from.
 * @see https://webidl.spec.whatwg.org/#es-dictionary
 */
import { type Converter, domString, isObject, show } from "./convert.ts";

export interface Member<T> {
  readonly convert: Converter<T>;
  readonly required: boolean;
  /** value when the member is undefined and not required */
  readonly fallback: T;
}

export const required = <T>(convert: Converter<T>): Member<T> => ({ convert, required: true, fallback: undefined as T });
export const optional = <T>(convert: Converter<T>): Member<T | undefined> => ({ convert, required: false, fallback: undefined });
export const defaulted = <T>(convert: Converter<T>, fallback: NoInfer<T>): Member<T> => ({ convert, required: false, fallback });

interface NamedMember extends Member<unknown> {
  readonly name: string;
}
type Shape = Readonly<Record<string, Member<unknown>>>;
type Built<S extends Shape> = { readonly [K in keyof S]: S[K] extends Member<infer T> ? T : never };

/** A dictionary converter that can be inherited from. */
export interface Dictionary<T> extends Converter<T> {
  readonly members: readonly NamedMember[];
}

/**
 * @param base the inherited dictionary: its members are read first
 * @param shape own members; read in lexicographical order, as WebIDL says
 */
export function dictionary<S extends Shape>(base: null, shape: S): Dictionary<Built<S>>;
export function dictionary<B, S extends Shape>(base: Dictionary<B>, shape: S): Dictionary<B & Built<S>>;
export function dictionary(base: Dictionary<unknown> | null, shape: Shape): Dictionary<unknown> {
  const own = Object.entries(shape).sort(([a], [b]) => (a < b ? -1 : 1));
  const members = [...(base?.members ?? []), ...own.map(([name, member]) => ({ name, ...member }))];
  const convert = (value: unknown, what: string) => {
    const given = value !== undefined && value !== null;
    if (given && !isObject(value)) throw new TypeError(`${what}: ${show(value)} is not an object`);
    const source = value as Readonly<Record<string, unknown>>;
    const built: Record<string, unknown> = {};
    // without an iterator: a third of the time where the engine has not compiled this yet, as in the first thousands of calls
    for (let i = 0; i < members.length; i++) {
      const { name, convert, required, fallback } = members[i]!;
      const member = given ? source[name] : undefined;
      if (member !== undefined) built[name] = convert(member, `${what}.${name}`);
      else if (required) throw new TypeError(`${what}.${name} is required`);
      else built[name] = fallback;
    }
    return built;
  };
  return Object.assign(convert, { members });
}

/** A string of the list. @throws TypeError naming the allowed strings */
export function enumeration<const T extends string>(name: string, values: readonly T[]): Converter<T> {
  const known = new Set<string>(values);
  return (value, what) => {
    const string = domString(value, what);
    if (known.has(string)) return string as T;
    const like = values.length <= 12 ? values : values.filter((v) => string !== "" && v.startsWith(string)).slice(0, 8);
    const list = like.length > 0 ? `; use one of ${like.map((v) => `"${v}"`).join(", ")}` : "";
    throw new TypeError(`${what}: ${show(string)} is not a valid ${name}${list}`);
  };
}

/** sequence<T>: whatever has an iterator. */
export function sequence<T>(item: Converter<T>): Converter<readonly T[]> {
  return (value, what) => {
    const method = isObject(value) ? iteratorMethod(value) : undefined;
    if (method === undefined) throw new TypeError(`${what}: ${show(value)} is not iterable`);
    return fromIterable(value as object, method, item, what);
  };
}

/** The iterator method of an object, read once. @returns undefined when there is none */
export function iteratorMethod(value: object): (() => Iterator<unknown>) | undefined {
  const method: unknown = (value as { [Symbol.iterator]?: unknown })[Symbol.iterator];
  if (method === undefined || method === null) return undefined;
  if (typeof method !== "function") throw new TypeError("Symbol.iterator is not a function");
  return method as () => Iterator<unknown>;
}

const arrayValues: unknown = Array.prototype[Symbol.iterator];
const arrayIterator = Object.getPrototypeOf([][Symbol.iterator]()) as Iterator<unknown>;
const arrayNext = arrayIterator.next;

/** What the iterator of an array does, while the script has not replaced it: so this cannot be told from it. */
function fromArray<T>(value: readonly unknown[], item: Converter<T>, what: string): readonly T[] {
  const items: T[] = [];
  for (let i = 0; i < value.length; i++) items.push(item(value[i], `${what}[${i}]`));
  return items;
}

export function fromIterable<T>(value: object, method: () => Iterator<unknown>, item: Converter<T>, what: string): readonly T[] {
  if (method === arrayValues && arrayIterator.next === arrayNext && Array.isArray(value)) return fromArray(value, item, what);
  const iterator = Reflect.apply(method, value, []);
  if (!isObject(iterator)) throw new TypeError(`${what}: its iterator is not an object`);
  const next = iterator.next;
  const items: T[] = [];
  for (;;) {
    const step: unknown = Reflect.apply(next, iterator, []);
    if (!isObject(step)) throw new TypeError(`${what}: its iterator gave no object`);
    const { done, value: element } = step as { done?: unknown; value?: unknown };
    if (done) return items;
    items.push(item(element, `${what}[${items.length}]`));
  }
}

/** record<string, V> as pairs, in the order of the object's keys. */
export function record<V>(key: Converter<string>, item: Converter<V>): Converter<readonly (readonly [string, V])[]> {
  return (value, what) => {
    if (!isObject(value)) throw new TypeError(`${what}: ${show(value)} is not an object`);
    const pairs = new Map<string, V>();
    for (const name of Reflect.ownKeys(value)) {
      if (!Reflect.getOwnPropertyDescriptor(value, name)?.enumerable) continue;
      const converted = key(name, what);
      pairs.set(converted, item((value as Record<PropertyKey, unknown>)[name], `${what}.${converted}`));
    }
    return [...pairs];
  };
}

/** T?: null and undefined are null. */
export function nullable<T>(convert: Converter<T>): Converter<T | null> {
  return (value, what) => (value === null || value === undefined ? null : convert(value, what));
}

/** An object of one of our interfaces. @param coreOf the interface's brand check */
export function instance<T>(name: string, coreOf: (value: unknown) => T | undefined): Converter<T> {
  return (value, what) => {
    const core = coreOf(value);
    if (core === undefined) throw new TypeError(`${what}: ${show(value)} is not a ${name}`);
    return core;
  };
}
