// Asks each subgraph for its SDL and composes them into one supergraph, on standard output.
//
//   npm install graphql @theguild/federation-composition
//   node compose.mjs users=http://127.0.0.1:4000/graphql orders=http://127.0.0.1:4001/graphql > supergraph.graphql
//
// usergraph in production wants a key with the scope schema:read: set USERGRAPH_KEY. A name may also be followed by a
// file, e.g. users=node_modules/usergraph/subgraph.graphql@http://127.0.0.1:4000/graphql.
import { readFileSync } from 'node:fs';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

async function sdlFrom(url) {
  const headers = { 'content-type': 'application/json' };
  if (process.env.USERGRAPH_KEY) headers.authorization = `Bearer ${process.env.USERGRAPH_KEY}`;
  const body = JSON.stringify({ query: '{ _service { sdl } }' });
  const response = await fetch(url, { method: 'POST', headers, body });
  const { data, errors } = await response.json();
  if (!data) throw new Error(`${url} does not tell its SDL: ${errors?.[0]?.message}`);
  return data._service.sdl;
}

const services = await Promise.all(
  process.argv.slice(2).map(async (argument) => {
    const [, name, file, url] = /^([^=]+)=(?:(.+)@)?(https?:.+)$/.exec(argument) ?? [];
    if (!name) throw new Error(`'${argument}' is no name=url.`);
    return { name, url, typeDefs: parse(file ? readFileSync(file, 'utf8') : await sdlFrom(url)) };
  }),
);
const { supergraphSdl, errors } = composeServices(services);
if (errors) {
  for (const { message } of errors) console.error(message);
  process.exit(1);
}
console.log(supergraphSdl);
