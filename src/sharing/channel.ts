import { isMessage, type Message } from './messages.js';

/** One end of a channel between two processes. */
export interface Pipe {
  send(message: Message): void;
  onMessage(listener: (message: unknown) => void): void;
}

type Kinds = object;
type QuestionOf<Kind> = Kind extends { readonly of: infer Of } ? Of : never;
type AnswerOf<Kind> = Kind extends { readonly is: infer Is } ? Is : never;

/** Functions that answer questions. */
export type Answers<Asked extends Kinds> = {
  readonly [Name in keyof Asked]: (
    of: QuestionOf<Asked[Name]>,
  ) => AnswerOf<Asked[Name]> | Promise<AnswerOf<Asked[Name]>>;
};

/** Functions that take news. */
export type Listeners<Told extends Kinds> = { readonly [Name in keyof Told]: (of: Told[Name]) => void };

/** Questions with answers, and news, between two processes. A question to a process that has ended is never answered. */
export class Channel<Asking extends Kinds, Telling extends Kinds> {
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #asked = 0;

  constructor(
    private readonly pipe: Pipe,
    answers: Readonly<Record<string, (of: never) => unknown>>,
    listeners: Readonly<Record<string, (of: never) => void>>,
  ) {
    pipe.onMessage(async (message) => {
      if (!isMessage(message)) return;
      if ('answerTo' in message) {
        this.#waiting.get(message.answerTo)?.(message.is);
        this.#waiting.delete(message.answerTo);
      }
      // Both ends are of one version, so what arrives has the declared types.
      if ('tell' in message) listeners[message.tell]?.(message.of as never);
      if ('ask' in message) pipe.send({ answerTo: message.id, is: await answers[message.ask]?.(message.of as never) });
    });
  }

  ask<Name extends keyof Asking & string>(name: Name, of: QuestionOf<Asking[Name]>): Promise<AnswerOf<Asking[Name]>> {
    const id = this.#asked++;
    return new Promise((resolve) => {
      this.#waiting.set(id, (answer) => resolve(answer as AnswerOf<Asking[Name]>));
      this.pipe.send({ ask: name, id, of });
    });
  }

  tell<Name extends keyof Telling & string>(name: Name, of: Telling[Name]): void {
    this.pipe.send({ tell: name, of });
  }
}
