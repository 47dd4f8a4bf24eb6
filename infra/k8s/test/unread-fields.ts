/**
 * The fields of `data` that `read` does not look at, as JSON pointers.
 *
 * The validators of the kubernetes-models packages are compiled from Kubernetes' own schemas. They say nothing of a field
 * that no schema has, but they read every field that one has: so what they never read is unknown. Of a map (labels,
 * quantities) they list the keys, which counts as having read them all.
 */
export function unreadFields(data: object, read: (data: object) => void): string[] {
  const unread: string[] = [];
  const reports: (() => void)[] = [];
  const observed = new WeakMap<object, object>();

  const observe = (target: object, path: string): object => {
    const known = observed.get(target);
    if (known) return known;
    const seen = new Set<PropertyKey>();
    let listed = false;
    const proxy: object = new Proxy(target, {
      get: (_target, key) => {
        seen.add(key);
        const value: unknown = Reflect.get(target, key);
        const isField = Object.hasOwn(target, key) && typeof value === 'object' && value !== null;
        return isField ? observe(value, `${path}/${String(key)}`) : value;
      },
      ownKeys: () => {
        listed = true;
        return Reflect.ownKeys(target);
      },
    });
    observed.set(target, proxy);
    reports.push(() => {
      if (!listed)
        unread.push(
          ...Object.keys(target)
            .filter((key) => !seen.has(key))
            .map((key) => `${path}/${key}`),
        );
    });
    return proxy;
  };

  read(observe(data, ''));
  for (const report of reports) report();
  return unread;
}
