/** Yoga's pattern for the path of the GraphQL endpoint. A proxy or a framework can leave a path prefix. */
export const GRAPHQL_PATTERN = '*/graphql{/}?';

/** Whether the path is that of the GraphQL endpoint. */
export const isGraphqlPath = (pathname: string): boolean => /\/graphql\/?$/.test(pathname);
