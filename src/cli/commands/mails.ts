import type { Command } from 'commander';
import type { App } from '../../app.js';

import { type EnvironmentId, isId } from '../../domain/ids.js';
import { MAIL_STATES, type MailState } from '../../mail/mail.js';
import { action, environmentName } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { withApp } from '../terminal/with-app.js';

/** `usergraph mails`: lists and retries mails. A running server sends the mails that are retried here. */
export function registerMails(program: Command): void {
  const mails = program.command('mails').description('inspect the mail queue');
  const list = mails
    .command('list')
    .description('list the newest mails of an environment, without their addresses')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .option('--state <state>', `state of the mails: ${MAIL_STATES.join(', ').toLowerCase()}`, mailState, 'FAILED');
  action(list, listMails);
  const retry = mails
    .command('retry')
    .description('retry failed mails whose content is still valid')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .option('--id <id>', 'id of one mail, from "mails list" (default: all mails of that list)');
  action(retry, retryMails);
}

function mailState(text: string): MailState {
  const state = MAIL_STATES.find((one) => one === text.toUpperCase());
  if (state) return state;
  throw new UsageError(`'${text}' is not a state of a mail. The states are ${MAIL_STATES.join(', ').toLowerCase()}.`);
}

async function listMails(options: { environment: string; state: MailState }, output: Output): Promise<void> {
  const mails = await withApp(async (app) =>
    app.services.mails.list(await environmentOf(app, options.environment), options.state),
  );
  for (const mail of mails) {
    const { id, template, userId, attempts, error, createdAt } = mail;
    output.say(`${id}  ${createdAt}  ${template}  ${userId}  attempts ${attempts}  ${error ?? ''}`.trimEnd());
  }
  if (mails.length === 0) output.say('There are no mails in this state.');
  // The output omits addresses, because they are personal data. The user id leads to the address.
  output.result({ mails: mails.map(({ recipient: _, ...mail }) => mail) });
}

async function retryMails(options: { environment: string; id?: string }, output: Output): Promise<void> {
  const { environment, id } = options;
  if (id !== undefined && !isId('mail', id))
    throw new UsageError(`'${id}' is not the id of a mail (mail_…): "mails list" shows the ids.`);
  const retried = await withApp(async (app) => {
    const environmentId = await environmentOf(app, environment);
    const ids =
      id === undefined ? (await app.services.mails.list(environmentId, 'FAILED')).map((mail) => mail.id) : [id];
    const done: string[] = [];
    for (const one of ids) if (await app.services.mails.retry(environmentId, one)) done.push(one);
    return done;
  });
  if (id !== undefined && retried.length === 0) {
    throw new UsageError(`The environment '${environment}' has no failed mail '${id}' whose content is still valid.`);
  }
  output.say(`Mails to retry: ${retried.length}.`);
  output.result({ retried });
}

async function environmentOf(app: App, name: string): Promise<EnvironmentId> {
  const environment = await app.services.environments.findByName(app.db.reader, name);
  if (!environment) throw new UsageError(`No environment is named '${name}'.`);
  return environment.id;
}
