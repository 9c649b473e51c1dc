import type { Command } from 'commander';
import { isOptionalDirective, OPTIONAL_DIRECTIVES, type OptionalDirective } from '../graphql/federation/directives.js';
import { action } from './options.js';
import { type Output, UsageError } from './output.js';
import { readGraphSettings } from './settings.js';

/** `usergraph schema`: the graph as a text, for those who compose or check it without a server. */
export function registerSchema(program: Command): void {
  const schema = program.command('schema').description('the graph as a text');
  action(
    schema
      .command('print')
      .description('print the SDL, with the prefixes that are set')
      .option('--subgraph', 'as composers get it: what _service answers')
      .option(
        '--without <directives>',
        'with --subgraph: leave these out, separated by commas, instead of those of SUBGRAPH_WITHOUT',
        directiveList,
      ),
    print,
  );
}

interface Options {
  readonly subgraph?: boolean;
  readonly without?: readonly OptionalDirective[];
}

async function print({ subgraph = false, without }: Options, output: Output): Promise<void> {
  if (without && !subgraph) throw new UsageError('--without is about the text for composers: add --subgraph.');
  const { prefixes, subgraphWithout } = readGraphSettings();
  // Loaded when it is needed: building the graph takes its time, and other commands need none.
  const { createSchema, printSchema, printSubgraph } = await import('../graphql/schema.js');
  const sdl = subgraph ? printSubgraph(prefixes, without ?? subgraphWithout) : printSchema(createSchema(prefixes));
  output.say(sdl.trimEnd());
  output.result({ subgraph, sdl });
}

function directiveList(text: string): OptionalDirective[] {
  const names = text.split(',').map((name) => name.trim());
  const directives = names.filter(isOptionalDirective);
  if (directives.length === names.length) return directives;
  const unknown = names.filter((name) => !isOptionalDirective(name)).join(', ');
  throw new UsageError(
    `--without ${unknown}: give names out of ${OPTIONAL_DIRECTIVES.join(', ')}, separated by commas.`,
  );
}
