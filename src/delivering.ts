/**
 * When mails and webhooks are sent. `background`: after each commit and by a timer, as a server does. `awaited`: mails after
 * each commit, which then waits for them, and both when they are told to: for tests. `none`: not by this process, e.g. a
 * command.
 */
export type Delivering = 'background' | 'awaited' | 'none';
