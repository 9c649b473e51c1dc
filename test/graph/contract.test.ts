import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as graphqlEslint from '@graphql-eslint/eslint-plugin';
import { ESLint, type Linter } from 'eslint';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { createSchema, printSchema } from '../../src/graphql/schema.js';

const FILE = fileURLToPath(new URL('../../schema.graphql', import.meta.url));
const contract = readFileSync(FILE, 'utf8');

test('schema.graphql matches the code', () => {
  expect(printSchema(createSchema())).toBe(contract);
});

test('every part of the schema has a description', () => {
  const isFederations = (name: string) => name.startsWith('_') || /^(federation|link)__|^FieldSet$/.test(name);
  const own = Object.values(createSchema().getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !isFederations(type.name),
  );
  const parts = own.flatMap(partsOf).filter(([name]) => !isFederations(name.split('.').at(-1) ?? ''));
  expect(parts.length).toBeGreaterThan(250);
  expect(parts.filter(([, description]) => !description?.trim()).map(([name]) => name)).toEqual([]);
});

type Part = readonly [name: string, description: string | null | undefined];

/** Returns the type and its fields, arguments and values, each with its description. */
function partsOf(type: GraphQLNamedType): Part[] {
  const parts: Part[] = [[type.name, type.description]];
  const add = (name: string, { description }: { description?: string | null | undefined }) =>
    parts.push([`${type.name}.${name}`, description]);
  if (isEnumType(type)) for (const value of type.getValues()) add(value.name, value);
  if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) add(field.name, field);
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      add(field.name, field);
      if (field.name.startsWith('_')) continue;
      for (const arg of field.args) add(`${field.name}(${arg.name})`, arg);
    }
  }
  return parts;
}

test('Relay compiles a paginated list and a mutation that deletes an edge', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-relay-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'schema.graphql'), contract);
  const settings = { src: './src', schema: './schema.graphql', language: 'typescript', eagerEsModules: true };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(
    join(folder, 'src', 'UserList.ts'),
    `import { graphql } from 'react-relay';
    export const list = graphql\`
      fragment UserList_query on Query
      @refetchable(queryName: "UserListPaginationQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
        users(first: $count, after: $cursor) @connection(key: "UserList_users") {
          edges { node { id ...UserList_user } }
        }
      }\`;
    export const user = graphql\`
      fragment UserList_user on User { email name emailVerified metadata createdAt ...UserList_grants }\`;
    export const grants = graphql\`
      fragment UserList_grants on User
      @refetchable(queryName: "UserListGrantsQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
        authorizedApplications(first: $count, after: $cursor) @connection(key: "UserList_authorizedApplications") {
          edges { node { id application { name } } }
        }
      }\`;
    export const query = graphql\`query UserListQuery { ...UserList_query }\`;
    export const remove = graphql\`
      mutation UserListDeleteMutation($input: DeleteUserInput!, $connections: [ID!]!) {
        deleteUser(input: $input) {
          deletedUserId @deleteEdge(connections: $connections)
          errors { ... on MutationError { code message path } }
        }
      }\`;
    export const revoke = graphql\`
      mutation UserListRevokeMutation($input: DeleteAuthorizedApplicationInput!, $connections: [ID!]!) {
        deleteAuthorizedApplication(input: $input) {
          deletedAuthorizedApplicationId @deleteEdge(connections: $connections)
        }
      }\`;
    `,
  );
  const compiler = fileURLToPath(new URL('../../node_modules/relay-compiler/cli.js', import.meta.url));
  const compiling = promisify(execFile)(process.execPath, [compiler, 'relay.config.json'], { cwd: folder });
  // The compiler prints its errors. The rejection alone would only say "command failed".
  const told = await compiling.then(
    () => '',
    (error) => `${error.stdout}\n${error.stderr}`,
  );
  expect(told).toBe('');
  const generated = join(folder, 'src', '__generated__');
  expect(readdirSync(generated).sort()).toEqual([
    'UserListDeleteMutation.graphql.ts',
    'UserListGrantsQuery.graphql.ts',
    'UserListPaginationQuery.graphql.ts',
    'UserListQuery.graphql.ts',
    'UserListRevokeMutation.graphql.ts',
    'UserList_grants.graphql.ts',
    'UserList_query.graphql.ts',
    'UserList_user.graphql.ts',
  ]);
  // Refetching a fragment on a user uses `node`.
  expect(readFileSync(join(generated, 'UserListGrantsQuery.graphql.ts'), 'utf8')).toContain('node(id: $id)');
});

test('the Relay rules of graphql-eslint accept the schema and reject a broken one', async () => {
  const relay = graphqlEslint.configs['flat/schema-relay'];
  const lint = async (sdl: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'usergraph-eslint-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const filePath = join(folder, 'schema.graphql');
    writeFileSync(filePath, sdl);
    const config = {
      files: ['**/*.graphql'],
      plugins: { '@graphql-eslint': { rules: graphqlEslint.rules } },
      languageOptions: { parser: graphqlEslint.parser, parserOptions: { graphQLConfig: { schema: filePath } } },
      rules: {
        ...relay.rules,
        // A connection has a `nodes` list beside its `edges` on purpose.
        '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
      },
    };
    const eslint = new ESLint({
      cwd: folder,
      overrideConfigFile: true,
      // The types of graphql-eslint support ESLint up to version 9.
      overrideConfig: [config as unknown as Linter.Config],
    });
    const results = await eslint.lintFiles([filePath]);
    return results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`),
    );
  };
  expect(Object.keys(relay.rules)).toHaveLength(4);
  expect(await lint(contract)).toEqual([]);
  expect(contract).toContain('  endCursor: String\n');
  const broken = await lint(contract.replace('  hasNextPage: Boolean!', '  hasNextPage: Boolean'));
  expect(broken.join('\n')).toContain('relay-page-info');
});
