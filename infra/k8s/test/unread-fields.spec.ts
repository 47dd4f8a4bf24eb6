import { describe, expect, it } from 'vitest';
import { unreadFields } from './unread-fields.js';

interface Data {
  spec: { name: string; labels: Record<string, string>; items: { id: number }[] };
}
const data = { spec: { name: 'a', labels: { any: 'b' }, items: [{ id: 1 }, { id: 2, extra: true }], surprise: 1 } };

describe(unreadFields.name, () => {
  it('finds the fields that nobody asked for, and takes a map that was listed for known', () => {
    const read = ({ spec }: Data) => {
      for (const key in spec.labels) String(spec.labels[key]);
      for (let index = 0; index < spec.items.length; index++) Number(spec.items[index]?.id);
      return spec.name;
    };
    expect(unreadFields(data, (observed) => void read(observed as Data))).toEqual([
      '/spec/surprise',
      '/spec/items/1/extra',
    ]);
  });

  it('finds everything below what was not looked at by its topmost field', () => {
    expect(unreadFields(data, () => undefined)).toEqual(['/spec']);
  });
});
