import './page.css';
import { type FormEvent, type ReactNode, useState } from 'react';
import { signIn } from './session';

export interface Row {
  readonly id: string;
  readonly email: string;
  readonly firstName?: string | null | undefined;
}

export interface Grant {
  readonly id: string;
  readonly applicationId: string;
  readonly name: string;
}

/** What is wrong with a mutation, and at which field. */
export interface Problem {
  readonly message: string;
  readonly path?: readonly string[] | null | undefined;
}

/** Answers what the server refused; throws when there is no answer. */
type Act<Input> = (input: Input) => Promise<readonly Problem[]>;

export type Change = { readonly id: string; readonly firstName: string; readonly email: string };
export type Revocation = { readonly userId: string; readonly applicationId: string };

/** Says in words what a failed request was about, and keeps what was typed. */
function useAttempt() {
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const attempt = async (act: () => Promise<readonly Problem[]>) => {
    setProblems([]);
    try {
      setProblems(await act());
    } catch (error) {
      setProblems([{ message: `That did not work: ${error instanceof Error ? error.message : error}. Try again.` }]);
    }
  };
  const at = (field: string | null) => problems.filter(({ path }) => (path?.[0] ?? null) === field);
  return { attempt, at };
}

function Alerts({ of }: { of: readonly Problem[] }) {
  return of.map(({ message }) => (
    <span role="alert" key={message}>
      {message}
    </span>
  ));
}

export function SignIn({ onDone }: { onDone: () => void }) {
  const { attempt, at } = useAttempt();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void attempt(async () => {
      await signIn(String(form.get('email')), String(form.get('password')));
      onDone();
      return [];
    });
  };
  return (
    <form onSubmit={submit}>
      <h1>Sign in</h1>
      <label>
        Email
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <Alerts of={at(null)} />
      <button type="submit">Sign in</button>
    </form>
  );
}

interface ListProps {
  readonly rows: readonly Row[];
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
  readonly onMore: (() => void) | null;
}

export function UserList({ rows, selected, onSelect, onMore }: ListProps) {
  return (
    <section>
      <h1>{rows.length} users</h1>
      <ul id="users">
        {rows.map(({ id, email, firstName }) => (
          <li key={id}>
            <button type="button" aria-current={id === selected} onClick={() => onSelect(id)}>
              {firstName ?? '–'} · {email}
            </button>
          </li>
        ))}
      </ul>
      {onMore && (
        <button type="button" onClick={onMore}>
          More
        </button>
      )}
    </section>
  );
}

interface DetailProps {
  readonly user: Row;
  readonly grants: readonly Grant[];
  readonly onSave: Act<Change>;
  readonly onRevoke: Act<Revocation>;
}

export function UserDetail({ user, grants, onSave, onRevoke }: DetailProps) {
  const { attempt, at } = useAttempt();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const change = { id: user.id, firstName: String(form.get('firstName')), email: String(form.get('email')) };
    void attempt(() => onSave(change));
  };
  return (
    <aside>
      <h2>{user.firstName ?? user.email}</h2>
      <form onSubmit={submit} key={user.id}>
        <label>
          First name
          <input name="firstName" defaultValue={user.firstName ?? ''} />
          <Alerts of={at('firstName')} />
        </label>
        <label>
          Address
          <input name="email" defaultValue={user.email} aria-invalid={at('email').length > 0} />
          <Alerts of={at('email')} />
        </label>
        <Alerts of={at(null)} />
        <button type="submit">Save</button>
      </form>
      <h3>Applications</h3>
      <ul id="applications">
        {grants.map(({ id, applicationId, name }) => (
          <li key={id}>
            {name}{' '}
            <button type="button" onClick={() => void attempt(() => onRevoke({ userId: user.id, applicationId }))}>
              Revoke
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}

/** The page: signing in, then whatever the client shows. */
export function Page({ children }: { children: ReactNode }) {
  const [isSignedIn, setSignedIn] = useState(false);
  return isSignedIn ? <main>{children}</main> : <SignIn onDone={() => setSignedIn(true)} />;
}
