/** What a shader is checked against: extensions, language features, limits, and what a pipeline would say. */
import { ENABLE_EXTENSIONS, LANGUAGE_FEATURES } from "../../frontend/wgsl/check.ts";
import { adapterLimits, defaultLimits, LIMIT_NAMES, type LimitName, type LimitValues } from "../../webgpu/limits.ts";
import { readInput, UsageError } from "../files.ts";
import { meant } from "../verb.ts";

export interface Settings {
  /** enable-extensions that may be used */
  readonly extensions: ReadonlySet<string>;
  readonly languageFeatures: ReadonlySet<string>;
  /** of the device; null: entry points are not compared with limits */
  readonly limits: LimitValues | null;
  /** the entry point of which a pipeline would be made; undefined: of each, if there is anything to check them for */
  readonly entryPoint: string | undefined;
  readonly overrides: Readonly<Record<string, number>>;
}

export function settingsOf(given: {
  readonly features: string | undefined;
  readonly limits: string | undefined;
  readonly entryPoint: string | undefined;
  readonly overrides: Readonly<Record<string, number>>;
}): Settings {
  const { entryPoint, overrides } = given;
  return {
    ...featuresOf(given.features ?? "max"),
    limits: given.limits === undefined ? null : limitsOf(given.limits),
    entryPoint,
    overrides,
  };
}

/** Whether rules of pipeline creation are checked as well. */
export const isPipeline = ({ entryPoint, overrides }: Settings) => entryPoint !== undefined || Object.keys(overrides).length > 0;

/** Everything that changes what is found, as text. */
export function settingsKey({ extensions, languageFeatures, limits, entryPoint, overrides }: Settings): string {
  const pairs = Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([[...extensions].sort(), [...languageFeatures].sort(), limits, entryPoint ?? null, pairs]);
}

/** Sets to start from. All but `none` have every language feature: they need no hardware. */
const PROFILES: Readonly<Record<string, readonly string[]>> = {
  none: [],
  core: LANGUAGE_FEATURES,
  compat: LANGUAGE_FEATURES,
  max: [...ENABLE_EXTENSIONS, ...LANGUAGE_FEATURES],
};

/**
 * Names after a profile are added to it, names after a minus taken away. Without a profile, they are added to `core`.
 * @throws UsageError for a name that does not exist
 */
export function featuresOf(list: string): Pick<Settings, "extensions" | "languageFeatures"> {
  const on = new Set<string>(PROFILES.core);
  for (const [i, item] of list.split(",").entries()) {
    const written = item.trim();
    const profile = Object.hasOwn(PROFILES, written) ? PROFILES[written] : undefined;
    if (profile) {
      if (i > 0) throw new UsageError(`--features: the profile '${written}' must come first`);
      on.clear();
      for (const name of profile) on.add(name);
      continue;
    }
    const isOff = written.startsWith("-");
    const name = nameOf(isOff ? written.slice(1) : written);
    if (isOff) on.delete(name);
    else on.add(name);
  }
  if (on.has("subgroup_size_control")) on.add("subgroups");
  return {
    extensions: new Set([...ENABLE_EXTENSIONS].filter((name) => on.has(name))),
    languageFeatures: new Set(LANGUAGE_FEATURES.filter((name) => on.has(name))),
  };
}

/** As WGSL writes it, also where it is written as the API does: `shader-f16`, `clip-distances`. */
function nameOf(written: string): string {
  const name = written === "shader-f16" ? "f16" : written.replaceAll("-", "_");
  const all = [...ENABLE_EXTENSIONS, ...LANGUAGE_FEATURES];
  if (all.includes(name)) return name;
  const known = [...Object.keys(PROFILES), ...all];
  throw new UsageError(
    `--features: '${written}' is no profile, extension or language feature${meant(name, known)}\nThere are: ${known.join(", ")}`,
  );
}

const LIMIT_PROFILES = ["core", "compat", "max"] as const;

/**
 * The limits of a profile, or those of a JSON file over the limits of core: `{"maxComputeWorkgroupSizeX": 1024}`.
 * @throws UsageError
 */
export function limitsOf(written: string): LimitValues {
  if (written === "core") return defaultLimits("core");
  if (written === "compat") return defaultLimits("compatibility");
  if (written === "max") return adapterLimits("core");
  if (!written.includes(".") && !written.includes("/"))
    throw new UsageError(`--limits takes ${LIMIT_PROFILES.join(" or ")} or a JSON file, not '${written}'${meant(written, LIMIT_PROFILES)}`);
  const limits: Record<LimitName, number> = { ...defaultLimits("core") };
  for (const [name, value] of Object.entries(readObject(written))) {
    const known = LIMIT_NAMES.find((each) => each === name);
    if (known === undefined) throw new UsageError(`--limits: '${name}' in '${written}' is no limit${meant(name, LIMIT_NAMES)}`);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
      throw new UsageError(`--limits: '${name}' in '${written}' must be a whole number`);
    limits[known] = value;
  }
  return limits;
}

function readObject(file: string): object {
  const { bytes } = readInput(file);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new UsageError(`--limits: '${file}' is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`--limits: '${file}' must hold an object from names of limits to numbers`);
  return value;
}
