import type { Command } from 'commander';
import { isOptionalDirective, OPTIONAL_DIRECTIVES, type OptionalDirective } from '../../config/graph-settings.js';
import { action } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { readGraphSettings } from '../terminal/settings.js';

/** `usergraph schema`: prints the SDL, for composition and checks without a server. */
export function registerSchema(program: Command): void {
  const schema = program.command('schema').description('print the GraphQL schema');
  action(
    schema
      .command('print')
      .description('print the SDL, with the configured prefixes')
      .option('--subgraph', 'print the SDL of the subgraph, as the field _service returns it')
      .option(
        '--without <directives>',
        'with --subgraph: omit these directives, separated by commas, instead of those of SUBGRAPH_WITHOUT',
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
  if (without && !subgraph) throw new UsageError('--without requires --subgraph.');
  const { prefixes, subgraphWithout } = readGraphSettings();
  // Loaded on demand, because building the schema slows the start of other commands.
  const { createSchema, printSchema, printSubgraph } = await import('../../graphql/schema.js');
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
    `--without: unknown directive ${unknown}. Give a comma-separated list of ${OPTIONAL_DIRECTIVES.join(', ')}.`,
  );
}
