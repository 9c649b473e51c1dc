import { readFileSync, writeFileSync } from 'node:fs';
import { LIMITS, type LimitName, limitOf } from './limits.js';

// npm run docs writes the README's table of limits; with --check it only tells whether it is what the code says.
const file = new URL('../../README.md', import.meta.url);
const text = readFileSync(file, 'utf8');
const rows = Object.entries(LIMITS).map(([name, meaning]) => [
  `\`${name}\``,
  String(limitOf(name as LimitName)),
  meaning,
]);
const widths = [0, 1, 2].map((column) => Math.max(...[head(), ...rows].map((cells) => cells[column]?.length ?? 0)));
const line = (cells: readonly string[]) =>
  `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
const table = [line(head()), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
const written = text.replace(/(<!-- limits -->\n)[\s\S]*(\n<!-- \/limits -->)/, `$1\n${table}\n$2`);
if (!written.includes(table))
  throw new Error('The README has no place for the table: <!-- limits --> and <!-- /limits -->.');
if (!process.argv.includes('--check')) {
  writeFileSync(file, written);
} else if (written !== text) {
  process.stderr.write('The limits of README.md are stale: run "npm run docs" and look at the change.\n');
  process.exitCode = 1;
}

function head(): readonly string[] {
  return ['Constant', 'At most', 'What it bounds'];
}
