import type { Command } from 'commander';
import { action } from './options.js';
import type { Output } from './output.js';
import { readPrefixes } from './settings.js';

/** `usergraph schema`: the graph as a text, for those who compose or check it without a server. */
export function registerSchema(program: Command): void {
  const schema = program.command('schema').description('the graph as a text');
  action(
    schema
      .command('print')
      .description('print the SDL, with the prefixes that are set')
      .option('--subgraph', 'as composers get it: what _service answers'),
    print,
  );
}

async function print({ subgraph = false }: { readonly subgraph?: boolean }, output: Output): Promise<void> {
  const prefixes = readPrefixes();
  // Loaded when it is needed: building the graph takes its time, and other commands need none.
  const { createSchema, printSchema, printSubgraph } = await import('../graphql/schema.js');
  const sdl = subgraph ? printSubgraph(prefixes) : printSchema(createSchema(prefixes));
  output.say(sdl.trimEnd());
  output.result({ subgraph, sdl });
}
