/**
 * Reads [{ name, source }] as JSON from standard input; writes a line of JSON with what wgsl_reflect says of each as soon as it is known,
 * and before that its name, so that whoever waits knows where it hangs.
 */
import { readFileSync, writeSync } from "node:fs";
import { ResourceType, WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";

const KINDS = {
  [ResourceType.Uniform]: () => "uniform",
  [ResourceType.Storage]: (v) => (v.access === "read_write" || v.access === "write" ? "storage" : "read-only-storage"),
  [ResourceType.Texture]: () => "texture",
  [ResourceType.Sampler]: () => "sampler",
  [ResourceType.StorageTexture]: () => "storage-texture",
};

function facts(source) {
  const r = new WgslReflect(source);
  const facts = {};
  for (const fn of [...r.entry.vertex, ...r.entry.fragment, ...r.entry.compute]) {
    facts[`entry ${fn.name}`] = fn.stage;
    if (fn.stage === "compute") facts[`entry ${fn.name} workgroup size`] = fn.workgroupSize.join(" ");
    for (const v of fn.resources) facts[`entry ${fn.name} binding ${v.group}.${v.binding}`] = `${v.name} ${KINDS[v.resourceType]?.(v)}`;
  }
  for (const s of r.structs) {
    facts[`struct ${s.name}`] = `size ${s.size} align ${s.align}`;
    for (const m of s.members) facts[`struct ${s.name} member ${m.name}`] = `offset ${m.offset} size ${m.size}`;
  }
  return facts;
}

for (const { name, source } of JSON.parse(readFileSync(0, "utf8"))) {
  writeSync(1, `${JSON.stringify({ name })}\n`);
  let answer;
  try {
    answer = { facts: facts(source) };
  } catch (error) {
    answer = {
      error: String(error?.message ?? error)
        .split("\n")[0]
        .slice(0, 200),
    };
  }
  writeSync(1, `${JSON.stringify({ name, ...answer })}\n`);
}
