/**
 * Ends what its parent started when the parent is gone, however it went: kill -9 closes our stdin like everything else.
 * Lines on stdin: `+ <pid> <signal>` to look after a process, `- <pid>` to forget it.
 */
const PATIENCE_MS = 4_000;
const LOOK_EVERY_MS = 25;
const watched = new Map();
let rest = '';

// The terminal's Ctrl-C and the session's end are the parent's business; we outlive it by a moment.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const [verb, pid, signal] of lines.map((line) => line.split(' '))) {
    if (verb === '+') watched.set(Number(pid), signal);
    if (verb === '-') watched.delete(Number(pid));
  }
});
process.stdin.on('error', end);
process.stdin.on('end', end);

/** @returns whether the process was there to receive it. */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

function end() {
  for (const [pid, signal] of watched) if (!send(pid, signal)) watched.delete(pid);
  if (watched.size === 0) process.exit(0);
  const deadline = Date.now() + PATIENCE_MS;
  const timer = setInterval(() => {
    for (const pid of watched.keys()) if (!send(pid, 0)) watched.delete(pid);
    if (watched.size > 0 && Date.now() < deadline) return;
    for (const pid of watched.keys()) send(pid, 'SIGKILL');
    clearInterval(timer);
    process.exit(0);
  }, LOOK_EVERY_MS);
}
