import { type KeyboardEvent, useId } from 'react';
import { remainingText } from '../lib/validate-text';

export interface TextFieldProps {
  label: string;
  /** Hides the label from view where the place of the field says enough. */
  labelHidden?: boolean;
  value: string;
  onChange: (value: string) => void;
  limit: number;
  error?: string | undefined;
  /** Several lines, at least this many. */
  rows?: number;
  optional?: boolean;
  placeholder?: string;
}

/** A labelled field for a text, with its error and, near the limit, the room that is left. */
export function TextField(props: TextFieldProps) {
  const { label, labelHidden = false, value, onChange, limit, error, rows, optional = false, ...rest } = props;
  const id = useId();
  const remaining = remainingText(value.length, limit);
  const described = [error && `${id}-error`, remaining && `${id}-remaining`].filter(Boolean).join(' ');
  const control = {
    ...rest,
    id,
    className: 'control',
    value,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    'aria-invalid': error !== undefined || value.length > limit || undefined,
    'aria-describedby': described || undefined,
    'aria-required': !optional || undefined,
  };
  return (
    <div className="field">
      <div className={labelHidden ? 'visually-hidden' : 'label'}>
        <label htmlFor={id}>{label}</label>
        {optional && <span className="label-hint">Optional</span>}
      </div>
      {rows === undefined ? (
        <input type="text" autoComplete="off" {...control} />
      ) : (
        <textarea rows={rows} onKeyDown={submitOnCtrlEnter} {...control} />
      )}
      {(error ?? remaining) !== undefined && (
        <div className="field-notes">
          {error !== undefined && (
            <p className="field-error" id={`${id}-error`}>
              {error}
            </p>
          )}
          {remaining !== undefined && (
            <p className="field-remaining" id={`${id}-remaining`} data-over={value.length > limit || undefined}>
              {remaining}
            </p>
          )}
        </div>
      )}
    </div>
  );
}

/** Enter makes a new line in a text of several; with Ctrl or ⌘ it sends the form. */
function submitOnCtrlEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}
