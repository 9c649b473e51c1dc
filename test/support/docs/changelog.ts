/** The text under the heading of a version, up to the next. */
export function sectionOf(changelog: string, version: string): string {
  const [, rest] = changelog.split(`## [${version}]`);
  return rest?.split(/^## \[/m)[0] ?? '';
}

/** The versions that were released, as their headings name them. */
export function releasesOf(changelog: string): readonly string[] {
  return [...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\]/gm)].map(([, version = '']) => version);
}

/** Orders `<major>.<minor>.<patch>`, the lowest first. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
