const paths = {
  edit: 'M11.2 2.6l2.2 2.2-7.9 7.9-2.9.7.7-2.9zM9.6 4.2l2.2 2.2',
  delete: 'M2.5 4.3h11M6.2 4.3V2.8h3.6v1.5M4 4.3l.6 9h6.8l.6-9M6.7 6.9v3.8M9.3 6.9v3.8',
  clock: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM8 4.9V8l2.1 1.3',
  blocked: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM3.9 3.9l8.2 8.2',
  chat: 'M2.5 3h11v8H8l-3.2 2.6V11H2.5z',
  alert: 'M8 2.4l6.1 10.9H1.9zM8 6.4v3M8 11.2v.2',
} as const;

export type IconName = keyof typeof paths;

/** A line icon in the colour of the text around it. It never stands alone, so it is hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
