import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for the tests' own vocabulary: an operation that does not fit schema.graphql is a type error. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['test/support/make.ts'],
  importExtension: '.js',
  generates: {
    'test/support/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        strictScalars: true,
        useTypeImports: true,
        scalars: {
          DateTime: 'string',
          Metadata: 'Record<string, string | null>',
          URL: 'string',
          _Any: 'unknown',
          federation__FieldSet: 'string',
          federation__Scope: 'string',
          link__Import: 'unknown',
        },
      },
    },
  },
};

// The tool asks for a default export.
export default config;
