import { describe, expect, it, vi } from 'vitest';
import { type Lookup, originsOf } from './addresses.js';

describe(originsOf.name, () => {
  it('finds an instance at each address of the host name', async () => {
    const resolve = vi.fn<Lookup>(async () => ['10.0.0.1', 'fd00::1']);
    const origins = await originsOf(new URL('http://comments:4001'), resolve);
    expect(origins).toEqual(['http://10.0.0.1:4001', 'http://[fd00::1]:4001']);
    expect(resolve).toHaveBeenCalledExactlyOnceWith('comments');
  });

  it('leaves a default port to the scheme', async () => {
    expect(await originsOf(new URL('https://comments/'), async () => ['10.0.0.1'])).toEqual(['https://10.0.0.1']);
  });

  it.each(['http://127.0.0.1:4000', 'http://[::1]:4000'])('takes %s for what it is', async (url) => {
    const resolve = vi.fn<Lookup>(async () => []);
    expect(await originsOf(new URL(url), resolve)).toEqual([url]);
    expect(resolve).not.toHaveBeenCalled();
  });
});
