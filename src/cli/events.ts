import { once } from 'node:events';
import type { Command } from 'commander';
import { systemViewer } from '../auth/viewer.js';
import { RequestError } from '../errors.js';
import { EVENTS, type EventName } from '../events/event.js';
import { cursorAt, positionAt } from '../events/event-position.js';
import type { StreamedEvent } from '../events/event-stream.service.js';
import type { Position } from '../paging.js';
import { environmentName, requireEnvironment } from './options.js';
import { UsageError } from './output.js';
import { stopOnSignal } from './stopping.js';
import { withApp } from './with-app.js';

interface TailOptions {
  readonly environment: string;
  readonly after?: Position;
  readonly fromStart?: boolean;
  readonly types?: readonly EventName[];
  readonly limit?: number;
  readonly json?: boolean;
}

/** `usergraph events`: the log on the command line. */
export function registerEvents(program: Command): void {
  program
    .command('events')
    .description('the event log')
    .command('tail')
    .description('show events as they are committed, by this or any other process, until Ctrl-C')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .option('--after <cursor>', 'what follows this event first, which an earlier tail has shown', position)
    .option('--from-start', 'all that is kept first')
    .option('--types <list>', 'only these, e.g. user.created,user.deleted', eventNames)
    .option('--limit <number>', 'end after so many', wholeNumber)
    .option('--json', 'one JSON object a line, as in a pipe')
    .action(tail);
}

async function tail(options: TailOptions): Promise<void> {
  const { environment: name, after, fromStart = false, types, limit = Number.POSITIVE_INFINITY } = options;
  if (fromStart && after) throw new UsageError('Give --after or --from-start, not both.');
  const line = options.json || !process.stdout.isTTY ? jsonLine : readableLine;
  await withApp(async (app) => {
    const { id } = await requireEnvironment(app, name);
    const { eventStreams, events } = app.services;
    stopOnSignal(() => eventStreams.close());
    let shown = 0;
    try {
      const start = fromStart ? await events.startOf(id) : (after ?? null);
      const stream = await eventStreams.follow(
        systemViewer(id, 'events tail'),
        { names: types },
        start,
        async () => {},
      );
      for await (const event of stream) {
        if (!process.stdout.write(`${line(event)}\n`)) await once(process.stdout, 'drain');
        shown++;
        if (shown >= limit) break;
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // How the stream ends when it is told to.
      if (error.code !== 'SERVICE_UNAVAILABLE') throw new UsageError(refusalOf(error));
    }
  });
}

function refusalOf({ message, details }: RequestError): string {
  return details.oldestCursor === undefined ? message : `${message} It is ${String(details.oldestCursor)}.`;
}

function cursorOf({ event, epoch }: StreamedEvent): string {
  return cursorAt(epoch, event.sequence);
}

function jsonLine(streamed: StreamedEvent): string {
  const { sequence: _, ...event } = streamed.event;
  return JSON.stringify({ cursor: cursorOf(streamed), ...event });
}

function readableLine(streamed: StreamedEvent): string {
  const { createdAt, name, userId, organizationId, actor } = streamed.event;
  const of = [userId, organizationId].filter(Boolean).join(' ');
  const by = `${actor.source.toLowerCase()} ${actor.name.replaceAll(/\p{Cc}/gu, ' ')}`;
  return `${createdAt}  ${name.padEnd(33)}  ${of}  by ${by}  ${cursorOf(streamed)}`;
}

function position(text: string): Position {
  try {
    return positionAt(text);
  } catch (error) {
    throw error instanceof RequestError ? new UsageError(`--after: ${error.message}`) : error;
  }
}

function eventNames(text: string): EventName[] {
  const names = text.split(',').map((name) => name.trim());
  const known = names.filter((name): name is EventName => Object.hasOwn(EVENTS, name));
  if (known.length === names.length) return known;
  throw new UsageError(`There is no such type in ${text}. There are ${Object.keys(EVENTS).join(', ')}.`);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--limit is a whole number from 1; '${text}' was given.`);
}
