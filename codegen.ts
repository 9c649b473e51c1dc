import type { CodegenConfig } from '@graphql-codegen/cli';

const scalars = {
  DateTime: 'string',
  Metadata: 'Record<string, string | null>',
  URL: 'string',
  _Any: 'unknown',
  federation__FieldSet: 'string',
  federation__Scope: 'string',
  link__Import: 'unknown',
};

/**
 * Typed documents for the tests' own vocabulary, for the client and for the sample pages, each with its own: an operation that does not fit
 * schema.graphql is a type error.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  importExtension: '.js',
  generates: {
    'test/support/generated/': {
      documents: ['test/support/make.ts'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        strictScalars: true,
        useTypeImports: true,
        scalars,
      },
    },
    'src/client/operations.generated.ts': {
      documents: ['src/client/documents.ts'],
      plugins: ['typescript-operations'],
      config: { enumsAsTypes: true, strictScalars: true, scalars },
    },
    'test/frontends/generated/': {
      documents: ['test/frontends/documents.ts'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { enumsAsTypes: true, strictScalars: true, useTypeImports: true, scalars, importExtension: '' },
    },
    'test/frontends/generated/possible-types.json': { plugins: ['fragment-matcher'] },
  },
};

// The tool asks for a default export.
export default config;
