// @ts-check
// Loaded into every supervised process before its own code. The channel to the parent closes when the parent ends, even
// by SIGKILL; nobody watches over the process then, and its port would be taken at the next start: so it shuts down.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
