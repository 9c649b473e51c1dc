/**
 * When this process sends mails and webhooks. `background`: after each commit and periodically, as a server does.
 * `awaited`: mails within the call that commits, webhooks only on demand; for tests. `none`: never, e.g. in a command.
 */
export type Delivering = 'background' | 'awaited' | 'none';
