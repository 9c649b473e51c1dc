import type { Command } from 'commander';
import type { App } from '../app.js';

import { type EnvironmentId, isId } from '../ids.js';
import { MAIL_STATES, type MailState } from '../mail/mail.js';
import { action, environmentName } from './options.js';
import { type Output, UsageError } from './output.js';
import { withApp } from './with-app.js';

/** `usergraph mails`: what became of mails. A running server sends what is made due here. */
export function registerMails(program: Command): void {
  const mails = program.command('mails').description('mails that wait, were sent or failed');
  const list = mails
    .command('list')
    .description('show the newest mails of an environment, without their addresses')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .option('--state <state>', `which ones: ${MAIL_STATES.join(', ').toLowerCase()}`, mailState, 'FAILED');
  action(list, listMails);
  const retry = mails
    .command('retry')
    .description('try failed mails again, those that can still be of use')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .option('--id <id>', 'one mail, as "mails list" shows it; without it all that the list shows');
  action(retry, retryMails);
}

function mailState(text: string): MailState {
  const state = MAIL_STATES.find((one) => one === text.toUpperCase());
  if (state) return state;
  throw new UsageError(`'${text}' is no state of a mail: there are ${MAIL_STATES.join(', ').toLowerCase()}.`);
}

async function listMails(options: { environment: string; state: MailState }, output: Output): Promise<void> {
  const mails = await withApp(async (app) =>
    app.services.mails.list(await environmentOf(app, options.environment), options.state),
  );
  for (const mail of mails) {
    const { id, template, userId, attempts, error, createdAt } = mail;
    output.say(`${id}  ${createdAt}  ${template}  ${userId}  attempts ${attempts}  ${error ?? ''}`.trimEnd());
  }
  if (mails.length === 0) output.say('There are none.');
  // Addresses stay in the database: the user's id leads to them.
  output.result({ mails: mails.map(({ recipient: _, ...mail }) => mail) });
}

async function retryMails(options: { environment: string; id?: string }, output: Output): Promise<void> {
  const { environment, id } = options;
  if (id !== undefined && !isId('mail', id)) throw new UsageError(`'${id}' is no id of a mail (mail_…).`);
  const retried = await withApp(async (app) => {
    const environmentId = await environmentOf(app, environment);
    const ids =
      id === undefined ? (await app.services.mails.list(environmentId, 'FAILED')).map((mail) => mail.id) : [id];
    const done: string[] = [];
    for (const one of ids) if (await app.services.mails.retry(environmentId, one)) done.push(one);
    return done;
  });
  if (id !== undefined && retried.length === 0) {
    throw new UsageError(`The environment '${environment}' has no failed mail '${id}' that can still be of use.`);
  }
  output.say(`${retried.length} to be tried again.`);
  output.result({ retried });
}

async function environmentOf(app: App, name: string): Promise<EnvironmentId> {
  const environment = await app.services.environments.findByName(app.db.reader, name);
  if (!environment) throw new UsageError(`There is no environment '${name}'.`);
  return environment.id;
}
