import { announcements } from '../lib/announcer';
import { useStore } from '../lib/store';

/** Where screen readers hear what happened. It has to be in the page before the first announcement. */
export function LiveRegion() {
  return (
    <div className="visually-hidden" role="log" aria-live="polite" aria-label="Notifications">
      {useStore(announcements).map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
