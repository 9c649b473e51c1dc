/** The figures of a server under one workload: the medians of all rounds. */
export interface Figures {
  readonly perSecond: number;
  readonly p99: number;
}

export interface Row {
  readonly name: string;
  readonly isOwn: boolean;
  readonly coldMs: number;
  readonly memory: number;
  /** By the name of the workload. */
  readonly figures: ReadonlyMap<string, Figures>;
}

interface Titled {
  readonly name: string;
  readonly title: string;
}

/** Two tables in Markdown, a column for each server: requests per second with the share of the first; and the rest. */
export function tablesOf(rows: readonly Row[], workloads: readonly Titled[]): string {
  const speed = workloads.map(({ name, title }) => [
    title,
    ...rows.map(({ figures }) => {
      const share = shareOf(rows, name, figures) ?? 0;
      return `${Math.round(figures.get(name)?.perSecond ?? 0)} (${share.toFixed(2)})`;
    }),
  ]);
  const rest = [
    ...workloads.map(({ name, title }) => [
      `${title}, 99th percentile`,
      ...rows.map(({ figures }) => `${figures.get(name)?.p99.toFixed(0)} ms`),
    ]),
    ['Memory', ...rows.map(({ memory }) => `${Math.round(memory)} MB`)],
    ['Cold start', ...rows.map(({ coldMs }) => `${Math.round(coldMs)} ms`)],
  ];
  return [markdown('Requests per second', rows, speed), markdown('Time and memory', rows, rest)].join('\n\n');
}

function markdown(corner: string, rows: readonly Row[], lines: readonly (readonly string[])[]): string {
  const table = [[corner, ...rows.map(({ name }) => name)], ...lines];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  const written = table.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  written.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return written.join('\n');
}

/** Requests per second as a share of those of the first row. */
function shareOf([first]: readonly Row[], workload: string, figures: Row['figures']): number | null {
  const base = first?.figures.get(workload)?.perSecond;
  const own = figures.get(workload)?.perSecond;
  return base === undefined || own === undefined ? null : own / base;
}

const COLORS = ['#6e7781', '#0969da', '#8250df', '#bf8700', '#1a7f37'];
const [BAR, GAP, LEFT, WIDTH, TOP] = [14, 22, 170, 520, 48];

/** A bar chart in SVG of the shares. */
export function chartOf(rows: readonly Row[], workloads: readonly Titled[]): string {
  const most = Math.max(
    1,
    ...workloads.flatMap(({ name }) => rows.map(({ figures }) => shareOf(rows, name, figures) ?? 0)),
  );
  const height = TOP + workloads.length * (rows.length * BAR + GAP) + 10;
  let end = 10;
  const legend = rows.map(({ name }, index) => {
    const x = end;
    end += 24 + name.length * 6;
    return `<rect x="${x}" y="12" width="10" height="10" fill="${COLORS[index]}"/><text x="${x + 14}" y="21">${name}</text>`;
  });
  const groups = workloads.map(({ name, title }, group) => {
    const y = TOP + group * (rows.length * BAR + GAP);
    const bars = rows.map(({ figures }, index) => {
      const share = shareOf(rows, name, figures) ?? 0;
      const [length, top] = [(share / most) * WIDTH, y + index * BAR];
      return `<rect x="${LEFT}" y="${top}" width="${length.toFixed(1)}" height="${BAR - 3}" fill="${COLORS[index]}"/><text x="${(LEFT + length + 4).toFixed(1)}" y="${top + BAR - 5}">${share.toFixed(2)}</text>`;
    });
    return `<text x="10" y="${y + (rows.length * BAR) / 2}">${title}</text>${bars.join('')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="760" height="${height}" viewBox="0 0 760 ${height}" font-family="sans-serif" font-size="11"><title>Requests per second, as shares of node:http without GraphQL</title><rect width="760" height="${height}" fill="#ffffff"/>${legend.join('')}${groups.join('')}</svg>\n`;
}
