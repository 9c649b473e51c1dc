import { once } from 'node:events';
import type { Command } from 'commander';
import { systemViewer } from '../../auth/viewer.js';
import { RequestError } from '../../domain/errors.js';
import { EVENT_NAMES, isEventName } from '../../event-catalog/event-catalog.js';
import type { EventName } from '../../events/event-data.js';
import { cursorAt, positionAt } from '../../events/event-position.js';
import type { StreamedEvent } from '../../events/event-stream.service.js';
import type { Position } from '../../paging/paging.js';
import { stopOnSignal } from '../server/stopping.js';
import { environmentName, requireEnvironment } from '../terminal/options.js';
import { UsageError } from '../terminal/output.js';
import { withApp } from '../terminal/with-app.js';

interface TailOptions {
  readonly environment: string;
  readonly after?: Position;
  readonly fromStart?: boolean;
  readonly types?: readonly EventName[];
  readonly limit?: number;
  readonly json?: boolean;
}

/** `usergraph events`: reads the event log. */
export function registerEvents(program: Command): void {
  program
    .command('events')
    .description('read the event log')
    .command('tail')
    .description('print events as they are committed, by any process, until Ctrl-C')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .option('--after <cursor>', 'start after the event with this cursor, as an earlier tail printed it', position)
    .option('--from-start', 'start with the oldest event that is retained')
    .option('--types <list>', 'only events of these types, e.g. user.created,user.deleted', eventNames)
    .option('--limit <number>', 'stop after this many events', wholeNumber)
    .option('--json', 'print one JSON object per line; the default when the output is not a terminal')
    .action(tail);
}

async function tail(options: TailOptions): Promise<void> {
  const { environment: name, after, fromStart = false, types, limit = Number.POSITIVE_INFINITY } = options;
  if (fromStart && after) throw new UsageError('Use either --after or --from-start, not both.');
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
      // The stream ends with this error when it is closed.
      if (error.code !== 'SERVICE_UNAVAILABLE') throw new UsageError(refusalOf(error));
    }
  });
}

function refusalOf({ message, details }: RequestError): string {
  return details.oldestCursor === undefined
    ? message
    : `${message} The oldest cursor is ${String(details.oldestCursor)}.`;
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
  const known = names.filter(isEventName);
  if (known.length === names.length) return known;
  const unknown = names.filter((name) => !isEventName(name)).join(', ');
  throw new UsageError(`Unknown event type: ${unknown}. The types are ${EVENT_NAMES.join(', ')}.`);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--limit must be a positive integer, not '${text}'.`);
}
