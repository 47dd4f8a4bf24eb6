import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

/** A calm message in the place of a list that cannot be shown, or that has nothing in it. */
export function Notice({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <div className="notice">
      <span className="notice-icon">
        <Icon name={icon} />
      </span>
      <p className="notice-title">{title}</p>
      {children}
    </div>
  );
}
