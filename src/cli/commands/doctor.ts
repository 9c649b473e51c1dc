import { resolve } from 'node:path';
import type { Command } from 'commander';
import { examine, versions } from '../../doctor/doctor.js';
import { type Finding, failure } from '../../doctor/finding.js';
import { systemClock } from '../../runtime/clock.js';
import { systemRandom } from '../../runtime/random.js';
import { addressProblems } from '../server/listening.js';
import { listenAddressesOf } from '../server/places.js';
import { action } from '../terminal/options.js';
import type { Output } from '../terminal/output.js';
import { configProblems, readConfig } from '../terminal/settings.js';

const MARKS = { ok: 'ok      ', warning: 'WARNING ', failure: 'FAILURE ' } as const;

/** `usergraph doctor`: checks the environment that the server runs in. */
export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('check settings, database, disk and mail; works while a server is running')
    .option('--backups <folder>', 'also check this folder: free space, and age of the newest *.db file');
  action(command, doctor);
}

async function doctor(options: { backups?: string }, output: Output): Promise<void> {
  const findings = await collect(options.backups === undefined ? null : resolve(options.backups));
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { level, name, value, advice } of findings) {
    output.say(`${MARKS[level]} ${name.padEnd(width)}  ${value}`);
    if (advice !== undefined) output.say(`${' '.repeat(MARKS.ok.length + width + 3)}${advice}`);
  }
  const failures = findings.filter(({ level }) => level === 'failure').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  output.say(failures + warnings === 0 ? 'No problems found.' : `Failures: ${failures}. Warnings: ${warnings}.`);
  output.result({ ok: failures === 0, findings });
  if (failures > 0) process.exitCode = 1;
}

async function collect(backups: string | null): Promise<Finding[]> {
  const problems = await configProblems();
  if (problems.length === 0) {
    const config = readConfig();
    const findings = await examine(config, backups, systemClock, systemRandom);
    const unusable = await addressProblems(listenAddressesOf(config));
    return [
      ...findings,
      ...unusable.map((problem) => failure('address', problem, 'The server cannot start until this is fixed.')),
    ];
  }
  const advice = 'Correct it; the other checks run once the settings are valid.';
  return [versions(), ...problems.map((problem) => failure('configuration', problem, advice))];
}
