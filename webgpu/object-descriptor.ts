/** @see https://www.w3.org/TR/webgpu/#gpuobjectdescriptorbase */
import { usvString } from "./idl/convert.ts";
import { defaulted, dictionary } from "./idl/dictionary.ts";

export const objectDescriptor = dictionary(null, { label: defaulted(usvString, "") });
