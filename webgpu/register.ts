/** `portcullis/register`: importing it installs `navigator.gpu` and WebGPU's globals. Also for `node --import portcullis/register`. */
import { register } from "./install.ts";

register();
