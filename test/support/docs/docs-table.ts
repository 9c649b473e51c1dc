/** The widest a line of the documentation may be: wider tables become lists. */
export const MAX_WIDTH = 120;

/** A Markdown table with cells of even width. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A Markdown list of terms with their meanings, for tables that would be too wide. */
export function markdownList(entries: readonly (readonly [term: string, meaning: string])[]): string {
  return entries.map(([term, meaning]) => wrap(`- \`${term}\`: ${meaning}`, '  ')).join('\n');
}

/** Breaks a line between words, and indents the lines that follow. Code in backticks is never broken. */
export function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/^ *\S+|(?:`[^`]*`|\S)+/g) ?? []) {
    // A line that began with such a word would be read as an item, a heading or a quotation.
    const isMark = /^(?:[-+*#>]|\d+[.)]$)/.test(word);
    if (line === '') {
      line = word;
    } else if (line.length + 1 + word.length <= MAX_WIDTH || isMark) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}
