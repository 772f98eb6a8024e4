/** `dist/portcullis.min.js`: for pages without modules. A script tag with it defines `portcullis`; `portcullis.register()` installs it. */
export * from "./index.ts";
export { register } from "./install.ts";
