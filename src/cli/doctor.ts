import { resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../clock.js';
import { examine, versions } from '../doctor/doctor.js';
import { type Finding, failure } from '../doctor/finding.js';
import { systemRandom } from '../random.js';
import { placeProblems } from './listening.js';
import { action } from './options.js';
import type { Output } from './output.js';
import { placesOf } from './places.js';
import { configProblems, readConfig } from './settings.js';

const MARKS = { ok: 'ok      ', warning: 'WARNING ', failure: 'FAILURE ' } as const;

/** `usergraph doctor`: what the server stands on, and what is wrong with it. */
export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('look at settings, database, disk and mail, and say what is wrong; a server may be running')
    .option('--backups <folder>', 'look there too: room, and age of the newest *.db');
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
  output.say(failures + warnings === 0 ? 'All is well.' : `Failures: ${failures}. Warnings: ${warnings}.`);
  output.result({ ok: failures === 0, findings });
  if (failures > 0) process.exitCode = 1;
}

async function collect(backups: string | null): Promise<Finding[]> {
  const problems = await configProblems();
  if (problems.length === 0) {
    const config = readConfig();
    const findings = await examine(config, backups, systemClock, systemRandom);
    const unusable = await placeProblems(placesOf(config));
    return [
      ...findings,
      ...unusable.map((problem) => failure('address', problem, 'The server cannot start until then.')),
    ];
  }
  const advice = 'Correct it; the rest is looked at when the settings are usable.';
  return [versions(), ...problems.map((problem) => failure('configuration', problem, advice))];
}
