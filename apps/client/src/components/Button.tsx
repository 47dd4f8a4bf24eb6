import type { ComponentProps } from 'react';

export interface ButtonProps extends ComponentProps<'button'> {
  look?: 'primary' | 'quiet' | 'danger' | 'link';
  /** While something is under way. The button keeps the focus, which it would lose by being disabled. */
  pending?: boolean;
}

/** A button with a text. A pending one does nothing. */
export function Button({ look = 'quiet', pending = false, className = '', onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${look} ${className}`}
      aria-disabled={pending || undefined}
      onClick={(event) => {
        if (pending) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
