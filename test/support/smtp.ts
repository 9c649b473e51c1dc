import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** A refusal as an SMTP server words it. */
export function refusal(responseCode: number, message = 'canary-of-the-server'): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A real mail server on a port of this machine that misbehaves as a test wants it to. */
export interface TestSmtp {
  readonly port: number;
  /** Messages it took, oldest first. */
  readonly received: string[];
  /** Recipients of these and of refused ones, as the client wrote them. */
  readonly recipients: string[];
  /** Connections it has seen. */
  connections: number;
  /** What it answers at each step of the next mails; left out, it takes them. */
  at: {
    connect?: () => Error | undefined;
    mail?: () => Error | undefined;
    rcpt?: (address: string) => Error | undefined;
    /** Called when the message is there; what it returns is answered. One that never resolves keeps the client waiting. */
    data?: (message: string) => Promise<Error | undefined> | Error | undefined;
  };
  /** Cuts all connections and stops listening; `start` listens again on the same port. */
  die(): Promise<void>;
  start(): Promise<void>;
}

export async function smtpServer(options: SMTPServerOptions = {}): Promise<TestSmtp> {
  const sockets = new Set<{ destroy(): void }>();
  let server: SMTPServer | undefined;
  const smtp: { -readonly [K in keyof TestSmtp]: TestSmtp[K] } = {
    port: 0,
    received: [],
    recipients: [],
    connections: 0,
    at: {},
    async start() {
      server = create();
      const listening = server;
      await new Promise<void>((resolve) => void listening.listen(smtp.port, '127.0.0.1', resolve));
      smtp.port = (listening.server.address() as AddressInfo).port; // a TCP server that listens has one
    },
    async die() {
      const dying = server;
      server = undefined;
      for (const socket of sockets) socket.destroy();
      if (dying) await new Promise<void>((resolve) => void dying.close(resolve));
    },
  };
  function create(): SMTPServer {
    const made = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onConnect: (_session, done) => {
        smtp.connections++;
        done(smtp.at.connect?.());
      },
      onMailFrom: (_address, _session, done) => done(smtp.at.mail?.()),
      onRcptTo: ({ address }, _session, done) => done(smtp.at.rcpt?.(address)),
      onData: (stream, _session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', async () => {
          const message = Buffer.concat(chunks).toString();
          const error = await smtp.at.data?.(message);
          if (!error) smtp.received.push(message);
          done(error);
        });
      },
      ...options,
    });
    made.server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('data', (chunk) => {
        for (const [, recipient = ''] of chunk.toString().matchAll(/^RCPT TO:<(.*)>/gm))
          smtp.recipients.push(recipient);
      });
      socket.once('close', () => sockets.delete(socket));
    });
    // Clients that hang up are what these tests are about.
    made.on('error', () => {});
    return made;
  }
  await smtp.start();
  onTestFinished(() => smtp.die());
  return smtp;
}

/** Settings that send through this server. */
export function smtpSettings({ port }: TestSmtp, timeoutSeconds = 10): Record<string, string> {
  return {
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'Accounts <accounts@example.com>',
    SMTP_TIMEOUT_SECONDS: String(timeoutSeconds),
  };
}
