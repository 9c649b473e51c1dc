// Loaded into a server by NODE_OPTIONS: ends it, as a power cut would, at the commit of the first write under an
// idempotency key. CRASH is `before` the commit or `after` it; in both cases no answer gets out.
import Database from 'better-sqlite3';

const { exec, prepare } = Database.prototype;
let isKeyed = false;

Database.prototype.prepare = function (sql) {
  isKeyed ||= sql.startsWith('insert into "idempotency_keys"');
  return prepare.call(this, sql);
};

Database.prototype.exec = function (sql) {
  const isTheOne = isKeyed && sql === 'commit';
  if (isTheOne && process.env.CRASH === 'before') process.kill(process.pid, 'SIGKILL');
  const result = exec.call(this, sql);
  if (isTheOne) process.kill(process.pid, 'SIGKILL');
  return result;
};
