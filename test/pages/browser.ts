/** A server of files and Debian's Chromium, for tests of pages. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

export const ROOT = join(import.meta.dirname, "../..");

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export interface Site {
  readonly url: string;
  close(): void;
}

/** Serves folders by the first part of the path. Text that is no folder is a page of that text. */
export async function serve(folders: Readonly<Record<string, string>>, isolated: boolean): Promise<Site> {
  const server: Server = createServer((request, response) => {
    const [, top = "", ...rest] = new URL(request.url ?? "", "http://localhost").pathname.split("/");
    const entry = folders[top];
    const headers = isolated ? ISOLATED : {};
    if (entry?.startsWith("<")) return void response.writeHead(200, { "Content-Type": "text/html", ...headers }).end(entry);
    const file = entry && join(entry, normalize(`/${rest.join("/") || "index.html"}`));
    if (!file || !existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", ...headers });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** Everything that a page said: console, exceptions, requests that failed. */
export function listen(page: Page): readonly string[] {
  const said: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`exception: ${error.stack ?? error.message}`));
  page.on("requestfailed", (request) => said.push(`request failed: ${request.url()}`));
  return said;
}
