/** The plot: how many times faster ours is than the peer, a bar for each workload, on a logarithmic scale. */
import { type Report, ratio } from "./report.ts";

const ROW = 22;
const LEFT = 210;
const WIDTH = 520;
const TOP = 56;

const quoted = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

export function plot(report: Report): string {
  const rows = report.measured.map((each) => ({ name: each.name, cpu: ratio(each, "cpu") })).filter(({ cpu }) => !Number.isNaN(cpu));
  const decades = [
    Math.floor(Math.log10(Math.min(1, ...rows.map(({ cpu }) => cpu)))),
    Math.ceil(Math.log10(Math.max(10, ...rows.map(({ cpu }) => cpu)))),
  ] as const;
  const x = (value: number) => LEFT + ((Math.log10(value) - decades[0]) / (decades[1] - decades[0])) * WIDTH;
  const height = TOP + rows.length * ROW + 40;
  const text = (at: number, y: number, content: string, more = "") =>
    `<text x="${at.toFixed(1)}" y="${y}" ${more}>${quoted(content)}</text>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 70} ${height}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(16, 24, "CPU time of the peer divided by ours (more is better)", 'font-size="16" font-weight="600"'),
    text(16, 42, `${report.machine}; size ${report.size}; load ${report.load[0]?.[0]?.toFixed(1) ?? "?"}`, 'fill="#666" font-size="11"'),
  ];
  for (let decade = decades[0]; decade <= decades[1]; decade++) {
    const at = x(10 ** decade).toFixed(1);
    parts.push(`<line x1="${at}" y1="${TOP}" x2="${at}" y2="${height - 30}" stroke="${decade === 0 ? "#333" : "#ddd"}"/>`);
    parts.push(text(Number(at), height - 14, `${10 ** decade}x`, 'text-anchor="middle" fill="#666" font-size="11"'));
  }
  rows.forEach(({ name, cpu }, i) => {
    const y = TOP + i * ROW + 4;
    const [from, to] = [Math.min(x(1), x(cpu)), Math.max(x(1), x(cpu))];
    parts.push(text(LEFT - 10, y + 12, name, 'text-anchor="end"'));
    parts.push(
      `<rect x="${from.toFixed(1)}" y="${y}" width="${(to - from).toFixed(1)}" height="${ROW - 7}" rx="2" fill="${cpu >= 1 ? "#2f7ed8" : "#c0392b"}"/>`,
    );
    parts.push(text(to + 6, y + 12, `${cpu >= 10 ? cpu.toFixed(0) : cpu.toFixed(1)}x`, 'font-size="11" fill="#333"'));
  });
  return `${parts.join("\n")}\n</svg>\n`;
}
