// Fetches the SDL of each subgraph, composes them, and writes the supergraph to standard output.
//
//   npm install graphql @theguild/federation-composition
//   node compose.mjs users=http://127.0.0.1:4000/graphql orders=http://127.0.0.1:4001/graphql > supergraph.graphql
//
// In production, usergraph requires an API key with the scope schema:read in USERGRAPH_KEY. The SDL can also be read
// from a file, e.g. users=node_modules/usergraph/subgraph.graphql@http://127.0.0.1:4000/graphql.
import { readFileSync } from 'node:fs';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

async function sdlFrom(url) {
  const headers = { 'content-type': 'application/json' };
  if (process.env.USERGRAPH_KEY) headers.authorization = `Bearer ${process.env.USERGRAPH_KEY}`;
  const body = JSON.stringify({ query: '{ _service { sdl } }' });
  const response = await fetch(url, { method: 'POST', headers, body });
  const { data, errors } = await response.json();
  if (!data) throw new Error(`${url} does not return its SDL: ${errors?.[0]?.message}`);
  return data._service.sdl;
}

const services = await Promise.all(
  process.argv.slice(2).map(async (argument) => {
    const [, name, file, url] = /^([^=]+)=(?:(.+)@)?(https?:.+)$/.exec(argument) ?? [];
    if (!name) throw new Error(`'${argument}' is not of the form name=url.`);
    return { name, url, typeDefs: parse(file ? readFileSync(file, 'utf8') : await sdlFrom(url)) };
  }),
);
const { supergraphSdl, errors } = composeServices(services);
if (errors) {
  for (const { message } of errors) console.error(message);
  process.exit(1);
}
console.log(supergraphSdl);
